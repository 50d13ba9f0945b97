// `run` around the drills: order of checks, exit codes, what goes where, interrupts.
#include "harness/cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "harness/cli/look.h"
#include "harness/cli/report_folder.h"
#include "harness/cli/scenario_files.h"
#include "reports/json.h"
#include "tests/unit/report_sample.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSample = "tests/unit/data/scenario/valid.yaml";

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// A folder of its own for each test, gone afterwards, with copies of the sample scenario.
class CliRun : public testing::Test {
 protected:
  CliRun() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("cli-run-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "drills");
    tools_.interrupted = [this] { return interrupted_; };
    tools_.clock = [this] { return now_; };
    tools_.run_drill = [this](const Scenario& scenario, const DrillOptions& options) {
      DrillReport report = passed_drill();
      report.scenario = scenario.name;
      report.seed = options.seed;
      report.verdict =
          next_verdict_ < verdicts_.size() ? verdicts_[next_verdict_++] : Verdict::pass;
      ran_.push_back(scenario.name);
      return report;
    };
  }
  ~CliRun() override { fs::remove_all(folder_); }

  void add(const std::string& name, const std::string& appended = "") {
    std::string text = content_of(kSample) + appended;
    text.replace(text.find("valid"), 5, name);
    std::ofstream(folder_ / "drills" / (name + ".yaml")) << text;
  }

  ExitCode run(RunOptions options = {}) {
    if (options.paths.empty()) options.paths = {(folder_ / "drills").string()};
    return run_command(options, {{out_}, {err_}}, tools_, doing_);
  }

  fs::path folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::string doing_;
  bool interrupted_ = false;
  std::chrono::steady_clock::time_point now_{};
  std::vector<Verdict> verdicts_;
  std::size_t next_verdict_ = 0;
  std::vector<std::string> ran_;
  RunTools tools_;
};

TEST_F(CliRun, RunsAFolderSortedAndReportsOnStandardOutput) {
  add("beta");
  add("alpha");
  EXPECT_EQ(run(), ExitCode::kPassed);
  EXPECT_EQ(ran_, (std::vector<std::string>{"alpha", "beta"}));
  EXPECT_THAT(out_.str(), HasSubstr("2 drills: 2 passed\n"));
  EXPECT_EQ(err_.str(),
            "drill 1/2 alpha: PASS, RTA [1m1.1s, 1m1.3s] simulated\n"
            "drill 2/2 beta: PASS, RTA [1m1.1s, 1m1.3s] simulated\n");
}

TEST_F(CliRun, TheWorstVerdictIsTheExitCode) {
  add("alpha");
  add("beta");
  verdicts_ = {Verdict::fail, Verdict::inconclusive};
  EXPECT_EQ(run(), ExitCode::kFailed);
  verdicts_ = {Verdict::pass, Verdict::inconclusive, Verdict::aborted, Verdict::fail};
  next_verdict_ = 0;
  EXPECT_EQ(run(), ExitCode::kInconclusive);
  EXPECT_EQ(run(), ExitCode::kAborted);
}

TEST_F(CliRun, NothingRunsWhenAnyFileIsBadAndEveryErrorIsPrinted) {
  add("alpha");
  add("beta", "nonsense: 1\n");
  add("gamma", "more_nonsense: 1\n");
  EXPECT_EQ(run(), ExitCode::kUsage);
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(err_.str(), HasSubstr("beta.yaml:"));
  EXPECT_THAT(err_.str(), HasSubstr("gamma.yaml:"));
}

TEST_F(CliRun, AFolderWithoutScenariosIsAnError) {
  EXPECT_EQ(run(), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("no scenario (*.yaml) in the folder"));
}

TEST_F(CliRun, AFileThatIsNamedTwiceRunsOnce) {
  add("alpha");
  const std::string drills = (folder_ / "drills").string();
  EXPECT_EQ(run({.paths = {drills + "/alpha.yaml", drills, drills + "/../drills"}}),
            ExitCode::kPassed);
  EXPECT_EQ(ran_.size(), 1U);
}

