// A host's disk under a log: what a write and its sync cost, and how they go wrong.
#pragma once

#include <cstdint>
#include <optional>

#include "simulator/world/added_latency.h"
#include "simulator/world/fault_switch.h"

namespace aftershock::sim {

struct DiskOptions {
  delta::Duration sync_min{300'000};
  delta::Duration sync_max{1'200'000};
};

/// Only grow. Written when a writer's calls arrive, so evidence that a fault bit.
struct DiskCounters {
  std::uint64_t slowed = 0;    ///< that latency() made longer
  std::uint64_t errors = 0;    ///< EIO
  std::uint64_t no_space = 0;  ///< ENOSPC
  std::uint64_t lies = 0;      ///< said to be done, and nothing was on the disk
  std::uint64_t flipped = 0;   ///< done, with another bit than was written
  std::uint64_t torn = 0;      ///< the power failed in the middle
};

enum class DiskResult : std::uint8_t { done, io_error, no_space, power_failed };

/// What became of a write with its sync.
struct DiskSync {
  DiskResult result = DiskResult::done;
  bool durable = true;         ///< done: it and all before it survive a power failure
  bool flipped = false;        ///< done: what a reader will find is not what was written
  delta::Duration downtime{};  ///< power_failed: until the power is back; half of it was written
};

class Disk {
 public:
  /// `faults`: streams of it are drawn from, and only while a fault is on.
  Disk(const DiskOptions& options, delta::Rng latency, const delta::Rng& faults);

  /// How long a write with its sync is going to take.
  delta::Duration sync_time();
  /// It has taken its time.
  DiskSync sync();
  /// Whether a writer that starts now can write at all.
  bool writable() const { return !full_.on() && error_ppm_ < kAlways; }

  // Faults
  AddedLatency& latency() { return added_; }
  /// A share of the syncs fails. Several add up.
  void add_errors(std::uint32_t ppm) { error_ppm_ += ppm; }
  void remove_errors(std::uint32_t ppm);
  void set_full(bool on) { full_.set(on); }
  /// While on, syncs lie: a volatile cache keeps what is written. The first honest one makes all
  /// of it durable.
  void set_lying(bool on) { lying_.set(on); }
  /// The power fails in the middle of the next write.
  void tear_next(delta::Duration downtime) { tear_ = downtime; }
  /// One bit of each of the next writes is wrong.
  void flip_next(std::uint32_t writes) { flips_ += writes; }

  const DiskCounters& counters() const { return counters_; }

 private:
  static constexpr std::uint32_t kAlways = 1'000'000;

  DiskOptions options_;
  delta::Rng latency_rng_;
  delta::Rng error_rng_;
  DiskCounters counters_;
  AddedLatency added_;
  std::uint32_t error_ppm_ = 0;
  FaultSwitch full_;
  FaultSwitch lying_;
  std::optional<delta::Duration> tear_;
  std::uint32_t flips_ = 0;
};

}  // namespace aftershock::sim
