// The trace for ui.perfetto.dev keeps the rules of the Trace Event Format, and its spans say what
// the drill's events said.
#include "reports/perfetto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/unit/small_drill.h"

namespace aftershock {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;

/// A drill in which everything that is a span happens: a process ends, another stands still,
/// a server is away, an alert fires and somebody acts.
SmallDrill eventful() {
  SmallDrill drill;
  drill.disaster = R"(
faults:
  - {id: kill, fault: process.kill, target: {role: runner, mode: fixed, value: [1]}, at: 10s}
  - {id: stop, fault: process.pause, target: {role: runner, mode: fixed, value: [2]}, at: 20s,
     duration: 30s}
  - {id: out, fault: database.outage, target: {role: database, mode: all}, at: 3m, duration: 40s}
runbook:
  - {id: ttl, step: set_lease_ttl, by: operator, after: {time: 4m}, delay: 10s,
     parameters: {ttl: 3m, for: 5m}})";
  return drill;
}

struct Drawn {
  DrillReport report;
  Trace trace;
  Json json;
};

const Drawn& drawn() {
  static const Drawn drill = [] {
    Drawn made;
    made.report = run_simulated(scenario_of(eventful()), {.seed = 1, .trace = &made.trace});
    std::ostringstream out;
    write_perfetto(made.trace, made.report, out);
    made.json = Json::parse(out.str());
    return made;
  }();
  return drill;
}

const Json& events() { return drawn().json["traceEvents"]; }

using Thread = std::pair<int, int>;
Thread thread_of(const Json& event) { return {event.at("pid"), event.at("tid")}; }

/// "runner-1: leases 1", by process and thread.
std::map<Thread, std::string> thread_names() {
  std::map<int, std::string> processes;
  std::map<Thread, std::string> names;
  for (const Json& event : events()) {
    if (event["name"] == "process_name") processes[event["pid"]] = event["args"]["name"];
  }
  for (const Json& event : events()) {
    if (event["name"] != "thread_name") continue;
    names[thread_of(event)] =
        processes.at(event["pid"]) + ": " + event["args"]["name"].get<std::string>();
  }
  return names;
}

/// The names of all spans on the tracks that are named so.
std::set<std::string> spans_on(const std::string& track) {
  const auto names = thread_names();
  std::set<std::string> spans;
  for (const Json& event : events()) {
    if (event["ph"] == "X" && names.at(thread_of(event)).starts_with(track)) {
      spans.insert(event["name"].get<std::string>());
    }
  }
  return spans;
}

TEST(Perfetto, every_event_has_the_fields_that_its_phase_needs) {
  ASSERT_TRUE(events().is_array());
  for (const Json& event : events()) {
    const std::string phase = event.at("ph");
    SCOPED_TRACE(event.dump());
    EXPECT_TRUE(event.at("name").is_string());
    EXPECT_TRUE(event.at("pid").is_number_integer());
    EXPECT_TRUE(event.at("tid").is_number_integer());
    if (phase == "M") {
      EXPECT_TRUE(event.at("args").contains("name") || event.at("args").contains("sort_index"));
      continue;
    }
    EXPECT_TRUE(event.at("ts").is_number_unsigned()) << "a fraction may break the nesting";
    if (phase == "X") {
      EXPECT_TRUE(event.at("dur").is_number_unsigned());
    } else if (phase == "i") {
      EXPECT_TRUE(event.at("s") == "t" || event.at("s") == "g");
    } else if (phase == "C") {
      EXPECT_TRUE(event.at("args").at("value").is_number());
    } else {
      EXPECT_TRUE(phase == "s" || phase == "f");
      EXPECT_TRUE(event.at("id").is_number());
      EXPECT_TRUE(event.at("cat").is_string());
    }
  }
}

TEST(Perfetto, times_are_microseconds_from_the_beginning_of_the_warm_up) {
  std::int64_t end = 0;
  for (const Json& event : events()) {
    if (event.contains("ts")) end = std::max(end, event["ts"].get<std::int64_t>());
  }
  const Trace& trace = drawn().trace;
  const auto length = (trace.events.back().at - trace.begin) / std::chrono::microseconds(1);
  EXPECT_LE(end, length);
  EXPECT_GT(end, length * 9 / 10);
}

TEST(Perfetto, every_process_and_thread_is_named_once) {
  std::map<int, int> processes;
  std::map<Thread, int> threads;
  std::set<int> tids;
  for (const Json& event : events()) {
    if (event["name"] == "process_name") ++processes[event["pid"]];
    if (event["name"] != "thread_name") continue;
    ++threads[thread_of(event)];
    EXPECT_TRUE(tids.insert(event["tid"].get<int>()).second) << "a thread is one process's";
  }
  for (const auto& [pid, times] : processes) EXPECT_EQ(times, 1);
  for (const auto& [thread, times] : threads) EXPECT_EQ(times, 1);
  for (const Json& event : events()) {
    EXPECT_TRUE(processes.contains(event["pid"])) << event.dump();
    const bool on_thread = event["ph"] != "M" && event["ph"] != "C";
    EXPECT_TRUE(!on_thread || threads.contains(thread_of(event))) << event.dump();
  }
}

