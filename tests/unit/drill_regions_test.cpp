// Drills over regions: their faults bite, a passive one takes over, and addresses move in their
// time.
#include <gtest/gtest.h>

#include "harness/scenario/writer.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

constexpr const char* kPassive = R"({standbys: 1, delay: 10s}
  api_ttl: 20s
  regions:
    - {name: west, orchestrators: 1, runners: 2}
    - {name: east, orchestrators: 1, runners: 2, standbys: 1, active: false})";
constexpr const char* kActive = R"({standbys: 1, synchronous: first}
  api_ttl: 20s
  regions:
    - {name: west, orchestrators: 1, runners: 2}
    - {name: east, orchestrators: 1, runners: 2, standbys: 1})";
constexpr const char* kSpare = R"({spares: 1, backup_interval: 2m}
  api_ttl: 20s
  regions:
    - {name: west, orchestrators: 1, runners: 2}
    - {name: east, orchestrators: 1, runners: 2, spares: 1, active: false})";

std::string fault(const std::string& kind, const std::string& more = "") {
  return "faults:\n  - {fault: " + kind +
         ", target: {role: region, mode: fixed, value: [0]}, at: 20s, duration: 4m" + more + "}\n";
}

const std::string take_over = R"(runbook:
  - {id: activate, step: activate_region, by: automation, after: {time: 50s},
     parameters: {region: east}}
  - {id: switch, step: switch_address, by: automation, after: {step: activate},
     parameters: {region: east}}
  - {id: rebuild, step: rebuild_standbys, by: operator, after: {time: 5m}}
)";
const std::string may_lose = "invariants: {except: [{name: acked-is-durable, reason: a lag}]}\n";

SmallDrill drill_of(const char* database, std::string disaster) {
  SmallDrill drill;
  drill.database = database;
  drill.disaster = std::move(disaster);
  drill.rpo = "target: 2m, max: 2m";
  return drill;
}

void expect_pass(const DrillReport& report) {
  EXPECT_EQ(report.verdict, Verdict::pass)
      << (report.reasons.empty() ? "no reason" : report.reasons[0]);
}

TEST(Regions, a_passive_one_takes_over_from_one_without_power) {
  const DrillReport report =
      run(drill_of(kPassive, fault("region.down") + take_over + may_lose), 1);
  expect_pass(report);
  EXPECT_TRUE(report.faults.at(0).bit) << report.faults.at(0).evidence;
  EXPECT_EQ(report.faults.at(0).targets, std::vector<std::string>{"west"});
  EXPECT_NE(report.runbook.at(0).outcome.find("standby-0 promoted"), std::string::npos);
  EXPECT_GT(report.rpo.lost, 0U);
  EXPECT_TRUE(report.rto.self_healed) << "before west has power again";
}

TEST(Regions, the_step_that_moves_the_address_ends_when_the_last_host_has_found_out) {
  const DrillReport report =
      run(drill_of(kPassive, fault("region.down") + take_over + may_lose), 1);
  const StepReport& step = report.runbook.at(1);
  ASSERT_TRUE(step.done);
  EXPECT_GT(*step.ended - *step.began, std::chrono::seconds(1));
  EXPECT_LE(*step.ended - *step.began, std::chrono::seconds(20));
}

TEST(Regions, power_that_comes_back_brings_everything_back) {
  SmallDrill drill = drill_of(kPassive, fault("region.down"));
  drill.rpo = "target: 0s, max: 0s";
  const DrillReport report = run(drill, 2);
  expect_pass(report);
  EXPECT_FALSE(report.rto.self_healed);
}

TEST(Regions, one_that_is_cut_off_works_on_unless_it_is_fenced) {
  const std::string isolated = fault("region.isolate");
  expect_pass(run(drill_of(kPassive, isolated + take_over + may_lose), 1));
  std::string unfenced = take_over;
  unfenced.replace(unfenced.find("east}"), 4, "east, fence: false");
  SmallDrill split =
      drill_of(kPassive, isolated + unfenced +
                             "invariants: {except: [{name: acked-is-durable, reason: lost}, {name: "
                             "fail-closed, reason: lost}]}\n");
  split.expect = "{violates: one-primary}";
  expect_pass(run(split, 1));
}

TEST(Regions, a_cut_between_regions_leaves_clients_their_way) {
  SmallDrill drill = drill_of(kActive, fault("region.isolate", ", parameters: {from: regions}"));
  drill.rpo = "target: 0s, max: 0s";
  const DrillReport report = run(drill, 1);
  EXPECT_TRUE(report.faults.at(0).bit) << report.faults.at(0).evidence;
  expect_pass(report);
}

