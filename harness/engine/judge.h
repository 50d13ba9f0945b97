// Collects what the checkers find, and turns measures and findings into a verdict.
#pragma once

#include "harness/checkers/checker.h"
#include "harness/scenario/scenario.h"
#include "reports/report.h"
#include "simulator/kernel/kernel.h"

namespace aftershock {

/// Runs the checkers over one simulated drill.
class Judge {
 public:
  /// `clock`: the drill's time 0 is `zero`. Everything referenced must outlive it.
  Judge(const Scenario& scenario, sim::Kernel& kernel, const sim::Tables& tables,
        sim::SimTime zero);

  void on_commit(const CommitView& commit);
  void on_answer(const delta::Request& request, const delta::Response& response);
  /// A simulated process died of a broken CHECK or an exception that nobody caught.
  void on_panic(const sim::Process& process, const sim::Panic& panic);
  void on_final(const FinalRead& read);

  /// Adds invariants and violations, and decides the verdict from all that the report holds.
  void fill(DrillReport& report) const;

 private:
  void found(Finding finding);
  bool excepted(const std::string& invariant) const;
  bool violated(const std::string& invariant) const;
  std::vector<std::string> last_events(delta::RunId run) const;

  const Scenario& scenario_;
  sim::Kernel& kernel_;
  const sim::Tables& tables_;
  sim::SimTime zero_;
  std::vector<std::unique_ptr<Checker>> checkers_;
  std::vector<ViolationReport> violations_;
  std::uint64_t beyond_limit_ = 0;
};

/// Decides the verdict of a report that is otherwise complete.
void decide_verdict(const Scenario& scenario, DrillReport& report);

}  // namespace aftershock
