// A move-only `void()` callable that keeps small captures inline, for events and fiber bodies.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace aftershock::sim {

/// Captures of up to kInlineSize bytes that move without throwing need no allocation.
class Callback {
 public:
  static constexpr std::size_t kInlineSize = 64;

  Callback() = default;

  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Callback> &&
             std::invocable<std::remove_cvref_t<F>&>)
  Callback(F&& function) {  // NOLINT(google-explicit-constructor): takes a lambda's place
    using Function = std::remove_cvref_t<F>;
    if constexpr (kFits<Function>) {
      ::new (static_cast<void*>(storage_)) Function(std::forward<F>(function));
      operations_ = &kInline<Function>;
    } else {
      ::new (static_cast<void*>(storage_)) Function*(new Function(std::forward<F>(function)));
      operations_ = &kHeap<Function>;
    }
  }

  Callback(Callback&& other) noexcept { take(other); }
  Callback& operator=(Callback&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~Callback() { reset(); }

  explicit operator bool() const { return operations_ != nullptr; }
  void operator()() { operations_->invoke(storage_); }

  /// Destroys the callable, and with it what it captured.
  void reset() noexcept {
    const Operations* operations = std::exchange(operations_, nullptr);
    if (operations != nullptr && operations->destroy != nullptr) operations->destroy(storage_);
  }

 private:
  struct Operations {
    void (*invoke)(void*);
    void (*relocate)(void* from, void* to) noexcept;  ///< null: copying the bytes is enough
    void (*destroy)(void*) noexcept;                  ///< null: nothing to do
  };

  template <class F>
  static constexpr bool kFits =
      sizeof(F) <= kInlineSize && alignof(F) <= alignof(std::max_align_t) &&
      std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static F& at(void* storage) {
    return *std::launder(static_cast<F*>(storage));
  }
  template <class F>
  static void relocate(void* from, void* to) noexcept {
    ::new (to) F(std::move(at<F>(from)));
    at<F>(from).~F();
  }

  template <class F>
  static constexpr Operations kInline = {
      .invoke = [](void* storage) { static_cast<void>(at<F>(storage)()); },
      .relocate = std::is_trivially_copyable_v<F> ? nullptr : &relocate<F>,
      .destroy = std::is_trivially_destructible_v<F>
                     ? nullptr
                     : +[](void* storage) noexcept { at<F>(storage).~F(); },
  };
  template <class F>
  static constexpr Operations kHeap = {
      .invoke = [](void* storage) { static_cast<void>((*at<F*>(storage))()); },
      .relocate = nullptr,
      .destroy = [](void* storage) noexcept { delete at<F*>(storage); },
  };

  void take(Callback& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ == nullptr) return;
    if (operations_->relocate != nullptr) {
      operations_->relocate(other.storage_, storage_);
    } else {
      std::memcpy(storage_, other.storage_, kInlineSize);
    }
  }

  alignas(std::max_align_t) std::byte storage_[kInlineSize] = {};
  const Operations* operations_ = nullptr;
};

}  // namespace aftershock::sim
