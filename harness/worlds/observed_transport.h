// A transport that shows each answer to the checkers at the moment its caller gets it, and each
// request too to whoever traces.
#pragma once

#include <cstdint>
#include <functional>

#include "core/ports/transport.h"

namespace aftershock {

/// Shown every call, from the fiber that makes it. Must not suspend.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  /// The number that it gives the call is for ended(), which does not come if the caller is killed.
  virtual std::uint64_t asked(std::size_t endpoint, const delta::Request& request) = 0;
  virtual void ended(std::uint64_t call, std::size_t endpoint, const delta::Request& request,
                     const std::expected<delta::Response, delta::CallError>& result) = 0;
};

class ObservedTransport final : public delta::Transport {
 public:
  struct Observer {
    /// How often the database has gone back in time.
    std::function<std::uint64_t()> era;
    /// `asked_in`: the era in which the request was sent; its answer may tell of rows of that era.
    std::function<void(const delta::Request&, const delta::Response&, std::uint64_t asked_in)>
        answer;
    CallObserver* calls = nullptr;  ///< null: nobody
  };

  ObservedTransport(delta::Transport& inner, Observer observer)
      : inner_(inner), observer_(std::move(observer)) {}

  std::size_t endpoints() const override { return inner_.endpoints(); }
  std::expected<delta::Response, delta::CallError> call(std::size_t endpoint,
                                                        delta::Request request,
                                                        delta::Duration timeout) override {
    const std::uint64_t asked_in = observer_.era();
    const std::uint64_t call =
        observer_.calls != nullptr ? observer_.calls->asked(endpoint, request) : 0;
    auto answer = inner_.call(endpoint, request, timeout);
    if (observer_.calls != nullptr) observer_.calls->ended(call, endpoint, request, answer);
    if (answer) observer_.answer(request, *answer, asked_in);
    return answer;
  }

 private:
  delta::Transport& inner_;
  Observer observer_;
};

}  // namespace aftershock