TEST_F(CliRun, JsonIsAllThatStandardOutputGets) {
  add("alpha");
  EXPECT_EQ(run({.seed = ~std::uint64_t{0}, .json = true}), ExitCode::kPassed);
  EXPECT_EQ(read_report(out_.str()).drills.at(0).seed, ~std::uint64_t{0});
}

TEST_F(CliRun, QuietSaysNothingAboutWhatPassed) {
  add("alpha");
  add("beta");
  EXPECT_EQ(run({.quiet = true}), ExitCode::kPassed);
  EXPECT_EQ(out_.str() + err_.str(), "");
  verdicts_ = {Verdict::pass, Verdict::fail};
  EXPECT_EQ(run({.quiet = true}), ExitCode::kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("FAIL beta"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("alpha")));
}

TEST_F(CliRun, WritesTheReportAndNothingElseIntoTheFolder) {
  add("alpha");
  const fs::path out = folder_ / "new" / "report";
  EXPECT_EQ(run({.out = out.string(), .formats = {}}), ExitCode::kPassed);
  EXPECT_EQ(read_report(content_of(out / "report.json")).drills.size(), 1U);
  EXPECT_EQ(std::distance(fs::directory_iterator(out), fs::directory_iterator()), 1);
  EXPECT_THAT(out_.str(), HasSubstr("\nreport: " + out.string() + "/report.json\n"));
}

TEST_F(CliRun, WritesTheOtherFormsThatWereAskedFor) {
  add("alpha");
  EXPECT_EQ(run({.out = folder_.string(), .formats = {ReportFormat::csv, ReportFormat::junit}}),
            ExitCode::kPassed);
  EXPECT_THAT(content_of(folder_ / "report.csv"), HasSubstr("\r\nalpha,"));
  EXPECT_THAT(content_of(folder_ / "junit.xml"), HasSubstr("alpha seed 1"));
  EXPECT_FALSE(fs::exists(folder_ / "report.md"));
}

TEST_F(CliRun, SaysWhatChangedSinceTheReportThatIsInTheFolder) {
  add("alpha");
  EXPECT_EQ(run({.out = folder_.string(), .formats = {}}), ExitCode::kPassed);
  EXPECT_FALSE(read_report(content_of(folder_ / "report.json")).occasion.changes);
  verdicts_ = {Verdict::fail};
  EXPECT_EQ(run({.out = folder_.string(), .formats = {}}), ExitCode::kFailed);
  const auto changes = read_report(content_of(folder_ / "report.json")).occasion.changes;
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->changes.size(), 1U);
  EXPECT_EQ(changes->changes[0].kind, ChangeKind::verdict);
  EXPECT_TRUE(changes->changes[0].worse);
}

TEST_F(CliRun, AReportToCompareWithThatCannotBeReadStopsItBeforeTheFirstDrill) {
  add("alpha");
  std::ofstream(folder_ / "old.json") << "{}";
  EXPECT_EQ(run({.previous = (folder_ / "old.json").string()}), ExitCode::kUsage);
  EXPECT_EQ(run({.previous = (folder_ / "none.json").string()}), ExitCode::kUsage);
  EXPECT_TRUE(ran_.empty());
  EXPECT_THAT(err_.str(), HasSubstr("--previous: cannot read"));
}

TEST_F(CliRun, AppendsTheSummaryOfAJob) {
  add("alpha");
  std::ofstream(folder_ / "summary.md") << "before\n";
  EXPECT_EQ(run({.summary = (folder_ / "summary.md").string()}), ExitCode::kPassed);
  EXPECT_THAT(content_of(folder_ / "summary.md"),
              testing::StartsWith("before\n## Recovery drills: PASS"));
}

