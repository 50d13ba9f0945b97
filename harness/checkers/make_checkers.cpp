// The list of all checkers.
#include <functional>
#include <initializer_list>
#include <utility>

#include "harness/checkers/all.h"

namespace aftershock {

std::vector<std::unique_ptr<Checker>> make_checkers(const Checker::Report& report,
                                                    const delta::Settings& settings,
                                                    const SecretValues& secrets,
                                                    delta::Duration longest_hold) {
  std::vector<std::unique_ptr<Checker>> all;
  const auto make_bounded = [longest_hold](Checker::Report to, const delta::Settings& of) {
    return make_cancel_bounded(std::move(to), of, longest_hold);
  };
  using Make =
      std::function<std::unique_ptr<Checker>(Checker::Report, const delta::Settings& settings)>;
  for (const Make& make : std::initializer_list<Make>{
           make_one_live_lease, make_fenced_completion, make_terminal_is_final,
           make_legal_transition, make_attempts_bounded, make_bounded, make_acked_is_durable,
           make_fail_closed, make_one_effect_per_operation, make_dependency_order, make_roll_up,
           make_audit_replays, make_no_orphans, make_wake_up, make_fires_once,
           make_checkpoint_monotonic, make_artifacts_accounted, make_one_primary}) {
    all.push_back(make(report, settings));
  }
  all.push_back(make_secrets_unlogged(report, secrets));
  all.push_back(make_recovers(report, settings));
  return all;
}

}  // namespace aftershock
