// Fiber stacks out of a few large mappings, so that 100,000 of them stay below vm.max_map_count.
#pragma once

#include <cstddef>
#include <vector>

namespace aftershock::sim {

#if defined(__SANITIZE_ADDRESS__)
#define AFTERSHOCK_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AFTERSHOCK_ASAN 1
#endif
#endif

#if defined(AFTERSHOCK_ASAN) || !defined(__OPTIMIZE__)
inline constexpr std::size_t kDefaultStackSize = 256 * 1024;  ///< frames are several times larger
#else
inline constexpr std::size_t kDefaultStackSize = 64 * 1024;
#endif

struct Stack {
  std::byte* bottom = nullptr;  ///< lowest address
  std::size_t size = 0;         ///< bytes; it grows down from bottom + size
};

/// Not thread safe. May serve several kernels one after another, which spares page faults.
/// The first kGuarded stacks have a guard page, so that an overflow is a fault at once; the
/// kernel also checks every fiber's stack pointer when it suspends.
class StackPool {
 public:
  /// `stack_size` is rounded up to whole pages.
  explicit StackPool(std::size_t stack_size = kDefaultStackSize);
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;
  ~StackPool();

  /// Throws std::bad_alloc when there is no memory.
  Stack take();
  void give_back(Stack stack) noexcept;

  /// Stacks made so far, in use or not.
  std::size_t made() const { return made_; }
  std::size_t in_use() const { return made_ - free_.size(); }

 private:
  static constexpr std::size_t kGuarded = 1024;

  struct Slab {
    std::byte* memory;
    std::size_t size;
  };

  void grow();

  std::size_t stack_size_;
  std::vector<Stack> free_;
  std::vector<Slab> slabs_;
  std::size_t made_ = 0;
  std::size_t left_in_slab_ = 0;  ///< stacks of the last slab not yet made
};

}  // namespace aftershock::sim
