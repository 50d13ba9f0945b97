// One dependency as its callers see it: the same breaker and backoff around each of them.
// Plain code over the runtime ports, shared by orchestrator and runner.
#pragma once

#include <memory>
#include <optional>

#include "core/ports/runtime.h"
#include "core/retry.h"

namespace delta {

/// How a dependency looks from one process.
struct DependencyHealth {
  BreakerState breaker = BreakerState::closed;
  std::uint64_t opened = 0;         ///< times that the breaker has opened
  std::optional<Duration> latency;  ///< of the last measured call that was answered
  Duration measured{};              ///< so long ago
};

/// Thread: any. Never suspends.
class Dependency {
 public:
  Dependency(Runtime runtime, BreakerOptions breaker, BackoffOptions backoff)
      : runtime_(runtime),
        monitor_(runtime.tasks.make_monitor()),
        breaker_(breaker),
        backoff_(backoff) {}

  /// May a call be tried now? False while the breaker is open.
  bool allow() {
    const Lock lock(*monitor_);
    return breaker_.allow(runtime_.clock.now());
  }
  void succeeded() {
    const Lock lock(*monitor_);
    breaker_.succeeded();
    backoff_.reset();
  }
  void failed() {
    const Lock lock(*monitor_);
    breaker_.failed(runtime_.clock.now());
  }
  bool is_down() const {
    const Lock lock(*monitor_);
    return breaker_.is_open();
  }
  /// A call that began then has been answered. It must be one that waits for nothing but the
  /// dependency, as a long poll does not.
  void answered(MonoTime begun) {
    const Lock lock(*monitor_);
    measured_at_ = runtime_.clock.now();
    latency_ = measured_at_ - begun;
  }
  DependencyHealth health() const {
    const Lock lock(*monitor_);
    const Duration age = latency_ ? runtime_.clock.now() - measured_at_ : Duration{};
    return {breaker_.state(), breaker_.opened(), latency_, age};
  }
  /// Counts the outcome of a call that gave a std::expected, and passes it on. A refusal that is
  /// not retryable is an answer: the dependency works.
  template <class Expected>
  Expected counted(Expected outcome) {
    bool answered = outcome.has_value();
    if constexpr (requires { outcome.error().retryable; }) {
      answered = answered || !outcome.error().retryable;
    }
    if (answered) {
      succeeded();
    } else {
      failed();
    }
    return outcome;
  }
  /// When to try again after a failure: jittered, growing, bounded.
  MonoTime next_try() {
    const std::uint64_t random = runtime_.random.next();
    const Lock lock(*monitor_);
    return runtime_.clock.now() + backoff_.next(random);
  }

 private:
  Runtime runtime_;
  std::unique_ptr<Monitor> monitor_;
  CircuitBreaker breaker_;
  Backoff backoff_;
  std::optional<Duration> latency_;
  MonoTime measured_at_{};
};

}  // namespace delta
