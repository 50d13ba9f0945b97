// The measure of work that was lost and done again.
#include "harness/engine/work_redone.h"

#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

SharedSpec three_steps() {
  JobSpec job;
  job.name = "build";
  for (int i = 0; i < 3; ++i) job.steps.push_back({"step-" + std::to_string(i), "true"});
  return spec_of({job});
}

class WorkRedoneTest : public testing::Test, protected History {
 protected:
  WorkRedoneTest() {
    observer = [this](const CommitView& view) { redone.on_commit(view.writes, since()); };
    commit(decided(Submit{kRun, three_steps()}));
    start();
  }

  /// The clock of the witness, here that of the database.
  Duration since() const { return now.time_since_epoch(); }
  const Attempt& attempt() const { return *tables.attempt(tables.job(kRun, 0)->current); }
  Credentials lease() const { return {attempt().ref(), attempt().epoch, attempt().token_hash}; }
  void start() {
    now = std::max(now, attempt().available_at);
    commit(decided(Acquire{attempt().id, RunnerId{5, 0}, hash_token(Token{77, 0})}));
    commit(decided(Start{lease()}));
  }
  void work(Duration time) { now += time; }
  void end_step(std::size_t command) { redone.on_command_end(attempt().id, command, since()); }
  void save(std::uint32_t steps) { commit(decided(SaveCheckpoint{lease(), {steps, ""}})); }
  void lose() { commit(decided(Revoke{attempt().ref()})); }

  WorkRedone redone;
};

TEST_F(WorkRedoneTest, IsAllOfATryThatHadNoCheckpoint) {
  work(20s);
  lose();
  EXPECT_EQ(redone.report().attempts, 1U);
  EXPECT_EQ(redone.report().longest, 20s);
}

TEST_F(WorkRedoneTest, CountsFromTheEndOfTheStepNotFromItsLateAcceptance) {
  work(10s);
  end_step(0);
  work(5s);
  save(1);
  work(2s);
  lose();
  EXPECT_EQ(redone.report().longest, 7s);
}

TEST_F(WorkRedoneTest, EndsWithTheRunnerNotWithTheLease) {
  work(8s);
  redone.on_runner_end({5, 0}, since());
  work(100s);
  lose();
  EXPECT_EQ(redone.report().longest, 8s);
}

TEST_F(WorkRedoneTest, AddsUpTheTries) {
  work(3s);
  lose();
  start();
  work(4s);
  lose();
  EXPECT_EQ(redone.report().attempts, 2U);
  EXPECT_EQ(redone.report().longest, 4s);
  EXPECT_EQ(redone.report().total, 7s);
}

TEST_F(WorkRedoneTest, NothingOfATryThatEndsByItself) {
  work(3s);
  commit(decided(delta::Report{lease(), AttemptState::running}));
  commit(decided(delta::Report{lease(), AttemptState::uploading}));
  commit(decided(Complete{lease(), true, FailureClass::user, {}}));
  EXPECT_EQ(redone.report().attempts, 0U);
}

TEST_F(WorkRedoneTest, TheLargerOfLossAndProgressIsJudgedOnlyWhereAskedFor) {
  LossReport loss;
  EXPECT_EQ(loss.judged(), std::nullopt);
  loss.measured = 3s;
  loss.redone.longest = 9s;
  EXPECT_EQ(loss.judged(), 3s);
  loss.measured_on = "progress";
  EXPECT_EQ(loss.judged(), 9s);
  loss.measured = 12s;
  EXPECT_EQ(loss.judged(), 12s);
}

}  // namespace
}  // namespace aftershock::checker_tests
