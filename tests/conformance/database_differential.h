// Random concurrent histories on the simulated database and on PostgreSQL, in lockstep: after each
// step, who is answered, who waits, and every answer must be the same.
#pragma once

#include "tests/conformance/differential_worlds.h"

namespace delta {

/// What happened, by the model's account.
struct DifferentialCounts {
  std::uint64_t histories = 0;
  std::uint64_t steps = 0;
  std::uint64_t answers = 0;
  std::uint64_t blocked = 0;  ///< steps whose call had to wait for a lock
  std::uint64_t skips = 0;    ///< rows that SKIP LOCKED passed over
  std::uint64_t rejected = 0;
  std::uint64_t kills = 0;
  std::uint64_t kills_of_waiting = 0;
  std::uint64_t deadlocks = 0;
  std::uint64_t other_victims = 0;  ///< of them PostgreSQL ended another; the history ends there
  /// Differences after two at once were let go on: who comes first to what both want is up to the
  /// scheduler of the machine. The history ends there.
  std::uint64_t ties = 0;
  std::uint64_t races = 0;  ///< differences that the same history did not show again
};
std::string text_of(const DifferentialCounts& counts);

class Differential {
 public:
  explicit Differential(PostgresServer& server) : postgres_(make_postgres_lockstep(server)) {}

  /// Runs one history. Nothing: the worlds agree. Else its shortest form that still differs, step
  /// by step, with the answers.
  std::optional<std::string> run(std::uint64_t seed);
  const DifferentialCounts& counts() const { return counts_; }
  /// A difference that did not come again, for people; empty: none.
  const std::string& last_race() const { return last_race_; }

 private:
  std::optional<std::string> try_steps(const std::vector<Step>& steps);
  std::vector<Step> shrunken(std::vector<Step> steps);

  std::unique_ptr<PostgresLockstep> postgres_;
  DifferentialCounts counts_;
  std::string last_race_;
};

}  // namespace delta
