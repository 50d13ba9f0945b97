// The steps of a job as real commands: one folder, a file for their state, artifacts at the end.
#include "core/checkpoint.h"
#include "tests/live/subprocess_fixture.h"

namespace delta {
namespace {

class SubprocessStepsTest : public SubprocessFixture {
 protected:
  /// A job of these steps: "0", "1", ...
  JobSpec steps(const std::vector<std::string>& commands) const {
    JobSpec spec = job("");
    for (const std::string& command : commands) {
      spec.steps.push_back({std::to_string(spec.steps.size()), command});
    }
    return spec;
  }
  std::unique_ptr<Workplace> prepare(const JobSpec& spec, const std::string& state = {}) {
    return executor().prepare(
        {.job = spec, .state = state, .output = [this](auto piece) { output_ += piece; }});
  }
  static ExecutionResult run_step(Workplace& workplace, std::size_t index) {
    const auto execution = workplace.start(index);
    if (execution == nullptr) {
      ADD_FAILURE() << "step " << index << " was not started";
      return {};
    }
    EXPECT_TRUE(execution->wait_until(kNoDeadline));
    return execution->result();
  }

  std::string output_;
};

TEST_F(SubprocessStepsTest, ShareAFolderAndKnowTheirNames) {
  const JobSpec spec = steps({"echo $DELTA_STEP >made; echo first", "cat made; echo $DELTA_STEP"});
  const auto workplace = prepare(spec);
  run_step(*workplace, 0);
  run_step(*workplace, 1);
  EXPECT_EQ(output_, "first\n0\n1\n");
}

TEST_F(SubprocessStepsTest, LeaveAStateThatStaysUntilItIsWrittenAgain) {
  const JobSpec spec =
      steps({"[ ! -e $DELTA_CHECKPOINT ] && printf '{\"row\":7}' >$DELTA_CHECKPOINT",
             "cat $DELTA_CHECKPOINT", "rm $DELTA_CHECKPOINT"});
  const auto workplace = prepare(spec);
  const ExecutionResult first = run_step(*workplace, 0);
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_EQ(first.state, R"({"row":7})");
  EXPECT_EQ(run_step(*workplace, 1).state, R"({"row":7})");
  EXPECT_EQ(output_, R"({"row":7})");
  EXPECT_EQ(run_step(*workplace, 2).state, "");
}

TEST_F(SubprocessStepsTest, FindTheStateThatTheyGoOnFrom) {
  const JobSpec spec = steps({"exit 1", "cat $DELTA_CHECKPOINT"});
  const auto workplace = prepare(spec, "[1, 2]");
  EXPECT_EQ(run_step(*workplace, 1).exit_code, 0);
  EXPECT_EQ(output_, "[1, 2]");
}

TEST_F(SubprocessStepsTest, OfAStateThatIsTooLongSoMuchIsReadThatItShows) {
  const JobSpec spec = steps({"head -c 100000 /dev/zero | tr '\\0' 1 >$DELTA_CHECKPOINT", "true"});
  const auto workplace = prepare(spec);
  EXPECT_EQ(run_step(*workplace, 0).state, std::string(Checkpoint::kLargestState + 1, '1'));
}

TEST_F(SubprocessStepsTest, WhatIsNoFileIsNoState) {
  const JobSpec spec = steps({"mkfifo $DELTA_CHECKPOINT",
                              "rm $DELTA_CHECKPOINT; ln -s /etc/passwd $DELTA_CHECKPOINT",
                              "rm $DELTA_CHECKPOINT; mkdir $DELTA_CHECKPOINT"});
  const auto workplace = prepare(spec);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(run_step(*workplace, i).state, "") << i;
}

TEST_F(SubprocessStepsTest, ArtifactsAreThoseOfTheLastStepOrOfTheOneThatFailed) {
  const JobSpec spec = steps({"echo 0 >artifacts/zero", "echo 1 >artifacts/one; exit 3", "true"});
  const auto workplace = prepare(spec);
  EXPECT_EQ(run_step(*workplace, 0).artifacts.size(), 0U);
  EXPECT_EQ(run_step(*workplace, 1).artifacts.size(), 2U);
  EXPECT_EQ(run_step(*workplace, 2).artifacts.size(), 2U);
}

TEST_F(SubprocessStepsTest, WhatAStepLeftRunningIsGoneBeforeTheNext) {
  const JobSpec spec = steps({"sleep 1000 & exit 0", "true"});
  const auto workplace = prepare(spec);
  run_step(*workplace, 0);
  EXPECT_EQ(survivors(), 0U);
  EXPECT_EQ(run_step(*workplace, 1).exit_code, 0);
}

}  // namespace
}  // namespace delta
