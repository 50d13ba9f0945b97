// `aftershock shrink` as a user meets it, with drills that fail without any bug of Delta CI: what a
// scenario does to the database by hand is more than it promises to bear.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "harness/scenario/loader.h"
#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using namespace std::chrono_literals;

/// Somebody edits a row by hand while much else goes wrong. It promises to pass, and cannot.
constexpr const char* kEdited = R"(
scenario: edited
title: A row is edited by hand, and everything else goes wrong as well
source: {document: delta-ci-operations.md, section: "Operational Assumptions"}
rationale: To be shrunk.
cluster:
  orchestrators: {count: 2, restart: {policy: always, delay: 5s}}
  runners: {count: 6, slots: 2, restart: {policy: always, delay: 10s}}
workload:
  rate: 0.3/s
  jobs: {shape: chain, duration: {min: 2s, max: 9s}, artifacts: 1, failure: 2%, cancel: 3%}
steady_state: {warm_up: 60s}
faults:
  - {id: kill, fault: process.kill, target: {role: runner, mode: fixed, value: 2}, at: 21s}
  - id: pause
    fault: process.pause
    target: {role: orchestrator, mode: one}
    at: 34s
    duration: 13s
  - id: slow
    fault: database.slow
    target: {role: database, mode: all}
    at: 47s
    duration: 31s
    parameters: {latency: 120ms, jitter: 40ms}
  - id: edit
    fault: database.edit_row
    target: {role: database, mode: all}
    at: 71s
    parameters: {what: attempt_state}
  - id: cut
    fault: network.partition
    target: {role: runner, mode: random, value: 50%}
    at: 83s
    duration: 17s
    parameters: {to: orchestrator}
  - {id: stop, fault: process.stop, target: {role: runner, mode: one}, at: 95s}
observation: 9m
objectives:
  rto: {target: 5m, max: 6m, recovered_when: service, stated_by: derived, derivation: Ample.}
  rpo: {target: 0s, max: 0s, stated_by: derived, derivation: Ample.}
expect: pass
)";

class ShrinkProgram : public testing::Test {
 protected:
  ShrinkProgram() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("shrink-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::ofstream(in_folder("edited.yaml")) << kEdited;
  }
  ~ShrinkProgram() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  pid_t begin(const Words& words) const {
    return start(words, in_folder("stdout"), in_folder("stderr"));
  }
  Ended end(pid_t child) const {
    const int code = code_of(child);
    return {code, content_of(in_folder("stdout")), content_of(in_folder("stderr"))};
  }
  Ended run(const Words& words) const { return end(begin(words)); }

  fs::path folder_;
};

TEST_F(ShrinkProgram, OnlyTheGuiltyFaultIsLeftAndTheFileFailsByItself) {
  const std::string small = in_folder("small.yaml");
  const Words words{"shrink",      in_folder("edited.yaml"),
                    "--seed",      "5",
                    "--invariant", "audit-replays",
                    "--out",       small,
                    "--jobs",      "2",
                    "--budget",    "200s"};
  const Ended shrunk = run(words);
  ASSERT_EQ(shrunk.code, 0) << shrunk.err;
  EXPECT_THAT(shrunk.out, HasSubstr("edited.yaml --seed 5 broke audit-replays; shrunk in "));

  const auto scenario = load_scenario(small);
  ASSERT_TRUE(scenario) << format_diagnostics(scenario.error());
  ASSERT_EQ(scenario->faults.size(), 1U);
  EXPECT_EQ(scenario->faults[0].kind, "database.edit_row");
  EXPECT_EQ(scenario->cluster.orchestrators.count, 1U);
  EXPECT_LE(scenario->cluster.runners.count, 2U);
  EXPECT_EQ(scenario->workload.jobs.shape, JobShape::kSingle);

  const std::string text = content_of(small);
  const std::string replay = "# Replay: aftershock run " + small + " --seed ";
  const std::size_t at = text.find(replay);
  ASSERT_NE(at, std::string::npos) << text;
  const std::string seed =
      text.substr(at + replay.size(), text.find('\n', at) - at - replay.size());
  const Ended replayed = run({"run", small, "--seed", seed});
  EXPECT_EQ(replayed.code, 1);
  EXPECT_THAT(replayed.out, HasSubstr("audit-replays"));

  const std::string again = in_folder("again");
  fs::create_directories(again);
  Words same = words;
  same[7] = again + "/small.yaml";
  same[9] = "1";
  ASSERT_EQ(run(same).code, 0);
  std::string other = content_of(same[7]);
  for (std::size_t to = 0; (to = other.find(same[7])) != std::string::npos;) {
    other.replace(to, same[7].size(), small);
  }
  EXPECT_EQ(other, text) << "the outcome depends on --jobs";
}

TEST_F(ShrinkProgram, AnInterruptWritesTheSmallestSoFar) {
  const std::string small = in_folder("small.yaml");
  const pid_t child = begin({"shrink", in_folder("edited.yaml"), "--seed", "5", "--out", small,
                             "--jobs", "1", "--budget", "1h"});
  // It is made when interrupts are watched for, and before the first drill.
  const std::string unfinished = small + ".new." + std::to_string(child);
  for (int i = 0; i < 60'000 && !fs::exists(unfinished); ++i) std::this_thread::sleep_for(1ms);
  kill(child, SIGINT);
  const Ended ended = end(child);
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("interrupted: something smaller may fail, too\n"));
  EXPECT_TRUE(load_scenario(small));
}

TEST_F(ShrinkProgram, ADrillThatPassesAndBadInputWriteNothing) {
  const std::string small = in_folder("small.yaml");
  const Ended passes = run({"shrink", "scenarios/delta-ci/runner-crash.yaml", "--out", small});
  EXPECT_EQ(passes.code, 2);
  EXPECT_THAT(passes.err, HasSubstr("--seed 1 passes: nothing to shrink\n"));
  std::ofstream(in_folder("bad.yaml")) << "scenario: bad\n";
  EXPECT_EQ(run({"shrink", in_folder("bad.yaml"), "--out", small}).code, 64);
  EXPECT_EQ(run({"shrink", in_folder("edited.yaml"), "--invariant", "fail-close"}).code, 64);
  EXPECT_EQ(run({"shrink"}).code, 64);
  EXPECT_FALSE(fs::exists(small));
}

}  // namespace
}  // namespace aftershock
