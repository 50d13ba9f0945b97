// Checkpoints of a job of several steps: who may save one, which is kept, and what a retry gets.
#include <gtest/gtest.h>

#include "core/replay.h"
#include "tests/model/table.h"

namespace delta::test {
namespace {

SharedSpec steps(std::uint32_t count) {
  JobSpec job;
  job.name = "job";
  for (std::uint32_t i = 0; i < count; ++i) {
    job.steps.push_back({"step-" + std::to_string(i), "true"});
  }
  return spec_of({job});
}

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() { table.bring(0, AttemptState::running); }

  std::optional<Reason> save(std::uint32_t done, const std::string& state = {}) {
    return table.tell(SaveCheckpoint{table.credentials(), {done, state}}).refused;
  }
  void lose() { table.must(Revoke{table.attempt().ref()}); }

  Table table{steps(4)};
};

TEST_F(CheckpointTest, TheJobHoldsTheLastThatWasAcceptedAndTheAttemptGoesOn) {
  EXPECT_EQ(save(1, R"({"rows":3})"), std::nullopt);
  EXPECT_EQ(save(3, "[1,2]"), std::nullopt) << "the rate may leave some out";
  EXPECT_EQ(table.job().checkpoint, (Checkpoint{3, "[1,2]"}));
  EXPECT_EQ(table.attempt().state, AttemptState::running);
  EXPECT_EQ(table.attempt().resume, Checkpoint{}) << "it began at the beginning";
}

TEST_F(CheckpointTest, RenewsTheLeaseAsAReportDoes) {
  table.pass(50s);
  EXPECT_EQ(save(1), std::nullopt);
  EXPECT_EQ(table.attempt().expires_at, table.context.now + table.settings.lease_ttl);
  table.pass(-1h);  // the database's clock
  EXPECT_EQ(save(2), std::nullopt);
  EXPECT_EQ(table.attempt().expires_at, table.context.now + table.settings.lease_ttl);
}

TEST_F(CheckpointTest, TheFirstWriteOfAStepWins) {
  EXPECT_EQ(save(2, "1"), std::nullopt);
  EXPECT_EQ(save(2, "1"), Reason::already_done);
  EXPECT_EQ(save(2, "2"), Reason::already_done);
  EXPECT_EQ(save(1, "3"), Reason::already_done) << "it came late";
  EXPECT_EQ(table.job().checkpoint, (Checkpoint{2, "1"}));
}

TEST_F(CheckpointTest, ARetryGoesOnFromTheLastOneWhateverEndedTheTry) {
  EXPECT_EQ(save(1, "1"), std::nullopt);
  lose();
  EXPECT_EQ(table.attempt().resume, (Checkpoint{1, "1"}));
  table.bring(0, AttemptState::running);
  EXPECT_EQ(save(2, "2"), std::nullopt);
  table.must(table.complete(0, false, FailureClass::infrastructure));
  EXPECT_EQ(table.attempt().number, 3);
  EXPECT_EQ(table.attempt().resume, (Checkpoint{2, "2"}));
}

TEST_F(CheckpointTest, WithoutOneARetryBeginsAtTheBeginning) {
  lose();
  EXPECT_EQ(table.attempt().resume, Checkpoint{});
}

TEST_F(CheckpointTest, OnlyTheHolderOfALiveLeaseSaves) {
  Credentials other = table.credentials();
  other.token_hash = token_of(2);
  EXPECT_EQ(table.tell(SaveCheckpoint{other, {1, ""}}).refused, Reason::stale);
  other = table.credentials();
  ++other.epoch;
  EXPECT_EQ(table.tell(SaveCheckpoint{other, {1, ""}}).refused, Reason::stale);

  const Credentials lost = table.credentials();
  lose();
  EXPECT_EQ(table.tell(SaveCheckpoint{lost, {1, ""}}).refused, Reason::lease_over);
  EXPECT_EQ(table.job().checkpoint, Checkpoint{});
}

TEST_F(CheckpointTest, NotAfterTheLeaseHasEndedNorUnderAnOlderGeneration) {
  table.context.now = table.attempt().expires_at;
  EXPECT_EQ(save(1), Reason::lease_over);
  table.pass(-1ns);
  ++table.context.generation;
  EXPECT_EQ(save(1), Reason::lease_over);
}

TEST_F(CheckpointTest, WhoeverIsToStopSavesNoMore) {
  table.must(Cancel{kRun});
  EXPECT_EQ(save(1), Reason::wrong_state);
}

TEST_F(CheckpointTest, WhatNobodyCouldGoOnFromIsMalformed) {
  EXPECT_EQ(save(0), Reason::malformed);
  EXPECT_EQ(save(4), Reason::malformed) << "nothing would be left to do";
  EXPECT_EQ(save(1, "{"), Reason::malformed);
  EXPECT_EQ(save(1, "\"\xff\""), Reason::malformed);
  EXPECT_EQ(save(1, "1 2"), Reason::malformed);
  const std::string longest(Checkpoint::kLargestState - 2, 'x');
  EXPECT_EQ(save(1, "\"" + longest + "x\""), Reason::malformed);
  EXPECT_EQ(save(1, "\"" + longest + "\""), std::nullopt);
}

TEST(Checkpoints, AJobWithoutStepsHasNone) {
  Table table(spec_of({JobSpec{}}));
  table.bring(0, AttemptState::running);
  EXPECT_EQ(table.tell(SaveCheckpoint{table.credentials(), {1, ""}}).refused, Reason::malformed);
}

TEST_F(CheckpointTest, TheLogRebuildsThemAndFindsOneThatWasEdited) {
  EXPECT_EQ(save(2, "[7]"), std::nullopt);
  lose();
  const ReplayResult replayed = replay(table.log, table.settings);
  EXPECT_EQ(replayed.problems, std::vector<std::string>{});
  EXPECT_EQ(differences(replayed.rows, table.rows), std::vector<std::string>{});
  Job edited = table.job();
  edited.checkpoint.steps = 3;
  table.rows.put(edited);
  EXPECT_EQ(differences(replayed.rows, table.rows).size(), 1U);
  edited.checkpoint = {2, "[8]"};
  table.rows.put(edited);
  EXPECT_EQ(differences(replayed.rows, table.rows).size(), 1U);
}

TEST(JobSteps, AreCheckedWithTheRun) {
  const auto problem = [](JobSpec job) {
    RunSpec spec;
    spec.jobs = {std::move(job)};
    const auto prepared = prepare(std::move(spec));
    return prepared ? "" : prepared.error();
  };
  JobSpec job;
  job.name = "a";
  job.steps = {{"one", "true"}, {"two", "true"}};
  EXPECT_EQ(problem(job), "");
  job.command = "true";
  EXPECT_EQ(problem(job), "job 0 'a' has both a command and steps");
  job.command.clear();
  job.steps[1].name = "one";
  EXPECT_EQ(problem(job), "job 0 'a' has two steps 'one'");
  job.steps[1].command.clear();
  EXPECT_EQ(problem(job), "job 0 'a' has a step without a name or a command");
  job.steps.assign(1'001, {"one", "true"});
  EXPECT_EQ(problem(job), "job 0 'a' has more than 1000 steps");
}

}  // namespace
}  // namespace delta::test
