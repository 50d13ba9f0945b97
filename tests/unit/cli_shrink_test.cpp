// `shrink` around the drills: what it refuses, what it writes, and its exit codes.
#include "harness/cli/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "harness/scenario/loader.h"
#include "tests/unit/report_sample.h"
#include "tests/unit/shrink_fixture.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

/// Drills that break one-live-lease as long as the database is slow.
class CliShrink : public testing::Test {
 protected:
  CliShrink() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("cli-shrink-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    tools_.interrupted = [this] { return drills_ >= interrupt_after_; };
    tools_.clock = [this] {
      return std::chrono::steady_clock::time_point(std::chrono::seconds(static_cast<int>(drills_)));
    };
    tools_.run_drill = [this](const Scenario& scenario, const DrillOptions&) {
      ++drills_;
      DrillReport report = passed_drill();
      const bool slow = std::ranges::find(scenario.faults, "database.slow", &FaultSpec::kind) !=
                        scenario.faults.end();
      if (slow) fail(report);
      return report;
    };
    options_.path = shrink::kLargePath;
    options_.seed = 7;
    options_.out = (folder_ / "small.yaml").string();
    options_.budget = 1h;
  }
  ~CliShrink() override { fs::remove_all(folder_); }

  void fail(DrillReport& report) const {
    report.verdict = Verdict::fail;
    for (const std::string& invariant : broken_) {
      report.violations.push_back({invariant, 5s, "two of them", {}, {}});
      report.reasons.push_back("invariant " + invariant + " violated: two of them");
    }
  }

  ExitCode shrink() { return shrink_command(options_, {{out_}, {err_}}, tools_, doing_); }

  std::string written() const {
    std::ostringstream text;
    text << std::ifstream(options_.out).rdbuf();
    return text.str();
  }

  fs::path folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::string doing_;
  std::size_t drills_ = 0;
  std::size_t interrupt_after_ = 1'000'000;
  std::vector<std::string> broken_{"one-live-lease"};
  RunTools tools_;
  ShrinkOptions options_;
};

TEST_F(CliShrink, WritesAScenarioThatSaysWhereItComesFrom) {
  EXPECT_EQ(shrink(), ExitCode::kPassed) << err_.str();
  const std::string text = written();
  EXPECT_THAT(text,
              StartsWith("# Shrunk from tests/unit/data/scenario/large.yaml, --seed 7, which "
                         "broke one-live-lease:\n#   two of them\n# Replay: aftershock run "));
  EXPECT_THAT(text, HasSubstr("small.yaml --seed 1\n"));
  EXPECT_THAT(text, HasSubstr("\nscenario: small\n"));
  EXPECT_THAT(text, HasSubstr("source: {document: a-test, section: one}"));
  const auto scenario = load_scenario(options_.out);
  ASSERT_TRUE(scenario) << format_diagnostics(scenario.error());
  EXPECT_EQ(scenario->rationale,
            "Seed 7 of tests/unit/data/scenario/large.yaml broke one-live-lease. Of its 5 faults, "
            "3 orchestrators and 12 runners, 1 fault, 1 orchestrator and 1 runner are enough; what "
            "was left out does not matter.");
  ASSERT_EQ(scenario->faults.size(), 1U);
  EXPECT_EQ(scenario->faults[0].kind, "database.slow");
  EXPECT_THAT(out_.str(), HasSubstr("faults           5"));
  EXPECT_THAT(out_.str(), HasSubstr("replay:  aftershock run "));
}

TEST_F(CliShrink, TheReplayNamesTheScheduleIfItIsNeeded) {
  options_.schedule = parse_schedule("round-robin").value();
  const auto any = tools_.run_drill;
  tools_.run_drill = [any](const Scenario& scenario, const DrillOptions& options) {
    DrillReport report = any(scenario, options);
    return options.schedule.is_default() ? passed_drill() : report;
  };
  EXPECT_EQ(shrink(), ExitCode::kPassed) << err_.str();
  EXPECT_THAT(written(), HasSubstr("large.yaml, --seed 7 --schedule round-robin, which"));
  EXPECT_THAT(written(), HasSubstr("small.yaml --seed 1 --schedule round-robin\n"));
  EXPECT_THAT(out_.str(), HasSubstr("round-robin  round-robin\n"));
}

TEST_F(CliShrink, ADrillThatPassesIsNotShrunk) {
  broken_.clear();
  tools_.run_drill = [](const Scenario&, const DrillOptions&) { return passed_drill(); };
  EXPECT_EQ(shrink(), ExitCode::kInconclusive);
  EXPECT_THAT(err_.str(), HasSubstr("large.yaml --seed 7 passes: nothing to shrink\n"));
  EXPECT_FALSE(fs::exists(options_.out));
}

