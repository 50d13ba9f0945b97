// The trace of whole drills: it changes nothing, and tells what happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/targets.h"
#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

SmallDrill killed_runner() {
  SmallDrill drill;
  drill.disaster = R"(
faults:
  - {id: kill, fault: process.kill, target: {role: runner, mode: fixed, value: [1]}, at: 10s}
  - {id: cut, fault: network.partition, target: {role: runner, mode: fixed, value: [2]}, at: 20s,
     duration: 60s, parameters: {to: orchestrator}}
  - {id: out, fault: database.outage, target: {role: database, mode: all}, at: 3m, duration: 20s})";
  return drill;
}

struct Traced {
  DrillReport report;
  Trace trace;
};

Traced traced(const SmallDrill& drill, std::uint64_t seed) {
  Traced traced;
  traced.report = run_simulated(scenario_of(drill), {.seed = seed, .trace = &traced.trace});
  return traced;
}

auto event(TraceKind kind, const std::string& what) {
  return AllOf(Field(&TraceEvent::kind, kind), Field(&TraceEvent::what, what));
}

TEST(DrillTrace, changes_neither_the_digest_nor_the_steps) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const DrillReport without = run(killed_runner(), seed);
    const Traced with = traced(killed_runner(), seed);
    EXPECT_EQ(with.report.digest, without.digest);
    EXPECT_EQ(with.report.steps, without.steps);
    EXPECT_FALSE(with.trace.events.empty());
  }
}

TEST(DrillTrace, is_in_the_order_in_which_things_happened) {
  const Trace trace = traced(killed_runner(), 1).trace;
  EXPECT_TRUE(std::ranges::is_sorted(trace.events, {}, &TraceEvent::at));
  EXPECT_TRUE(std::ranges::is_sorted(trace.events, {}, &TraceEvent::step));
  EXPECT_EQ(trace.begin, -std::chrono::seconds(60));
  EXPECT_EQ(trace.events.front().at, trace.begin);
  EXPECT_EQ(trace.events.back().kind, TraceKind::verdict);
}

TEST(DrillTrace, knows_the_hosts_that_the_cluster_has) {
  const Trace trace = traced(killed_runner(), 1).trace;
  const std::vector<std::string> expected = host_names(scenario_of(killed_runner()).cluster);
  EXPECT_THAT(trace.hosts, testing::UnorderedElementsAreArray(expected));
  const std::set<std::string> hosts(trace.hosts.begin(), trace.hosts.end());
  for (const TraceEvent& each : trace.events) {
    EXPECT_TRUE(each.host.empty() || hosts.contains(each.host)) << each.text;
    for (const std::string& other : each.others) EXPECT_TRUE(hosts.contains(other)) << each.text;
  }
}

TEST(DrillTrace, tells_of_faults_processes_network_and_database) {
  const auto& events = traced(killed_runner(), 1).trace.events;
  for (const char* what : {"request", "effect", "heal"}) {
    EXPECT_THAT(events,
                Contains(AllOf(event(TraceKind::fault, what), Field(&TraceEvent::subject, "cut"),
                               Field(&TraceEvent::others, Contains("runner-2")))));
  }
  EXPECT_THAT(events,
              Contains(AllOf(event(TraceKind::process, "end"), Field(&TraceEvent::host, "runner-1"),
                             Field(&TraceEvent::text, HasSubstr("killed")))));
  EXPECT_THAT(events, Contains(AllOf(event(TraceKind::process, "start"),
                                     Field(&TraceEvent::host, "runner-1"),
                                     Field(&TraceEvent::incarnation, 2))));
  EXPECT_THAT(events, Contains(event(TraceKind::network, "cut")));
  EXPECT_THAT(events, Contains(event(TraceKind::network, "restore")));
  EXPECT_THAT(events, Contains(event(TraceKind::network, "swallow")));
  EXPECT_THAT(events, Contains(event(TraceKind::database, "down")));
  EXPECT_THAT(events, Contains(event(TraceKind::database, "up")));
  EXPECT_THAT(events, Contains(event(TraceKind::canary, "ok")));
  EXPECT_THAT(events, Contains(event(TraceKind::alert, "fire")));
}

