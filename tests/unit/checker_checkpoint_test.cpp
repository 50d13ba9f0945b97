// checkpoint-monotonic: silent over a life with checkpoints, a loss and a retry; loud for every way
// in which a checkpoint or its use could be wrong.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

SharedSpec four_steps() {
  JobSpec job;
  job.name = "build";
  for (int i = 0; i < 4; ++i) job.steps.push_back({"step-" + std::to_string(i), "true"});
  return spec_of({job});
}

class CheckpointMonotonic : public CheckerTest {
 protected:
  CheckpointMonotonic() : CheckerTest(make_checkpoint_monotonic) {
    submit(four_steps());
    running();
  }

  void save(std::uint32_t steps, const std::string& state) {
    step(SaveCheckpoint{lease(), {steps, state}});
  }
  /// The commit of a message that a broken rule would have accepted.
  void force(std::uint32_t steps, const std::string& state) {
    WriteSet writes = decided(SaveCheckpoint{lease(), {3, "[0,1,2]"}});
    for (JobWrite& write : writes.jobs) write.row.checkpoint = {steps, state};
    for (AuditEvent& event : writes.audit) {
      std::get<SaveCheckpoint>(event.what.message).checkpoint = {steps, state};
    }
    commit(std::move(writes));
  }
  WriteSet loss() {
    now = attempt().expires_at;
    return decided(Expire{attempt().ref()});
  }
};

TEST_F(CheckpointMonotonic, HoldsOnALifeWithALossAndARetry) {
  save(1, "[0]");
  save(2, "[0,1]");
  commit(loss());
  running();
  save(3, "[0,1,2]");
  step(delta::Report{lease(), AttemptState::uploading});
  step(success());
  expect_silence();
}

TEST_F(CheckpointMonotonic, StatesOfOtherProgramsAreTheirs) {
  save(2, R"({"any":"thing"})");
  expect_silence();
}

TEST_F(CheckpointMonotonic, FindsOneThatGoesBack) {
  save(2, "[0,1]");
  force(1, "[0]");
  expect_finding("went back");
}

TEST_F(CheckpointMonotonic, FindsASecondWriteOfAStep) {
  save(2, "[0,1]");
  force(2, "[0,1]");
  expect_finding("a second checkpoint of a step");
}

TEST_F(CheckpointMonotonic, FindsAStepThatWasSkipped) {
  force(2, "[0,2]");
  expect_finding("not of the steps done once each");
}

TEST_F(CheckpointMonotonic, FindsAStepThatWasDoneTwice) {
  force(2, "[0,0,1]");
  expect_finding("not of the steps done once each");
}

TEST_F(CheckpointMonotonic, FindsARowThatIsNotWhatWasAccepted) {
  WriteSet writes = decided(SaveCheckpoint{lease(), {2, "[0,1]"}});
  writes.jobs.at(0).row.checkpoint.steps = 3;
  commit(std::move(writes));
  expect_finding("not the last that was accepted");
}

TEST_F(CheckpointMonotonic, FindsARetryThatForgets) {
  save(2, "[0,1]");
  WriteSet writes = loss();
  for (AttemptWrite& write : writes.attempts) {
    if (write.row.number == 2) write.row.resume = {};
  }
  commit(std::move(writes));
  expect_finding("does not begin where");
}

TEST_F(CheckpointMonotonic, FindsARetryThatRunsAhead) {
  save(1, "[0]");
  WriteSet writes = loss();
  for (AttemptWrite& write : writes.attempts) {
    if (write.row.number == 2) write.row.resume.steps = 2;
  }
  commit(std::move(writes));
  expect_finding("does not begin where");
}

}  // namespace
}  // namespace aftershock::checker_tests
