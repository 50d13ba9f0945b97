// From the results of drills to the report of a sweep. The order in which they come leaves no
// trace, so that the shards of a plan give the report that one machine would have given.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "harness/sweep/plan.h"
#include "harness/sweep/result.h"
#include "reports/sweep_report.h"

namespace aftershock::sweep {

class Tally {
 public:
  /// The plan of this shard, or of any one of them in a merge.
  explicit Tally(const SweepPlan& plan);

  /// Each drill once; of a canary any number, of which the last one to fail to break counts.
  void add(const DrillResult& result);
  void add(const Recheck& recheck);

  const SweepCounts& counts() const { return counts_; }
  /// A drill failed or crashed, or had two digests: what a sweep may stop at.
  bool has_failure() const;
  /// Marks that some scenario claims, and those of them that were reached.
  std::size_t claimed_marks() const { return claimed_.size(); }
  std::size_t reached_marks() const { return reached_.size(); }
  /// What all drills took together.
  delta::Duration worked() const { return worked_; }

  /// Counts, marks, canaries, findings and scenarios; the caller knows the rest.
  SweepReport report() const;

 private:
  struct MarkCount {
    std::uint64_t drills = 0;
    std::uint64_t count = 0;
  };
  struct Totals {
    SweepCounts counts;
    std::vector<SweepFigure> rta;
    std::vector<SweepFigure> rpa;
    std::map<std::string, MarkCount, std::less<>> marks;
  };
  using FindingKey = std::tuple<FindingKind, std::string, std::string, std::string>;
  struct Finding {
    std::uint64_t count = 0;
    /// Fewest steps first.
    std::map<std::pair<std::uint64_t, std::uint64_t>, SweepSeed> seeds;
  };

  void add_canary(const DrillResult& result);
  void add_finding(FindingKind kind, DrillKey key, const std::string& reason, SweepSeed seed);
  SweepScenario scenario_report(std::size_t index) const;

  const SweepPlan& plan_;
  SweepCounts counts_;
  std::vector<Totals> totals_;  ///< one a scenario
  std::map<std::uint32_t, SweepCanary> canaries_;
  std::map<FindingKey, Finding> findings_;
  std::set<std::string, std::less<>> claimed_, reached_;
  delta::Duration worked_{};
};

}  // namespace aftershock::sweep