TEST_F(CliShrink, ADrillThatIsInconclusiveIsNotShrunk) {
  tools_.run_drill = [](const Scenario&, const DrillOptions&) {
    DrillReport report = passed_drill();
    report.verdict = Verdict::inconclusive;
    report.reasons = {"a fault did not bite"};
    return report;
  };
  EXPECT_EQ(shrink(), ExitCode::kInconclusive);
  EXPECT_THAT(err_.str(),
              HasSubstr("is inconclusive: nothing to shrink\n  a fault did not bite\n"));
}

TEST_F(CliShrink, TheNamedInvariantHasToBreak) {
  options_.invariant = "fail-closed";
  EXPECT_EQ(shrink(), ExitCode::kInconclusive);
  EXPECT_THAT(err_.str(), HasSubstr("fails, but does not break fail-closed"));

  broken_ = {"one-live-lease", "fail-closed"};
  EXPECT_EQ(shrink(), ExitCode::kPassed);
  EXPECT_THAT(out_.str(), HasSubstr("broke fail-closed; shrunk in"));
}

TEST_F(CliShrink, AnErrorOfOursIsShrunkToo) {
  tools_.run_drill = [this](const Scenario& scenario, const DrillOptions&) -> DrillReport {
    ++drills_;
    if (scenario.workload.jobs.secrets > 0) throw std::runtime_error("a bug");
    return passed_drill();
  };
  EXPECT_EQ(shrink(), ExitCode::kPassed) << err_.str();
  EXPECT_THAT(written(), HasSubstr("which ended in an internal error."));
  EXPECT_THAT(written(), HasSubstr("secrets: 1}"));
}

TEST_F(CliShrink, AnInterruptWritesTheSmallestSoFar) {
  interrupt_after_ = 8;
  EXPECT_EQ(shrink(), ExitCode::kAborted);
  EXPECT_THAT(err_.str(), HasSubstr("interrupted: something smaller may fail, too\n"));
  EXPECT_THAT(written(), HasSubstr("# It was cut off: something smaller may fail, too.\n"));
  const auto scenario = load_scenario(options_.out);
  ASSERT_TRUE(scenario);
  EXPECT_LT(scenario->faults.size(), 5U);
  EXPECT_EQ(drills_, 9U) << "the last one is that of the file";
}

TEST_F(CliShrink, AnInterruptBeforeAnythingWritesItAsItWas) {
  interrupt_after_ = 1;
  EXPECT_EQ(shrink(), ExitCode::kAborted);
  ASSERT_TRUE(load_scenario(options_.out));
  EXPECT_EQ(load_scenario(options_.out)->faults.size(), 5U);
}

TEST_F(CliShrink, TheBudgetCutsItOff) {
  options_.budget = 6s;  // a drill takes a second here
  EXPECT_EQ(shrink(), ExitCode::kPassed);
  EXPECT_THAT(err_.str(), HasSubstr("cut off by --budget: something smaller may fail, too\n"));
  EXPECT_EQ(drills_, 8U);
}

TEST_F(CliShrink, RefusesWhatItCannotWriteBeforeAnyDrill) {
  const auto refused = [this](const std::string& out) {
    options_.out = out;
    err_.str("");
    EXPECT_EQ(shrink(), ExitCode::kUsage) << out;
    EXPECT_EQ(drills_, 0U);
    return err_.str();
  };
  EXPECT_THAT(refused("small.json"), HasSubstr("--out needs a file that ends with .yaml"));
  EXPECT_THAT(refused("Not A Name.yaml"), HasSubstr("'Not A Name' is not a name"));
  EXPECT_THAT(refused(shrink::kLargePath), HasSubstr("is the scenario that is to be shrunk"));
  EXPECT_THAT(refused((folder_ / "absent" / "small.yaml").string()), HasSubstr("cannot write"));
  options_.path = "absent.yaml";
  EXPECT_THAT(refused((folder_ / "small.yaml").string()), HasSubstr("no such file"));
  options_.path = "scenarios/regressions";
  EXPECT_THAT(refused((folder_ / "small.yaml").string()), HasSubstr("one scenario, not a folder"));
}

TEST_F(CliShrink, ShowsItsProgressInALog) {
  EXPECT_EQ(shrink(), ExitCode::kPassed);
  EXPECT_THAT(err_.str(), HasSubstr("shrinking: 1 fault, "));
  EXPECT_THAT(err_.str(), HasSubstr(" drills, last success "));
}

}  // namespace
}  // namespace aftershock::cli
