// All checkers together: none cries wolf over a life in which much goes wrong but no rule breaks.
#include <array>

#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

/// Every checker, in the order of make_checkers().
constexpr std::array kAll = std::to_array<std::pair<const char*, Factory>>({
    {"one-live-lease", make_one_live_lease},
    {"fenced-completion", make_fenced_completion},
    {"terminal-is-final", make_terminal_is_final},
    {"legal-transition", make_legal_transition},
    {"attempts-bounded", make_attempts_bounded},
    {"cancel-bounded",
     [](Checker::Report report, const Settings& settings) {
       return make_cancel_bounded(std::move(report), settings, {});
     }},
    {"acked-is-durable", make_acked_is_durable},
    {"fail-closed", make_fail_closed},
    {"one-effect-per-operation", make_one_effect_per_operation},
    {"dependency-order", make_dependency_order},
    {"roll-up", make_roll_up},
    {"audit-replays", make_audit_replays},
    {"no-orphans", make_no_orphans},
    {"wake-up", make_wake_up},
    {"fires-once", make_fires_once},
    {"checkpoint-monotonic", make_checkpoint_monotonic},
    {"artifacts-accounted", make_artifacts_accounted},
    {"one-primary", make_one_primary},
    {"secrets-unlogged",
     [](Checker::Report report, const Settings&) {
       return make_secrets_unlogged(std::move(report), {{"KEY", "correct horse"}});
     }},
    {"recovers", make_recovers},
});

/// Two jobs: the first loses a lease and fails once before it succeeds, the second is cancelled.
class EveryChecker : public CheckerTest, public testing::WithParamInterface<std::size_t> {
 protected:
  EveryChecker() : CheckerTest(kAll.at(GetParam()).second) {}

  /// The first job has steps.
  static SharedSpec chain_with_steps() {
    JobSpec build = job_named("build");
    build.command.clear();
    build.steps = {{"compile", "true"}, {"link", "true"}};
    return spec_of({build, job_named("test", {0})});
  }

  /// Of a schedule that skips what it missed.
  void miss_a_fire() {
    const ScheduleSpec spec{"nightly", {ScheduleKind::interval, "10m"}, CatchUp::skip, 1, single()};
    const ScheduleId id = schedule_id(spec.name);
    step(CreateSchedule{id, std::make_shared<const ScheduleSpec>(spec), kNever});
    const DbTime fire = tables.schedule(id)->next_fire;
    now = fire + 2min;
    commit(Fire{id, 0, {fire}, fire + 10min});
  }

  void eventful_life() {
    sweep();
    submit(chain_with_steps());
    acknowledge(submit_request(), SubmitReply{kRun, tables.run(kRun)->audit});
    running();
    step(SaveCheckpoint{lease(), {1, "[0]"}});
    acknowledge(CheckpointRequest{held_lease(), {1, "[0]"}});
    const Credentials lost = lease();
    now = attempt().expires_at;
    commit(Expire{attempt().ref()});
    step(Complete{lost, true, FailureClass::user, {}});  // too late, but on record
    running();
    step(failure());
    running();
    now += 60s;
    commit(Heartbeat{lease()});
    acknowledge(ReportRequest{held_lease(), AttemptState::running});
    step(delta::Report{lease(), AttemptState::uploading});
    store(stored_at("log"), 42);
    step(Complete{lease(), true, FailureClass::user, {{"log", ArtifactState::stored, 42}}});
    acknowledge(CompleteRequest{held_lease(), true, FailureClass::user, {}});
    running(1);
    step(Cancel{kRun});
    acknowledge(CancelRequest{kOperation, kRun});
    step(CancelAck{lease(1)});
    acknowledge(CancelAckRequest{held_lease(1)});
    miss_a_fire();
    finish();
  }
};

TEST_P(EveryChecker, HoldsOnALifeWithALossAFailureAndACancellation) {
  eventful_life();
  EXPECT_EQ(tables.run(kRun)->state, RunState::cancelled);
  expect_silence();
}

TEST_P(EveryChecker, IsListedUnderItsName) {
  const auto listed = make_checkers([](Finding) {}, settings, {});
  ASSERT_EQ(listed.size(), kAll.size());
  EXPECT_EQ(listed.at(GetParam())->name(), kAll.at(GetParam()).first);
}

INSTANTIATE_TEST_SUITE_P(All, EveryChecker, testing::Range(std::size_t{0}, kAll.size()));

}  // namespace
}  // namespace aftershock::checker_tests
