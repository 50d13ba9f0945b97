// Collects what the checkers find, and turns measures and findings into a verdict.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "harness/checkers/checker.h"
#include "harness/scenario/scenario.h"
#include "reports/report.h"
#include "simulator/kernel/kernel.h"
#include "simulator/world/database_cluster.h"

namespace aftershock {

/// Runs the checkers over one simulated drill.
class Judge {
 public:
  /// `zero`: time 0 of the fault timeline. Everything referenced must outlive it.
  Judge(const Scenario& scenario, sim::Kernel& kernel, const sim::DatabaseCluster& database,
        const SecretValues& secrets, sim::SimTime zero);

  void on_commit(const CommitView& commit);
  void on_outside_write(const CommitView& commit);
  void on_stray_commit(const CommitView& commit);
  void on_rewind(const sim::Tables& tables);
  void on_expiry(const delta::Attempt& lost, bool worked_on);
  void on_answer(const Acknowledged& answer);
  /// A simulated process died of a broken CHECK or an exception that nobody caught.
  void on_panic(const sim::Process& process, const sim::Panic& panic);
  void on_final(const FinalRead& read);
  void on_report(const std::string& text);

  /// `observer` is shown each violation that will be in the report, when it is found.
  void on_violation(std::function<void(const ViolationReport&, delta::RunId)> observer) {
    observer_ = std::move(observer);
  }

  /// Adds invariants and violations.
  void fill(DrillReport& report) const;

 private:
  void found(Finding finding);
  /// Why the scenario leaves it out; none: it does not.
  std::optional<std::string> reason_not_to_judge(const std::string& invariant) const;
  std::vector<std::string> last_events(delta::RunId run) const;

  const Scenario& scenario_;
  sim::Kernel& kernel_;
  const sim::DatabaseCluster& database_;
  sim::SimTime zero_;
  std::vector<std::unique_ptr<Checker>> checkers_;
  std::vector<ViolationReport> violations_;
  std::function<void(const ViolationReport&, delta::RunId)> observer_;  ///< may be empty
  std::map<std::string, std::uint64_t> found_;  ///< how often each was broken
};

/// Decides the verdict of a report that is otherwise complete.
void decide_verdict(const Scenario& scenario, DrillReport& report);

}  // namespace aftershock
