// The clock of the database's host: virtual time, with steps and a rate of its own.
#pragma once

#include <cstdint>

#include "core/time.h"
#include "simulator/kernel/kernel.h"

namespace aftershock::sim {

class DatabaseHostClock {
 public:
  explicit DatabaseHostClock(const Kernel& kernel) : kernel_(kernel) {}

  delta::DbTime read() const {
    return delta::DbTime(kernel_.now().time_since_epoch() + offset_ + drifted());
  }
  /// A step, in either direction.
  void shift(delta::Duration by) { offset_ += by; }
  /// From now on it gains so many microseconds a second, or loses them. Several add up.
  void add_drift(std::int64_t ppm) {
    offset_ += drifted();
    drift_since_ = kernel_.now();
    drift_ppm_ += ppm;
  }

 private:
  delta::Duration drifted() const {
    const std::int64_t elapsed = (kernel_.now() - drift_since_).count();
    return delta::Duration(elapsed / kMillion * drift_ppm_ +
                           elapsed % kMillion * drift_ppm_ / kMillion);
  }

  static constexpr std::int64_t kMillion = 1'000'000;

  const Kernel& kernel_;
  delta::Duration offset_{};
  SimTime drift_since_{};
  std::int64_t drift_ppm_ = 0;
};

}  // namespace aftershock::sim
