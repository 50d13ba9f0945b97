// `explore`: its command line, what it prints, its exit codes, its budget.
#include "harness/cli/explore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/report_sample.h"

namespace aftershock::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSample = "tests/unit/data/scenario/valid.yaml";  // its first fault is at 1m

ExploreOptions parsed(std::vector<std::string> words) {
  words.insert(words.begin(), {"explore", "a.yaml"});
  const auto line = parse_command_line(words);
  EXPECT_TRUE(line) << line.error().text;
  return line ? std::get<ExploreOptions>(*line) : ExploreOptions{};
}

std::string refused(std::vector<std::string> words) {
  words.insert(words.begin(), {"explore", "a.yaml"});
  const auto line = parse_command_line(words);
  return line ? "understood" : line.error().text;
}

TEST(ExploreCommandLine, TakesEveryBound) {
  const ExploreOptions options =
      parsed({"--window", "30s..1m", "--depth", "9", "--deviations", "2", "--executions", "500",
              "--budget", "10m", "--tick", "0s", "--seed", "4"});
  EXPECT_EQ(options.paths, std::vector<std::string>{"a.yaml"});
  ASSERT_TRUE(options.window);
  EXPECT_EQ(options.window->from, 30s);
  EXPECT_EQ(options.window->until, 1min);
  EXPECT_EQ(options.depth, 9U);
  EXPECT_EQ(options.bounds.deviations, 2U);
  EXPECT_EQ(options.bounds.executions, 500U);
  EXPECT_EQ(options.budget, 10min);
  EXPECT_EQ(options.tick, 0s);
  EXPECT_EQ(options.seed, 4U);
}

TEST(ExploreCommandLine, WithoutBoundsHasAMinuteAndTicksOfAMillisecond) {
  const ExploreOptions options = parsed({});
  EXPECT_FALSE(options.window);
  EXPECT_EQ(options.depth, ExploredWindow{}.depth);
  EXPECT_EQ(options.bounds.deviations, ExploreBounds{}.deviations);
  EXPECT_EQ(options.budget, 1min);
  EXPECT_EQ(options.tick, 1ms);
}

TEST(ExploreCommandLine, RefusesBoundsThatAreNone) {
  for (const char* window : {"30s", "30s..", "..30s", "30s..30s", "40s..30s", "30..40", "a..b"}) {
    EXPECT_THAT(refused({"--window", window}), HasSubstr("--window takes two times of the drill"));
  }
  for (const char* option : {"--depth", "--deviations", "--executions"}) {
    EXPECT_THAT(refused({option, "-1"}), HasSubstr("takes a whole number, not '-1'"));
    EXPECT_THAT(refused({option, "2x"}), HasSubstr("takes a whole number, not '2x'"));
  }
  EXPECT_THAT(refused({"--budget", "60"}), HasSubstr("--budget: "));
  EXPECT_THAT(refused({"--tick", "fast"}), HasSubstr("--tick: "));
}

/// With an exploration of the test's own in place of the simulator's.
class CliExplore : public testing::Test {
 protected:
  CliExplore() {
    found_.coverage = {.interleavings = 12,
                       .choice_points = 30,
                       .most_choices = 7,
                       .complete_to = 2,
                       .exhausted = true};
    found_.histories = 4;
    found_.verdicts[std::size_t(Verdict::pass)] = 12;
    tools_.explore = [this](const Scenario&, const ExploreDrillOptions& options) {
      explored_ = options;
      for (int drill = 0; drill < drills_ && options.go_on(found_); ++drill) {
        ++drills_run_;
        now_ += 1s;
      }
      return found_;
    };
    tools_.interrupted = [this] { return interrupted_; };
    tools_.clock = [this] { return now_; };
  }

  ExitCode run(ExploreOptions options = {}) {
    options.paths = {kSample};
    return explore_command(options, {{out_}, {err_}}, tools_, doing_);
  }

  std::ostringstream out_;
  std::ostringstream err_;
  std::string doing_;
  Exploration found_;
  int drills_ = 2;
  int drills_run_ = 0;
  bool interrupted_ = false;
  std::chrono::steady_clock::time_point now_{};
  ExploreDrillOptions explored_;
  ExploreTools tools_;
};

TEST_F(CliExplore, PrintsWhatWasCovered) {
  EXPECT_EQ(run(), ExitCode::kPassed);
  EXPECT_EQ(out_.str(),
            "tests/unit/data/scenario/valid.yaml, seed 1, from 1m to 12m, ticks of 1ms\n"
            "  interleavings  12, each another; different histories of states: 4\n"
            "  choice points  30, at most 7 in one drill\n"
            "  exhaustive     yes: there is no other order of turns within these bounds\n"
            "  verdicts       12 pass\n"
            "  time           2s, 6 drills/s\n");
}

TEST_F(CliExplore, SaysWithinWhichBoundsAndWhatIsComplete) {
  found_.coverage.exhausted = false;
  ExploreOptions options;
  options.window = ExploredWindow{.from = 5s, .until = 6s};
  options.depth = 9;
  options.bounds.deviations = 3;
  options.tick = 0s;
  EXPECT_EQ(run(options), ExitCode::kPassed);
  EXPECT_THAT(out_.str(), HasSubstr("from 5s to 6s, 9 choices deep, up to 3 deviations\n"));
  EXPECT_THAT(out_.str(), HasSubstr("no: all with up to 2 deviations, and some with one more\n"));
  EXPECT_EQ(explored_.window.depth, 9U);
  EXPECT_EQ(explored_.window.until, 6s);
  EXPECT_EQ(explored_.bounds.deviations, 3U);
}

TEST_F(CliExplore, PrintsTheDrillThatFailedAndHowToRepeatIt) {
  found_.failed = sample_drill();
  found_.failed->replay = "aftershock run it --schedule choices:30s:13=2@1ms";
  found_.verdicts[std::size_t(Verdict::fail)] = 1;
  found_.verdicts[std::size_t(Verdict::inconclusive)] = 2;
  EXPECT_EQ(run(), ExitCode::kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("12 pass, 1 fail, 2 inconclusive\n"));
  EXPECT_THAT(out_.str(), HasSubstr("aftershock run it --schedule choices:30s:13=2@1ms\n"));
}

TEST_F(CliExplore, StopsWhenTheBudgetIsSpent) {
  drills_ = 1'000;
  EXPECT_EQ(run({.budget = 20s}), ExitCode::kPassed);
  EXPECT_EQ(drills_run_, 20);
}

TEST_F(CliExplore, AnInterruptEndsItAndIsSaid) {
  interrupted_ = true;
  EXPECT_EQ(run(), ExitCode::kAborted);
  EXPECT_EQ(drills_run_, 0);
  EXPECT_EQ(err_.str(), "interrupted\n");
  EXPECT_THAT(out_.str(), HasSubstr("interleavings"));
}

TEST_F(CliExplore, NothingRunsWhenAFileIsBad) {
  ExploreOptions options;
  options.paths = {"nowhere.yaml"};
  EXPECT_EQ(explore_command(options, {{out_}, {err_}}, tools_, doing_), ExitCode::kUsage);
  EXPECT_EQ(drills_run_, 0);
  EXPECT_THAT(err_.str(), HasSubstr("Nothing was run.\n"));
}

}  // namespace
}  // namespace aftershock::cli
