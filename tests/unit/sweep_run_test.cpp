// The sweep and its workers: crashes, hangs, interrupts, limits, second runs. The drills are not
// real ones; the processes are.
#include "harness/sweep/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "core/check.h"
#include "reports/sweep_json.h"
#include "tests/unit/sweep_sample.h"

namespace aftershock::sweep {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

DrillResult do_drill(Task, DrillKey key) {
  return key.scenario == 0 ? failed(key, "audit-replays") : passed(key);
}

class SweepRun : public testing::Test {
 protected:
  SweepRun() {
    tools_.work = do_drill;
    tools_.interrupted = [this] { return interrupted_; };
    tools_.clock = std::chrono::steady_clock::now;
  }

  SweepReport run() {
    state_ = std::make_unique<SweepState>(plan_);
    outcome_ = run_sweep(*state_, nullptr, limits_, tools_);
    return state_->tally.report();
  }

  SweepPlan plan_ = sample_plan();
  SweepLimits limits_{.jobs = 3};
  SweepTools tools_;
  bool interrupted_ = false;
  std::unique_ptr<SweepState> state_;
  SweepOutcome outcome_;
};

TEST_F(SweepRun, RunsEveryDrillOfThePlan) {
  const SweepReport report = run();
  EXPECT_EQ(report.counts.drills, 20U);
  EXPECT_EQ(report.counts.passed, 20U);
  EXPECT_TRUE(report.canaries.at(0).seen);
  EXPECT_EQ(outcome_.ended.how, SweepEnd::complete);
  EXPECT_EQ(outcome_.error, "");
}

TEST_F(SweepRun, AWorkerThatDiesIsAFindingWithItsSeedAndIsReplaced) {
  tools_.work = [](Task task, DrillKey key) {
    if (key == DrillKey{1, 4}) raise(SIGKILL);
    if (key == DrillKey{1, 5}) _exit(9);
    if (key == DrillKey{2, 6}) CHECK(key.seed == 7);
    if (key == DrillKey{2, 7}) throw std::runtime_error("the wheels came off");
    return do_drill(task, key);
  };
  const SweepReport report = run();
  EXPECT_EQ(report.counts.crashed, 4U);
  EXPECT_EQ(report.counts.passed, 16U);
  std::map<std::uint64_t, std::string> reasons;
  for (const SweepFinding& finding : report.findings) {
    EXPECT_EQ(finding.kind, FindingKind::crash);
    reasons[finding.seeds.at(0).seed] = finding.seeds[0].why;
  }
  EXPECT_EQ(reasons[4], "its process was ended by SIGKILL");
  EXPECT_EQ(reasons[5], "its process ended with exit code 9");
  EXPECT_THAT(reasons[6], HasSubstr("CHECK(key.seed == 7)"));
  EXPECT_EQ(reasons[7], "the wheels came off");
}

TEST_F(SweepRun, ADrillThatHangsIsKilledAndTheOthersGoOn) {
  limits_.drill = 50ms;
  tools_.work = [](Task task, DrillKey key) {
    if (key == DrillKey{1, 4}) pause();
    return do_drill(task, key);
  };
  // Time passes when nothing else is left to wait for.
  std::chrono::steady_clock::time_point now;
  tools_.clock = [&now] { return now; };
  tools_.progress = [&now](const SweepStatus& status) {
    if (status.tally.counts().drills == 19) now += 51ms;
  };
  const SweepReport report = run();
  EXPECT_EQ(report.counts.passed, 19U);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].seeds[0].why, "it took longer than 50ms and was killed");
}

TEST_F(SweepRun, ASignalToTheWholeGroupEndsNoWorker) {
  tools_.work = [](Task task, DrillKey key) {
    raise(SIGINT);
    raise(SIGTERM);
    return do_drill(task, key);
  };
  EXPECT_EQ(run().counts.passed, 20U);
}

TEST_F(SweepRun, AnInterruptLetsTheDrillsThatRunFinish) {
  tools_.progress = [this](const SweepStatus& status) {
    interrupted_ = status.tally.counts().drills >= 4;
  };
  const SweepReport report = run();
  EXPECT_EQ(outcome_.ended.how, SweepEnd::interrupted);
  EXPECT_GE(report.counts.drills, 4U);
  EXPECT_LT(report.counts.drills, 20U);
  EXPECT_EQ(report.counts.crashed, 0U);
}

