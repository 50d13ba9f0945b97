// How every caller treats every dependency: bounded, jittered backoff and a circuit breaker.
// Pure state: the caller brings the time and the random number.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace delta {

struct BackoffOptions {
  Duration first = 100ms;
  Duration longest = 5s;
};

/// Exponential backoff with full jitter over the upper half.
class Backoff {
 public:
  explicit Backoff(BackoffOptions options) : options_(options), next_(options.first) {}

  /// The pause before the next try. `random`: 64 random bits.
  Duration next(std::uint64_t random) {
    const Duration base = next_;
    next_ = std::min(next_ * 2, options_.longest);
    const auto half = static_cast<std::uint64_t>(base.count()) / 2;
    return base / 2 + Duration(static_cast<std::int64_t>(random % (half + 1)));
  }
  void reset() { next_ = options_.first; }

 private:
  BackoffOptions options_;
  Duration next_;
};

struct BreakerOptions {
  std::uint32_t failures = 5;  ///< in a row, that open the breaker
  Duration open_for = 2s;      ///< then one probe is let through
};

/// half_open: a probe is under way.
enum class BreakerState : std::uint8_t { closed, half_open, open };

/// Circuit breaker (Nygard, "Release It!").
class CircuitBreaker {
 public:
  explicit CircuitBreaker(BreakerOptions options) : options_(options) {}

  /// May a call be tried now? In the half-open state only the first caller may.
  bool allow(MonoTime now) {
    if (failures_ < options_.failures) return true;
    if (now < retry_at_) return false;
    retry_at_ = now + options_.open_for;
    probes_ = true;
    return true;
  }
  void succeeded() {
    failures_ = 0;
    probes_ = false;
  }
  void failed(MonoTime now) {
    if (failures_ < options_.failures && ++failures_ == options_.failures) ++opened_;
    if (failures_ == options_.failures) retry_at_ = now + options_.open_for;
    probes_ = false;
  }
  bool is_open() const { return failures_ >= options_.failures; }
  BreakerState state() const {
    if (!is_open()) return BreakerState::closed;
    return probes_ ? BreakerState::half_open : BreakerState::open;
  }
  std::uint64_t opened() const { return opened_; }  ///< times, so far

 private:
  BreakerOptions options_;
  std::uint32_t failures_ = 0;
  MonoTime retry_at_{};
  bool probes_ = false;
  std::uint64_t opened_ = 0;
};

}  // namespace delta