TEST(DrillTrace, agrees_with_the_report) {
  const Traced drill = traced(killed_runner(), 2);
  const auto count = [&drill](TraceKind kind, const std::string& what) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        drill.trace.events,
        [&](const TraceEvent& each) { return each.kind == kind && each.what == what; }));
  };
  EXPECT_EQ(count(TraceKind::canary, "ok"), drill.report.canary.succeeded);
  EXPECT_EQ(count(TraceKind::canary, "fail"), drill.report.canary.failed);
  EXPECT_EQ(count(TraceKind::alert, "fire"), drill.report.alerts.size());
  for (const FaultReport& fault : drill.report.faults) {
    const auto requested = std::ranges::find_if(drill.trace.events, [&](const TraceEvent& each) {
      return each.kind == TraceKind::fault && each.subject == fault.id && each.what == "request";
    });
    ASSERT_NE(requested, drill.trace.events.end());
    EXPECT_EQ(requested->at, fault.effective->lower);
  }
  EXPECT_EQ(drill.trace.events.back().what, "pass");
  EXPECT_THAT(drill.trace.events.back().text, HasSubstr(drill.report.digest));
}

TEST(DrillTrace, one_run_is_followed_from_its_submission_to_its_end) {
  const Trace trace = traced(killed_runner(), 1).trace;
  const auto submitted = std::ranges::find_if(trace.events, [](const TraceEvent& each) {
    return each.kind == TraceKind::commit && each.what == "submit";
  });
  ASSERT_NE(submitted, trace.events.end());
  const TraceFilter filter{.runs = {to_string(submitted->about.front().run)}};
  std::vector<TraceEvent> life;
  std::ranges::copy_if(trace.events, std::back_inserter(life),
                       [&filter](const TraceEvent& each) { return filter.matches(each); });
  EXPECT_THAT(life.front(), event(TraceKind::request, "submit")) << "though nobody knew its id";
  for (const char* what : {"submit", "acquire", "start", "report", "complete"}) {
    EXPECT_THAT(life, Contains(event(TraceKind::commit, what)));
  }
  for (const char* what : {"publish", "receive", "ack"}) {
    EXPECT_THAT(life, Contains(event(TraceKind::queue, what)));
  }
}

TEST(DrillTrace, every_request_is_answered_unless_its_sender_ended) {
  const Trace trace = traced(killed_runner(), 3).trace;
  std::map<std::string, TraceEvent> open;
  for (const TraceEvent& each : trace.events) {
    if (each.kind == TraceKind::request) {
      EXPECT_TRUE(open.emplace(each.subject, each).second);
    } else if (each.kind == TraceKind::answer) {
      ASSERT_EQ(open.erase(each.subject), 1U) << each.text;
    } else if (each.kind == TraceKind::process && each.what == "end") {
      std::erase_if(open, [&each](const auto& call) { return call.second.host == each.host; });
    }
  }
  for (const auto& [call, request] : open) {
    EXPECT_GT(request.at + std::chrono::minutes(1), trace.events.back().at) << request.text;
  }
}

TEST(DrillTrace, a_broken_invariant_is_in_it) {
  SmallDrill drill;
  drill.disaster = R"(
faults:
  - {fault: disk.lose_unsynced, target: {role: database, mode: all}, at: 20s, duration: 60s}
  - {fault: database.crash, target: {role: database, mode: all}, at: 60s,
     parameters: {downtime: 5s}})";
  drill.rpo = "target: 5m, max: 5m";
  drill.expect = "{violates: acked-is-durable}";
  const Traced broken = traced(drill, 1);
  ASSERT_FALSE(broken.report.violations.empty());
  EXPECT_THAT(broken.trace.events,
              Contains(AllOf(event(TraceKind::violation, "broken"),
                             Field(&TraceEvent::subject, broken.report.violations[0].invariant))));
  EXPECT_THAT(broken.trace.events, Contains(event(TraceKind::database, "rewind")));
  EXPECT_THAT(broken.trace.events, Contains(event(TraceKind::database, "lost_row")));
}

}  // namespace
}  // namespace aftershock
