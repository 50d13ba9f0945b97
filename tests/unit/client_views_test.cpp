// What the client shows of runs, character by character.
#include "client/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "client/watch.h"
#include "tests/unit/client_fixture.h"

namespace delta::client {
namespace {

using testing::HasSubstr;

constexpr Look kPlain{.width = 80, .terminal = false, .colour = false};

TEST(ClientViews, ARunWithItsJobs) {
  RunView run = sample_run();
  EXPECT_EQ(run_text(run, kPlain), R"(run        0123456789abcdef0000000000000001
name       build and test
state      running
submitted  2026-01-01 00:00:00 UTC

JOB     STATE      ATTEMPTS  NEEDS
build   succeeded  1         -
test    running    2         build
deploy  waiting    1         build, test
)");
  run.state = RunState::failed;
  run.finished_at = kNewYear + 61s + 230ms;
  EXPECT_THAT(run_text(run, kPlain),
              HasSubstr("finished   2026-01-01 00:01:01 UTC, after 1m1.2s\n"));
}

TEST(ClientViews, JobsWithStepsShowTheirCheckpoint) {
  RunView run = sample_run();
  RunSpec spec = *run.spec;
  spec.jobs[1].command.clear();
  spec.jobs[1].steps = {{"one", "true"}, {"two", "true"}, {"three", "true"}};
  run.spec = prepare(spec).value();
  run.jobs[1].steps_done = 2;
  EXPECT_THAT(run_text(run, kPlain), HasSubstr(R"(
JOB     STATE      ATTEMPTS  NEEDS        CHECKPOINT
build   succeeded  1         -            -
test    running    2         build        2 of 3
deploy  waiting    1         build, test  -
)"));
}

TEST(ClientViews, StatesHaveColours) {
  const std::string text = run_text(sample_run(), {.width = 80, .terminal = true, .colour = true});
  EXPECT_THAT(text, HasSubstr("build   \x1b[32msucceeded\x1b[0m  1"));
  EXPECT_THAT(text, HasSubstr("test    \x1b[33mrunning\x1b[0m    2"));
}

TEST(ClientViews, ListsFitATerminalAndAreWholeInAPipe) {
  const std::vector<RunSummary> runs{
      {{0x0123456789abcdef, 1}, RunState::running, "nightly", kNewYear, kNever},
      {{0xfedcba9876543210, 2},
       RunState::cancelled,
       std::string(100, 'n'),
       kNewYear - 26h,
       kNewYear - 26h + 90s},
      {{0xfedcba9876543211, 3}, RunState::queued, "two\nlines\x1b[2J", kNewYear, kNever}};
  EXPECT_EQ(runs_text(runs, {.width = 80, .terminal = true, .colour = false}),
            "RUN       STATE      SUBMITTED (UTC)      TOOK   NAME\n"
            "01234567  running    2026-01-01 00:00:00  -      nightly\n"
            "fedcba98  cancelled  2025-12-30 22:00:00  1m30s  nnnnnnnnnnnnnnnnnnnnnnnnnnnnn..\n"
            "fedcba98  queued     2026-01-01 00:00:00  -      two lines?[2J\n");
  EXPECT_THAT(runs_text(runs, kPlain), HasSubstr("0123456789abcdef0000000000000001  running"));
  EXPECT_THAT(runs_text(runs, kPlain), HasSubstr(std::string(100, 'n')));
}

TEST(ClientViews, Artifacts) {
  const std::vector<AttemptArtifacts> attempts{
      {{{1, 1}, 1, {0xaa00000000000000, 0}},
       {{"report.xml", ArtifactState::stored, 5}, {"core", ArtifactState::missing, 0}}}};
  EXPECT_EQ(artifacts_text(sample_run(), attempts, kPlain), R"(JOB   ATTEMPT   STATE    NAME
test  aa000000  stored   report.xml
test  aa000000  missing  core
)");
}

TEST(ClientViews, WhatAnAdminActionCameTo) {
  AdminReply reply;
  reply.rows = 3;
  reply.generation = 7;
  reply.policy.ingesting = false;
  reply.policy.most_leases = 20;
  EXPECT_EQ(admin_text(reply), R"(attempts     3 were acted on
generation   7
ingestion    paused
lease TTL    as the settings say
leases       20 at once
submissions  no limit a minute and orchestrator
)");
}

class ClientWatch : public testing::Test {
 protected:
  std::string shown(bool terminal, std::size_t height, Duration now) {
    if (display_ == nullptr) {
      display_ = std::make_unique<WatchDisplay>(
          Console{.stream = out_, .terminal = terminal, .width = 60, .height = height}, 0s);
    }
    out_.str("");
    display_->show(run_, now);
    return out_.str();
  }

  RunView run_ = sample_run();
  std::ostringstream out_;
  std::unique_ptr<WatchDisplay> display_;
};

TEST_F(ClientWatch, InALogEveryChangeIsALine) {
  EXPECT_EQ(shown(false, 24, 0s),
            "0s      build: succeeded\n"
            "0s      test: running, attempt 2\n"
            "0s      run 01234567 build and test: running\n");
  EXPECT_EQ(shown(false, 24, 3s), "");
  run_.jobs[1].state = JobState::failed;
  run_.jobs[2].state = JobState::skipped;
  run_.state = RunState::failed;
  run_.finished_at = kNewYear + 70s;
  EXPECT_EQ(shown(false, 24, 65s),
            "1m5s    test: failed, attempt 2\n"
            "1m5s    deploy: skipped\n"
            "1m5s    run 01234567 build and test: failed in 1m10s\n");
}

TEST_F(ClientWatch, OnATerminalTheViewIsRedrawn) {
  EXPECT_EQ(shown(true, 24, 0s),
            "run 01234567 build and test  running 0s\x1b[K\n"
            "  succeeded         build         attempt 1\x1b[K\n"
            "  running           test          attempt 2    0s\x1b[K\n"
            "  waiting           deploy        attempt 1\x1b[K\n"
            "\x1b[J");
  EXPECT_THAT(shown(true, 24, 2500ms), HasSubstr("\x1b[4A\rrun 01234567"));
  EXPECT_THAT(shown(true, 24, 2500ms), HasSubstr("test          attempt 2    2s"));
  display_->leave();  // something was printed below
  EXPECT_THAT(shown(true, 24, 3s), testing::StartsWith("run 01234567"));
}

TEST_F(ClientWatch, ASmallTerminalShowsWhatGoesOn) {
  EXPECT_EQ(shown(true, 4, 0s),
            "run 01234567 build and test  running 0s\x1b[K\n"
            "  running           test          attempt 2    0s\x1b[K\n"
            "  and 2 other jobs\x1b[K\n"
            "\x1b[J");
}

}  // namespace
}  // namespace delta::client
