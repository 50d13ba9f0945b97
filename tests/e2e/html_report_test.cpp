// report.html and sweep.html of real drills in Chromium; html_report_in_chromium says what is
// looked at.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "reports/html/html.h"
#include "reports/json.h"
#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;

class HtmlReport : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(std::system("command -v chromium chromedriver >/dev/null && "
                          "/usr/bin/python3 -c 'import selenium'"),
              0)
        << "needs Chromium: apt-get install chromium chromium-driver python3-selenium";
    folder_ = fs::temp_directory_path() / ("html-report-test-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  /// What `words` run.
  Report report_of(Words words) {
    words.insert(words.begin(), "run");
    words.emplace_back("--json");
    const fs::path json = folder_ / "report.json";
    const pid_t child = start(words, json.string(), (folder_ / "errors").string());
    EXPECT_EQ(code_of(child), 0) << content_of(folder_ / "errors");
    return read_report(content_of(json));
  }
  fs::path page_of(const Report& report) {
    const fs::path page = folder_ / "report.html";
    std::ofstream(page) << format_html(report);
    return page;
  }
  /// What the script complains about; empty when it is content.
  std::string complaints(const std::string& what, const fs::path& page) {
    const fs::path said = folder_ / "said";
    const int status = std::system(("tests/e2e/html_report_in_chromium " + what + " " +
                                    page.string() + " >" + said.string() + " 2>&1")
                                       .c_str());
    const std::string text = content_of(said);
    if (status != 0) return "status " + std::to_string(status) + "\n" + text;
    std::cout << text;
    return "";
  }

  fs::path folder_;
};

TEST_F(HtmlReport, OpensDrawsAndPrintsWithoutANetwork) {
  const Report report =
      report_of({"scenarios/delta-ci/database-restore.yaml", "scenarios/delta-ci/runner-crash.yaml",
                 "scenarios/scheduler/complete-system-failure.yaml"});
  EXPECT_EQ(complaints("all", page_of(report)), "");
}

TEST_F(HtmlReport, OfASweepOpensDrawsAndPrintsWithoutANetwork) {
  const pid_t child = start(
      {"sweep", "scenarios/delta-ci/runner-crash.yaml", "scenarios/delta-ci/database-restore.yaml",
       "--seeds", "1..3", "--out", folder_.string()},
      (folder_ / "out").string(), (folder_ / "errors").string());
  ASSERT_EQ(code_of(child), 0) << content_of(folder_ / "errors");
  EXPECT_EQ(complaints("all", folder_ / "sweep.html"), "");
}

TEST_F(HtmlReport, HostileTextsBreakNothing) {
  Report report = report_of({"scenarios/delta-ci/runner-crash.yaml"});
  DrillReport& drill = report.drills[0];
  const std::string hostile =
      "<img src=x onerror=alert(1)></script>\x1b[31m\xE2\x80\xAE" + std::string(1U << 20U, 'w');
  for (std::string* text : {&drill.scenario, &drill.title, &drill.system, &drill.world,
                            &drill.cluster, &drill.replay, &drill.faults[0].id}) {
    *text = hostile;
  }
  drill.activity.leases[0].runner = drill.activity.leases[0].ended = hostile;
  drill.activity.series[0].name = drill.invariants[0].name = hostile;
  drill.verdict = Verdict::fail;
  drill.reasons = {hostile};
  EXPECT_EQ(complaints("look", page_of(report)), "");
}

TEST_F(HtmlReport, OfAllScenariosOpens) {
  EXPECT_EQ(complaints("open", page_of(report_of({"scenarios"}))), "");
}

}  // namespace
}  // namespace aftershock