TEST(Regions, one_way_cuts_bite) {
  for (const char* direction : {"to", "from"}) {
    const DrillReport report =
        run(drill_of(kActive, fault("region.isolate",
                                    std::string(", parameters: {direction: ") + direction + "}")),
            1);
    EXPECT_TRUE(report.faults.at(0).bit) << report.faults.at(0).evidence;
    expect_pass(report);
  }
}

TEST(Regions, a_spare_begins_with_what_was_archived_and_no_more) {
  const std::string restore = R"(runbook:
  - {id: restore, step: restore_elsewhere, by: operator, after: {time: 50s},
     parameters: {region: east}}
  - {id: activate, step: activate_region, by: operator, after: {step: restore},
     parameters: {region: east}}
  - {step: switch_address, by: operator, after: {step: activate}, parameters: {region: east}}
  - {step: rebuild_standbys, by: operator, after: {time: 6m}}
)";
  const DrillReport report = run(drill_of(kSpare, fault("region.down") + restore + may_lose), 1);
  expect_pass(report);
  EXPECT_NE(report.runbook.at(0).outcome.find("restored on spare-0"), std::string::npos)
      << report.runbook.at(0).outcome;
  EXPECT_NE(report.runbook.at(1).outcome.find("primary is there"), std::string::npos);
  EXPECT_GT(report.rpo.lost, 0U) << "the open segment of the log";
}

TEST(Regions, a_step_says_why_it_cannot_be_done) {
  const std::string both_down =
      "faults:\n  - {fault: region.down, target: {role: region, mode: all}, at: 20s, "
      "duration: 4m}\n";
  const DrillReport report = run(drill_of(kPassive, both_down + take_over + may_lose), 1);
  EXPECT_EQ(report.verdict, Verdict::inconclusive);
  EXPECT_NE(report.runbook.at(0).outcome.find("no standby in east"), std::string::npos);
}

TEST(Regions, what_is_written_is_read_again) {
  const Scenario scenario = scenario_of(drill_of(
      kPassive, fault("region.isolate", ", parameters: {direction: to}") + take_over + may_lose));
  const std::string text = write_scenario(scenario, "");
  const auto again = parse_scenario(text, "small.yaml");
  ASSERT_TRUE(again.has_value()) << format_diagnostics(again.error());
  EXPECT_EQ(write_scenario(*again, ""), text);
  ASSERT_EQ(again->cluster.regions.size(), 2U);
  EXPECT_EQ(again->cluster.regions[1].name, "east");
  EXPECT_FALSE(again->cluster.regions[1].active);
  EXPECT_EQ(again->runbook.at(0).parameters.count("region"), 1U);
}

std::string error_of(const std::string& database, const std::string& disaster) {
  const auto loaded = parse_scenario(text_of(drill_of(database.c_str(), disaster)), "small.yaml");
  return loaded ? "none" : loaded.error().front().message;
}

TEST(Regions, a_file_is_told_what_does_not_fit) {
  const std::string down = fault("region.down");
  const std::string regions = "{}\n  regions:\n    - {name: west, orchestrators: 1, runners: 4}\n";
  const std::string east = "    - {name: east, orchestrators: 1}";
  EXPECT_EQ(error_of(regions + east, down), "none");
  EXPECT_EQ(error_of("{}", down), "the cluster has no 'regions'");
  EXPECT_EQ(error_of(regions + "    - {name: west, orchestrators: 1}", down),
            "another region has the name 'west'");
  EXPECT_EQ(error_of(regions + "    - {name: east}", down),
            "the regions have 1 orchestrators, the cluster 2");
  EXPECT_EQ(error_of("{}\n  regions:\n    - {name: a, active: false}\n"
                     "    - {name: b, orchestrators: 2, runners: 4}",
                     down),
            "the first region must be active and have an orchestrator: the drill begins there");
  const auto step = [](const std::string& kind, const std::string& region) {
    return "runbook:\n  - {step: " + kind +
           ", by: operator, after: {time: 1m}, parameters: {region: " + region + "}}\n";
  };
  EXPECT_EQ(error_of(regions + east, down + step("activate_region", "north")),
            "no region has the name 'north'");
  EXPECT_EQ(error_of(regions + east, down + step("restore_elsewhere", "east")),
            "the region 'east' has no spare for the database");
  EXPECT_EQ(error_of("{}\n  regions:\n    - {name: west, orchestrators: 2, runners: 4}\n"
                     "    - {name: east}",
                     down + step("switch_address", "east")),
            "the region 'east' has no orchestrators");
}

}  // namespace
}  // namespace aftershock
