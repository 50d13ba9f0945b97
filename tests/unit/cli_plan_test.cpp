// What `plan` shows of a scenario.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/cli/look.h"
#include "harness/engine/drill_run.h"
#include "harness/scenario/loader.h"
#include "harness/targets.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

using testing::HasSubstr;

Scenario sample() {
  auto loaded = load_scenario("tests/unit/data/scenario/valid.yaml");
  EXPECT_TRUE(loaded) << format_diagnostics(loaded.error());
  return loaded.value_or(Scenario{});
}

TEST(Plan, ShowsTargetsBlastRadiusTimelineAndObjectives) {
  const std::string plan = format_plan(sample(), 7, 200);
  EXPECT_THAT(plan,
              HasSubstr("outage: database.outage for 1m; hits database (1 of 1 database; all)"));
  EXPECT_THAT(plan, HasSubstr("hits runner-0, runner-7 (2 of 10 runners; fixed)"));
  EXPECT_THAT(plan, HasSubstr("2 of 10 runners; fixed_percent 20%, drawn by seed 7)"));
  EXPECT_THAT(plan, HasSubstr("0 of 2 orchestrators"));
  EXPECT_THAT(plan, HasSubstr("13m of virtual time, then at most " +
                              delta::format_duration(quiesce_bound(sample(), 0)) +
                              " (more with a backlog) until all work is done\n"));
  EXPECT_THAT(plan,
              HasSubstr("target 2m, max 4m (stated by the document), recovered when: service"));
  EXPECT_THAT(plan, HasSubstr("max 0s (derived: Nothing acknowledged is ever lost.)"));
}

TEST(Plan, IsInTheOrderOfTime) {
  const std::string plan = format_plan(sample(), 1, 200);
  std::size_t last = 0;
  for (const char* moment : {"  -1m  warm-up", "  0s  time 0", "  1m  outage:", "  1m30s  f2",
                             "  1m40s  f3", "  2m  outage ends", "  2m10s  f3 ends", "  3m  f4",
                             "  3m30s  f4 ends", "  12m  observation ends"}) {
    const std::size_t at = plan.find(moment);
    ASSERT_NE(at, std::string::npos) << moment << "\n" << plan;
    EXPECT_GT(at, last) << moment;
    last = at;
  }
}

TEST(Plan, NamesTheProcessesThatTheEngineWillHit) {
  const Scenario scenario = sample();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::string names;
    for (const std::uint32_t index : resolve_fault_targets(scenario, 1, seed)) {
      names += (names.empty() ? "" : ", ") + target_name(Role::kRunner, index);
    }
    EXPECT_THAT(format_plan(scenario, seed, 200), HasSubstr("process.kill; hits " + names + " ("));
  }
}

TEST(Plan, CountsAProcessOnceInTheBlastRadius) {
  Scenario scenario = sample();
  scenario.faults[1].target = scenario.faults[2].target;  // both hit runner-0 and runner-7
  EXPECT_THAT(format_plan(scenario, 1, 200), HasSubstr(" 2 of 10 runners, 1 of 1 database"));
}

TEST(Plan, FitsItsWidth) {
  std::istringstream lines(format_plan(sample(), 1, 80));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(text_width(line), 80U) << line;
}

}  // namespace
}  // namespace aftershock::cli