TEST_F(CliRun, NotesTheOccasionDown) {
  add("alpha");
  tools_.wall_clock = [] { return std::chrono::sys_seconds(std::chrono::seconds(1'000'000'000)); };
  tools_.machine = [] { return EnvironmentReport{"somewhere", "Linux", 2, "b1", "run"}; };
  EXPECT_EQ(run({.out = folder_.string(), .formats = {}}), ExitCode::kPassed);
  const OccasionReport occasion = read_report(content_of(folder_ / "report.json")).occasion;
  EXPECT_EQ(occasion.began, "2001-09-09T01:46:40Z");
  EXPECT_EQ(occasion.environment.host, "somewhere");
  EXPECT_EQ(occasion.exercise.substr(0, 17), "20010909T014640Z-");
}

TEST_F(CliRun, AnOutFolderThatCannotBeUsedIsFoundBeforeTheFirstDrill) {
  add("alpha");
  std::ofstream(folder_ / "file") << "x";
  EXPECT_EQ(run({.out = (folder_ / "file").string()}), ExitCode::kUsage);
  EXPECT_EQ(run({.out = (folder_ / "file" / "below").string()}), ExitCode::kUsage);
  fs::create_directories(folder_ / "taken" / "report.json");
  EXPECT_EQ(run({.out = (folder_ / "taken").string()}), ExitCode::kUsage);
  EXPECT_TRUE(ran_.empty());
  EXPECT_THAT(err_.str(), HasSubstr("hint: give --out a folder"));
}

TEST_F(CliRun, AFolderThatVanishedIsAnErrorButTheResultIsStillPrinted) {
  add("alpha");
  const fs::path out = folder_ / "out";
  const auto run_drill = tools_.run_drill;
  tools_.run_drill = [&](const Scenario& scenario, const DrillOptions& options) {
    fs::remove_all(out);
    return run_drill(scenario, options);
  };
  EXPECT_EQ(run({.out = out.string()}), ExitCode::kAborted);
  EXPECT_THAT(err_.str(), HasSubstr("No such file or directory"));
  EXPECT_THAT(out_.str(), HasSubstr("1 drill: 1 passed"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("report: ")));
}

TEST_F(CliRun, AnInterruptLetsTheDrillFinishAndReportsIt) {
  for (const char* name : {"alpha", "beta", "gamma"}) add(name);
  const auto run_drill = tools_.run_drill;
  tools_.run_drill = [&](const Scenario& scenario, const DrillOptions& options) {
    interrupted_ = ran_.size() == 1;
    return run_drill(scenario, options);
  };
  const fs::path out = folder_ / "out";
  EXPECT_EQ(run({.out = out.string()}), ExitCode::kAborted);
  const Report report = read_report(content_of(out / "report.json"));
  EXPECT_EQ(report.drills.size(), 2U);
  EXPECT_EQ(report.not_run, 1U);
  EXPECT_THAT(out_.str(), HasSubstr("2 drills: 2 passed; 1 not run (interrupted)\n"));
  EXPECT_THAT(err_.str(), HasSubstr("interrupted: 1 of 3 drills were not run\n"));
}

TEST_F(CliRun, AnInternalErrorNamesTheDrillAndTheSeedAndTheOthersStillRun) {
  add("alpha");
  add("beta");
  const auto run_drill = tools_.run_drill;
  tools_.run_drill = [&](const Scenario& scenario, const DrillOptions& options) {
    if (scenario.name == "alpha") throw std::runtime_error("the wheels came off");
    return run_drill(scenario, options);
  };
  EXPECT_EQ(run({.seed = 42}), ExitCode::kInternalError);
  EXPECT_EQ(ran_, std::vector<std::string>{"beta"});
  EXPECT_THAT(err_.str(), HasSubstr("alpha.yaml --seed 42:\n  the wheels came off\n"));
  EXPECT_THAT(err_.str(), HasSubstr("Please report it"));
}

TEST_F(CliRun, StandardOutputThatIsFullIsAnErrorUnlessThereIsAWorseOne) {
  std::ofstream full("/dev/full");
  full << "some words";
  EXPECT_EQ(delivered(ExitCode::kPassed, {{full}, {err_}}), ExitCode::kAborted);
  EXPECT_EQ(err_.str(), "error: cannot write to standard output\n");
  EXPECT_EQ(delivered(ExitCode::kUsage, {{full}, {err_}}), ExitCode::kUsage);
  EXPECT_EQ(delivered(ExitCode::kFailed, {{full}, {err_}}), ExitCode::kAborted);
  EXPECT_EQ(delivered(ExitCode::kFailed, {{out_}, {err_}}), ExitCode::kFailed);
}

TEST_F(CliRun, TheNameOfAScenarioIsAnsweredWithItsFile) {
  const std::string hint = "did you mean scenarios/delta-ci/runner-crash.yaml?\n";
  for (const char* name : {"runner-crash", "runner-crash.yaml", "scenarios/runner-crash.yaml"}) {
    err_.str("");
    EXPECT_EQ(run({.paths = {name}}), ExitCode::kUsage);
    EXPECT_THAT(err_.str(), HasSubstr("no such file\n  hint: " + hint)) << name;
  }
  err_.str("");
  EXPECT_EQ(run({.paths = {"runner-crash-of-another-kind"}}), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), Not(HasSubstr("hint")));
}

TEST_F(CliRun, ANarrowListHasNoFilesButWholeTitles) {
  add("alpha");
  const ListOptions line{.paths = {(folder_ / "drills").string()}};
  const std::string title = "Database outage; the control plane fails closed\n";
  list_command(line, {{.stream = out_, .terminal = true, .width = 80}, {err_}});
  EXPECT_THAT(out_.str(), HasSubstr("\nalpha     " + title));
  EXPECT_THAT(out_.str(), Not(HasSubstr("alpha.yaml")));
  EXPECT_THAT(out_.str(), HasSubstr("A wider terminal"));
  out_.str("");
  list_command(line, {{.stream = out_, .terminal = true, .width = 300}, {err_}});
  EXPECT_THAT(out_.str(), HasSubstr("alpha.yaml  " + title));
  out_.str("");
  list_command(line, {{.stream = out_, .width = 80}, {err_}});
  EXPECT_THAT(out_.str(), HasSubstr("alpha.yaml  " + title)) << "a pipe has no edge";
}

TEST_F(CliRun, ValidateAndListShowWhatIsRightNextToTheErrors) {
  add("alpha");
  add("beta", "nonsense: 1\n");
  const std::vector<std::string> paths{(folder_ / "drills").string()};
  EXPECT_EQ(validate_command({paths}, {{out_}, {err_}}), ExitCode::kUsage);
  EXPECT_THAT(out_.str(), HasSubstr("alpha.yaml: valid\n"));
  EXPECT_THAT(err_.str(), HasSubstr("nonsense"));
  EXPECT_THAT(err_.str(), HasSubstr("1 file with errors, 1 valid\n"));
  EXPECT_EQ(list_command({paths}, {{out_}, {err_}}), ExitCode::kUsage);
  EXPECT_THAT(out_.str(), HasSubstr("\nalpha "));
}

TEST(ProgressDisplay, RedrawsOneLineAtMostTenTimesASecond) {
  std::ostringstream err;
  std::chrono::steady_clock::time_point now{};
  ProgressDisplay display({.stream = err, .terminal = true, .width = 60}, false, 2,
                          [&now] { return now; });
  display.start("alpha");
  display.update({"warm-up", 1min, 4min});
  const std::string first = err.str();
  EXPECT_EQ(first, "\r\033[K[=====>              ] drill 1/2 alpha: warm-up, 1m simul..");
  now += 99ms;
  display.update({"recover", 2min, 4min});
  EXPECT_EQ(err.str(), first);
  now += 1ms;
  display.update({"recover", 2min, 4min});
  EXPECT_THAT(err.str().substr(first.size()), HasSubstr("recover, 2m"));
  display.clear();
  EXPECT_TRUE(err.str().ends_with("\r\033[K"));
}

TEST(ProgressDisplay, BarsStayInTheirWidth) {
  EXPECT_EQ(progress_bar(0s, 10s, 12), "[>         ]");
  EXPECT_EQ(progress_bar(10s, 10s, 12), "[==========]");
  EXPECT_EQ(progress_bar(99s, 10s, 12), "[==========]");
  EXPECT_EQ(progress_bar(-1s, 10s, 12), "[>         ]");
  EXPECT_EQ(progress_bar(1s, 0s, 12), "[==========]");
}

}  // namespace
}  // namespace aftershock::cli
