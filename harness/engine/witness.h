// Remembers, outside every fault domain, what was acknowledged: the A of docs/MEASUREMENT.md.
#pragma once

#include <vector>

#include "harness/checkers/checker.h"
#include "runner/client.h"

namespace aftershock {

struct WitnessedWrite {
  WitnessedRun run;
  delta::MonoTime acknowledged_at{};
};

/// Submits runs and keeps the answers. Thread: one task at a time.
class Witness {
 public:
  enum class Outcome : std::uint8_t { acknowledged, refused, unknown };

  explicit Witness(delta::Runtime runtime) : runtime_(runtime) {}

  /// Tries until acknowledged or `give_up`. Suspends. `run` is set when acknowledged.
  Outcome submit(delta::OrchestratorClient& client, const delta::SharedSpec& spec,
                 delta::Duration request_timeout, delta::MonoTime give_up, delta::RunId& run);

  const std::vector<WitnessedWrite>& acknowledged() const { return acknowledged_; }
  std::uint64_t submitted() const { return submitted_; }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t unknown() const { return unknown_; }

 private:
  Outcome count(bool maybe_done);

  delta::Runtime runtime_;
  std::vector<WitnessedWrite> acknowledged_;
  std::uint64_t submitted_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t unknown_ = 0;
};

}  // namespace aftershock