TEST(Perfetto, spans_of_one_thread_lie_apart_or_within_one_another) {
  // As the viewer reads them: by begin, the longer one first, then in the file's order.
  std::map<Thread, std::vector<std::pair<std::int64_t, std::int64_t>>> spans;
  for (const Json& event : events()) {
    if (event["ph"] != "X") continue;
    const std::int64_t begin = event["ts"];
    spans[thread_of(event)].emplace_back(begin, begin + event["dur"].get<std::int64_t>());
  }
  for (auto& [thread, all] : spans) {
    std::ranges::stable_sort(all, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    std::vector<std::int64_t> open;
    for (const auto& [begin, end] : all) {
      while (!open.empty() && open.back() <= begin) open.pop_back();
      EXPECT_TRUE(open.empty() || end <= open.back())
          << thread_names().at(thread) << ": [" << begin << ", " << end << "]";
      open.push_back(end);
    }
  }
}

TEST(Perfetto, every_arrow_has_one_begin_and_one_later_end_on_a_span) {
  std::map<int, std::pair<std::int64_t, std::int64_t>> arrows;
  std::set<std::pair<Thread, std::int64_t>> begins;
  for (const Json& event : events()) {
    if (event["ph"] == "X") begins.emplace(thread_of(event), event["ts"].get<std::int64_t>());
  }
  std::map<int, int> ends;
  for (const Json& event : events()) {
    if (event["ph"] != "s" && event["ph"] != "f") continue;
    ++ends[event["id"]];
    auto& arrow = arrows[event["id"]];
    (event["ph"] == "s" ? arrow.first : arrow.second) = event["ts"];
    EXPECT_TRUE(begins.contains({thread_of(event), event["ts"].get<std::int64_t>()}))
        << event.dump();
  }
  EXPECT_GT(arrows.size(), 50U);
  for (const auto& [id, times] : ends) EXPECT_EQ(times, 2) << id;
  for (const auto& [id, arrow] : arrows) EXPECT_LE(arrow.first, arrow.second) << id;
}

TEST(Perfetto, shows_the_drill_its_work_and_its_hosts) {
  EXPECT_THAT(spans_on("drill: phases"),
              testing::ElementsAre("inject", "quiesce", "recover", "warm-up"));
  EXPECT_THAT(spans_on("drill: faults"), IsSupersetOf({"kill", "stop", "out"}));
  EXPECT_THAT(spans_on("runner-1: faults"), testing::ElementsAre("kill", "until confirmed"));
  EXPECT_THAT(spans_on("drill: runbook"), IsSupersetOf({"ttl", "assumed delay", "work"}));
  EXPECT_THAT(spans_on("drill: alerts"), testing::Not(testing::IsEmpty()));
  EXPECT_THAT(spans_on("drill: canary"), Contains("fail"));
  EXPECT_THAT(spans_on("runner-1: process"), testing::ElementsAre("process 1", "process 2"));
  EXPECT_THAT(spans_on("runner-2: process"), Contains("stands still"));
  EXPECT_THAT(spans_on("database: outages"), testing::ElementsAre("takes no connections"));
  EXPECT_THAT(spans_on("runner-0: leases"), IsSupersetOf({"leased", "starting", "running"}));
  EXPECT_THAT(spans_on("runner-0: calls"), IsSupersetOf({"acquire", "start", "complete"}));
}

TEST(Perfetto, the_way_back_is_split_as_in_the_report) {
  const std::set<std::string> spans = spans_on("drill: recovery");
  for (const char* part : {"detect ", "decide ", "restore ", "serve ", "drained ", "RTA "}) {
    EXPECT_THAT(spans, Contains(testing::StartsWith(part)));
  }
  EXPECT_EQ(spans_on("drill: outage"), std::set<std::string>{"no service"});
}

TEST(Perfetto, counts_leases_queue_throughput_and_canaries) {
  std::map<std::string, std::int64_t> highest;
  for (const Json& event : events()) {
    if (event["ph"] != "C") continue;
    auto& most = highest[event["name"]];
    most = std::max(most, event["args"]["value"].get<std::int64_t>());
  }
  EXPECT_GT(highest["active leases"], 0);
  EXPECT_LE(highest["active leases"], 8) << "as many as there are slots";
  EXPECT_GT(highest["queue depth"], 0);
  EXPECT_GT(highest["leases ended in 10 s"], 0);
  EXPECT_EQ(highest["canary good"], 1);
  EXPECT_GT(highest["canary milliseconds"], 1'000);
}

}  // namespace
}  // namespace aftershock