TEST_F(SweepRun, StopsAtTheFirstFailureButNotAtACanaryOrADoubt) {
  limits_ = {.jobs = 1, .stop_on_first = true};
  tools_.work = [](Task task, DrillKey key) {
    DrillResult result = do_drill(task, key);
    if (key == DrillKey{1, 2}) result.ending = Ending::inconclusive;
    return key == DrillKey{1, 3} ? failed(key) : result;
  };
  const SweepReport report = run();
  EXPECT_EQ(outcome_.ended.how, SweepEnd::first_failure);
  EXPECT_EQ(report.counts.failed, 1U);
  EXPECT_LE(report.counts.drills, 6U);
}

TEST_F(SweepRun, BeginsNothingWhenItsTimeIsOver) {
  plan_.seeds.count.reset();
  limits_.budget = 100ms;
  tools_.work = [](Task task, DrillKey key) {
    usleep(1000);
    return do_drill(task, key);
  };
  const SweepReport report = run();
  EXPECT_EQ(outcome_.ended.how, SweepEnd::budget);
  EXPECT_GT(report.counts.drills, 0U);
}

TEST_F(SweepRun, TheSecondRunIsAnotherProcesssFirst) {
  plan_.recheck_ppm = 1'000'000;
  limits_.jobs = 1;
  tools_.work = [calls = 0, parent = getpid()](Task task, DrillKey key) mutable {
    EXPECT_NE(getpid(), parent);
    DrillResult result = do_drill(task, key);
    // A bug: what the process did before shows in the digest.
    if (key == DrillKey{1, 2}) result.digest += ++calls == 1 ? "" : "'";
    if (key != DrillKey{1, 2}) ++calls;
    return result;
  };
  // The first run of a seed comes after the second run of another, in the same process.
  const SweepReport report = run();
  EXPECT_EQ(report.counts.rechecked, 20U) << "canaries are not";
  EXPECT_EQ(report.counts.nondeterministic, 1U);
  EXPECT_EQ(report.findings.at(0).kind, FindingKind::nondeterminism);
  EXPECT_EQ(report.findings.at(0).seeds.at(0).seed, 2U);
}

TEST_F(SweepRun, ACrashOfTheSecondRunIsAnotherOutcomeOfTheSameSeed) {
  plan_.recheck_ppm = 1'000'000;
  plan_.other_build = "another";
  tools_.work = [](Task task, DrillKey key) {
    if (task == Task::other_build && key == DrillKey{2, 2}) raise(SIGKILL);
    return do_drill(task, key);
  };
  const SweepReport report = run();
  EXPECT_EQ(report.counts.crashed, 0U);
  EXPECT_EQ(report.counts.nondeterministic, 1U);
  EXPECT_EQ(report.findings.at(0).seeds.at(0).why,
            "digest d2, then (its process was ended by SIGKILL)");
}

TEST_F(SweepRun, WhatAJournalHasIsNotRunAgain) {
  plan_.recheck_ppm = 1'000'000;
  const std::string whole = write_sweep_report(run());
  state_ = std::make_unique<SweepState>(plan_);
  EXPECT_FALSE(state_->add(failed({0, 1}, "audit-replays")));
  EXPECT_FALSE(state_->add(passed({1, 3})));
  EXPECT_FALSE(state_->add(passed({2, 8})));
  EXPECT_FALSE(state_->add(Recheck{{1, 3}, "d3", "d3", 1ms}));
  EXPECT_TRUE(state_->add(Recheck{{1, 3}, "d3", "d3", 1ms})) << "twice";
  EXPECT_TRUE(state_->add(Recheck{{1, 4}, "d4", "d4", 1ms})) << "before its first run";
  EXPECT_TRUE(state_->add(passed({2, 8}))) << "twice";
  tools_.work = [](Task task, DrillKey key) {
    const bool known = key == DrillKey{0, 1} || key == DrillKey{1, 3};
    return known ? crashed(key, "run again", 1ms) : do_drill(task, key);
  };
  run_sweep(*state_, nullptr, limits_, tools_);
  EXPECT_EQ(write_sweep_report(state_->tally.report()), whole);
}

}  // namespace
}  // namespace aftershock::sweep
