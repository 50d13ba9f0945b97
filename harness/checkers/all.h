// The factories of all checkers of Delta CI, one a file, in the order of docs/MEASUREMENT.md.
#pragma once

#include <memory>

#include "harness/checkers/checker.h"

namespace aftershock {

// `settings` is the drill's and must outlive the checker.

/// A job has one holder at a time, and nobody takes a lease from its holder before its end.
std::unique_ptr<Checker> make_one_live_lease(Checker::Report report,
                                             const delta::Settings& settings);
/// Only the present holder of a lease that has not ended changes its attempt.
std::unique_ptr<Checker> make_fenced_completion(Checker::Report report,
                                                const delta::Settings& settings);
/// Nothing leaves a terminal state.
std::unique_ptr<Checker> make_terminal_is_final(Checker::Report report,
                                                const delta::Settings& settings);
/// Every change of state follows the state machines, and a message on record explains it.
std::unique_ptr<Checker> make_legal_transition(Checker::Report report,
                                               const delta::Settings& settings);
/// A job's tries stay within max_attempts failures and max_losses losses.
std::unique_ptr<Checker> make_attempts_bounded(Checker::Report report,
                                               const delta::Settings& settings);
/// A cancellation ends soon after its deadline. `longest_hold`: somebody may lock its row so long.
std::unique_ptr<Checker> make_cancel_bounded(Checker::Report report,
                                             const delta::Settings& settings,
                                             delta::Duration longest_hold);
/// What was acknowledged is still there at the end.
std::unique_ptr<Checker> make_acked_is_durable(Checker::Report report,
                                               const delta::Settings& settings);
/// Nothing is acknowledged that is not committed.
std::unique_ptr<Checker> make_fail_closed(Checker::Report report, const delta::Settings& settings);
/// One operation key, one run, one set of leases.
std::unique_ptr<Checker> make_one_effect_per_operation(Checker::Report report,
                                                       const delta::Settings& settings);
/// A job starts after all that it needs, and is skipped only for what it needs.
std::unique_ptr<Checker> make_dependency_order(Checker::Report report,
                                               const delta::Settings& settings);
/// A run's state is a function of its jobs', a job's of its attempts'.
std::unique_ptr<Checker> make_roll_up(Checker::Report report, const delta::Settings& settings);
/// The audit log alone rebuilds the tables, and its chains are unbroken.
std::unique_ptr<Checker> make_audit_replays(Checker::Report report,
                                            const delta::Settings& settings);
/// Every row, and every stored artifact, has the rows it belongs to.
std::unique_ptr<Checker> make_no_orphans(Checker::Report report, const delta::Settings& settings);
/// Every row that is not terminal has something that moves it by a bounded time.
std::unique_ptr<Checker> make_wake_up(Checker::Report report, const delta::Settings& settings);
/// Every fire of a schedule has one run at most, and those that its policy says.
std::unique_ptr<Checker> make_fires_once(Checker::Report report, const delta::Settings& settings);
/// A job's checkpoints only go forward, and a try goes on exactly where the last one ends.
std::unique_ptr<Checker> make_checkpoint_monotonic(Checker::Report report,
                                                   const delta::Settings& settings);
/// Artifacts that a completion calls stored are stored, as it says.
std::unique_ptr<Checker> make_artifacts_accounted(Checker::Report report,
                                                  const delta::Settings& settings);
/// No server commits once another has opened a newer timeline.
std::unique_ptr<Checker> make_one_primary(Checker::Report report, const delta::Settings& settings);
/// No secret appears where somebody reads it.
std::unique_ptr<Checker> make_secrets_unlogged(Checker::Report report, const SecretValues& secrets);
/// Everything becomes terminal within the bound after the last fault was healed.
std::unique_ptr<Checker> make_recovers(Checker::Report report, const delta::Settings& settings);

}  // namespace aftershock
