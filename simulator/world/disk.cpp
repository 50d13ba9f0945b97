#include "simulator/world/disk.h"

#include <utility>

namespace aftershock::sim {

using namespace delta;

Disk::Disk(const DiskOptions& options, Rng latency, const Rng& faults)
    : options_(options),
      latency_rng_(latency),
      error_rng_(faults.stream("errors")),
      added_(faults.stream("latency")) {}

Duration Disk::sync_time() {
  const Duration time = latency_rng_.between(options_.sync_min, options_.sync_max);
  if (!added_.on()) return time;
  ++counters_.slowed;
  return time + added_.draw();
}

DiskSync Disk::sync() {
  if (tear_) {
    ++counters_.torn;
    return {.result = DiskResult::power_failed, .downtime = *std::exchange(tear_, std::nullopt)};
  }
  if (full_.on()) {
    ++counters_.no_space;
    return {.result = DiskResult::no_space};
  }
  if (error_ppm_ > 0 && error_rng_.chance_ppm(error_ppm_)) {
    ++counters_.errors;
    return {.result = DiskResult::io_error};
  }
  DiskSync end;
  if (lying_.on()) {
    ++counters_.lies;
    end.durable = false;
  }
  if (flips_ > 0) {
    --flips_;
    ++counters_.flipped;
    end.flipped = true;
  }
  return end;
}

void Disk::remove_errors(std::uint32_t ppm) {
  CHECK(error_ppm_ >= ppm);
  error_ppm_ -= ppm;
}

}  // namespace aftershock::sim
