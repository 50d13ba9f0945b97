// The report that `aftershock run` leaves, and the trend over several, with the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using testing::HasSubstr;

constexpr const char* kDrill = "scenarios/delta-ci/runner-crash.yaml";

class ReportFiles : public testing::Test {
 protected:
  ReportFiles() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("report-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ReportFiles() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  Ended run(const Words& words) const {
    const std::string out = in_folder("stdout"), err = in_folder("stderr");
    const int code = code_of(start(words, out, err, [] {}));
    return {code, content_of(out), content_of(err)};
  }
  Json report_in(const std::string& folder) const {
    return Json::parse(content_of(in_folder(folder) + "/report.json"));
  }

  fs::path folder_;
};

TEST_F(ReportFiles, OnlyTheOccasionTellsOneRunFromAnother) {
  run({"run", kDrill, "--out", in_folder("a")});
  run({"run", kDrill, "--out", in_folder("b")});
  Json a = report_in("a"), b = report_in("b");
  EXPECT_NE(a["occasion"]["exercise"], b["occasion"]["exercise"]);
  EXPECT_EQ(a["occasion"]["environment"]["build"], b["occasion"]["environment"]["build"]);
  a.erase("occasion");
  b.erase("occasion");
  EXPECT_EQ(a.dump(), b.dump());
}

TEST_F(ReportFiles, EveryFormThatIsAskedForIsWritten) {
  const Ended ended = run({"run", kDrill, "--out", in_folder("all"), "--format",
                           "html,md,junit,csv", "--format", "prometheus"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const char* name :
       {"report.json", "report.html", "report.md", "junit.xml", "report.csv", "report.prom"}) {
    EXPECT_GT(content_of(in_folder("all/") + name).size(), 100U) << name;
    EXPECT_THAT(ended.out, HasSubstr(std::string("/") + name + "\n"));
  }
}

TEST_F(ReportFiles, AFormThatDoesNotExistIsAMistake) {
  const Ended ended = run({"run", kDrill, "--out", in_folder("x"), "--format", "pdf"});
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("there is no 'pdf'"));
  EXPECT_EQ(run({"run", kDrill, "--format", "html"}).code, 64) << "and nowhere to write it";
}

TEST_F(ReportFiles, APushGatewayTakesTheFigures) {
  if (std::system("command -v promtool >/dev/null") != 0) {
    GTEST_SKIP() << "promtool is not installed: apt-get install prometheus";
  }
  run({"run", kDrill, "--out", in_folder("p"), "--format", "prometheus"});
  const std::string command =
      "promtool check metrics <" + in_folder("p") + "/report.prom >" + in_folder("said") + " 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << content_of(in_folder("said"));
}

TEST_F(ReportFiles, TheTrendIsAGate) {
  for (const char* day : {"1", "2"}) run({"run", kDrill, "--out", in_folder(day)});
  const Words trend{"report", "trend", folder_.string(), "--check"};
  const Ended steady = run(trend);
  EXPECT_EQ(steady.code, 0) << steady.err;
  EXPECT_THAT(steady.out, HasSubstr("1 drill: none is worse"));

  Json slower = report_in("2");
  slower["occasion"]["began"] = "2999-01-01T00:00:00Z";
  slower["occasion"]["exercise"] = "later";
  Json& upper = slower["drills"][0]["rto"]["measured"]["upper"];
  upper = {{"ns", 3'600'000'000'000}, {"text", "1h"}};
  fs::create_directories(folder_ / "3");
  std::ofstream(in_folder("3/report.json")) << slower.dump();
  const Ended worse = run(trend);
  EXPECT_EQ(worse.code, 1) << worse.err;
  EXPECT_THAT(worse.out, HasSubstr("WORSE: RTA longer"));
}

TEST_F(ReportFiles, ATrendOverWhatIsNoReportNamesIt) {
  EXPECT_EQ(run({"report", "trend", in_folder("nothing")}).code, 64);
  std::ofstream(in_folder("report.json")) << "{";
  const Ended ended = run({"report", "trend", folder_.string()});
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("report.json' is no report: the report: it is not JSON"));
}

}  // namespace
}  // namespace aftershock
