// What every kind of mistake in a scenario file is answered with.
#include <gtest/gtest.h>

#include <initializer_list>

#include "harness/scenario/fault_catalogue.h"
#include "tests/unit/scenario_sample.h"

namespace aftershock {
namespace {

struct Mistake {
  const char* from;
  const char* to;
  const char* expected;
};

void expect_answers(std::initializer_list<Mistake> mistakes) {
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(errors_in(changed(mistake.from, mistake.to)), mistake.expected)
        << mistake.from << " -> " << mistake.to;
  }
}

TEST(ScenarioMistakes, RefusesYamlOutsideTheSubset) {
  expect_answers({
      {"title: Database", "title: &a Database",
       "2:8: anchors (&name) are not allowed: write the value out"},
      {"rate: 30/min", "rate: *a", "14:9: not valid YAML: the referenced anchor is not defined"},
      {"rate: 30/min", "rate: !!str 30/min", "14:9: tags (!type) are not allowed"},
      {"observation: 12m", "observation: 12m\n---\na: b",
       "39:1: a second document: the file is one document"},
      {"observation: 12m", "[a]: b", "38:1: a key must be a plain word"},
      {"rate: 30/min", "rate: [30/min",
       "15:7: not valid YAML: end of sequence flow not found [a { or [ above is not closed, or "
       "closed by the other bracket]"},
      {"observation: 12m", "observation: 12m\nobservation: 13m",
       "39:1: duplicate key 'observation', first given at line 38, column 1"},
      {"count: 2,", "count: 2, count: 3,",
       "8:29: duplicate key 'count', first given at line 8, column 19"},
  });
}

TEST(ScenarioMistakes, HintsAtWhatIsBehindBrokenYaml) {
  const std::string indentation =
      " [check the indentation of this line and of the lines above: blanks, no tabs]";
  const std::string list = "28:4: not valid YAML: end of sequence not found" + indentation;
  const std::string map = "19:4: not valid YAML: end of map not found" + indentation;
  const std::string tab = "28:2: not valid YAML: end of map not found" + indentation;
  expect_answers({
      {"    at: 90s", "   at: 90s", list.c_str()},
      {"  window: 60s", "   window: 60s", map.c_str()},
      {"    at: 90s", "\tat: 90s", tab.c_str()},
      {"value: [7, 0]", "value: [7, 0",
       "30:53: not valid YAML: illegal flow end [a { or [ above is not closed, or closed by the "
       "other bracket]"},
      {"title: Database outage;", "title: Database: outage;",
       "2:16: not valid YAML: illegal map value [put text that holds ': ' in quotes; a line above "
       "may lack the blank after its colon]"},
      {"title: Database", "title: @Database",
       "2:8: not valid YAML: unknown token [put text that begins with this character in quotes]"},
  });
}

TEST(ScenarioMistakes, SuggestsTheKeyThatWasMeant) {
  expect_answers({
      {"lease_ttl: 100s", "lease_tll: 100s",
       "12:12: unknown key 'lease_tll' in 'settings' [did you mean 'lease_ttl'?]"},
      {"observation: 12m", "observaton: 12m",
       "1:1: the scenario lacks the required 'observation'\n38:1: unknown key 'observaton' in "
       "the scenario [did you mean 'observation'?]"},
      {"slots: 1", "slotz: 1", "9:24: unknown key 'slotz' in 'runners' [did you mean 'slots'?]"},
      {"    at: 1m", "    att: 1m",
       "21:5: item 1 of 'faults' lacks the required 'at'\n24:5: unknown key 'att' in item 1 of "
       "'faults' [did you mean 'at'?]"},
      {"dispatch_fallback: false", "fallback_of_dispatching: false",
       "12:71: unknown key 'fallback_of_dispatching' in 'settings'"},
      {"to: orchestrator, ", "too: orchestrator, ",
       "33:5: 'parameters' lacks the required 'to'\n33:32: unknown key 'too' in 'parameters' "
       "[did you mean 'to'?]"},
      {"downtime", "down_time",
       "37:5: 'parameters' lacks the required 'downtime'\n37:18: unknown key 'down_time' in "
       "'parameters' [did you mean 'downtime'?]"},
  });
}

TEST(ScenarioMistakes, RefusesWrongTypesAndMissingValues) {
  expect_answers({
      {"rate: 30/min", "rate: {a: b}", "14:9: 'rate' must be a single value, not a map of keys"},
      {"observation: 12m", "observation:", "38:1: 'observation' has no value"},
      {"{count: 2,", "{count: two,", "8:26: 'count': 'two' is not a whole number"},
      {"{count: 2,", "{count: \"2\",", "8:26: 'count' must not be in quotes"},
      {"count: 10", "count: 10.5", "9:20: 'count': '10.5' is not a whole number"},
      {"dispatch_fallback: false", "dispatch_fallback: no",
       "12:90: 'dispatch_fallback': 'no' is not true or false"},
      {"section: \"4) Database Outage\"", "section: 4",
       "3:60: 'section' must be text, not a number or a flag [write \"4\"]"},
      {"title: Database outage; the control plane fails closed", "title: \" \"",
       "2:8: 'title': must not be blank"},
      {"title: Database", "title: \"\\e[31m\" #",
       "2:8: 'title': must not contain control characters"},
      {"settings: {lease_ttl: 100s", "settings: [1] #",
       "12:11: 'settings' must be a map of keys, not a list"},
      {"  - id: outage", "  - outage\n  - id: outage",
       "21:5: item 1 of 'faults' must be a map of keys, not a single value"},
      {"value: [7, 0]", "value: {a: b}",
       "30:48: 'value' must be a count, a percentage or a list, not a map of keys"},
      {"value: [7, 0]", "value: [7, x]", "30:52: 'value': 'x' is not a whole number"},
      {"rto: {target: 2m, ", "rto: {", "40:3: 'rto' lacks the required 'target'"},
      {"scenario: valid\n", "", "1:1: the scenario lacks the required 'scenario'"},
      {"id: outage", "id: Out age",
       "21:9: 'id': 'Out age' is not a name: at most 64 lower-case letters, digits, - and _, "
       "beginning with a letter"},
  });
}

TEST(ScenarioMistakes, RefusesMalformedDurationsRatesAndShares) {
  expect_answers({
      {"observation: 12m", "observation: 720",
       "38:14: 'observation': '720' has no unit [write 720s]"},
      {"observation: 12m", "observation: -5m",
       "38:14: 'observation': '-5m' is negative; the least is 0s"},
      {"observation: 12m", "observation: 12 minutes",
       "38:14: 'observation': '12 minutes' is not a duration such as 90s, 1m30s or 250ms"},
      {"observation: 12m", "observation: 12min",
       "38:14: 'observation': unknown unit 'min'; units are d h m s ms us ns"},
      {"observation: 12m", "observation: 366d", "38:14: 'observation': '366d' is longer than 365d"},
      {"observation: 12m", "observation: 31d",
       "38:14: 'observation': '31d' is out of range: from 1s to 720h"},
      {"lease_ttl: 100s", "lease_ttl: 99999999999999999999999h",
       "12:23: 'lease_ttl': '99999999999999999999999h' is longer than 365d"},
      {"rate: 30/min", "rate: 30", "14:9: 'rate': '30' has no unit [write 30/s]"},
      {"rate: 30/min", "rate: 0/s", "14:9: 'rate': '0/s' is not above zero"},
      {"rate: 30/min", "rate: -1/s", "14:9: 'rate': '-1/s' is negative; a rate is above zero"},
      {"rate: 30/min", "rate: 1001/s", "14:9: 'rate': '1001/s' is more than 1000/s"},
      {"failure: 2%", "failure: -2%", "15:83: 'failure': '-2%' is negative; the least is 0%"},
      {"count: 10", "count: -3", "9:20: 'count': '-3' is negative; the least is 0"},
      {"failure: 2%", "failure: 2", "15:83: 'failure': '2' has no percent sign [write 2%]"},
      {"failure: 2%", "failure: 101%", "15:83: 'failure': '101%' is more than 100%"},
      {"failure: 2%", "failure: 0.00001%", "15:83: 'failure': '0.00001%' is finer than 0.0001%"},
  });
}

/// As a list of choices is shown.
std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    text += (text.empty() ? "" : ", ") + std::string(name);
  }
  return text;
}

TEST(ScenarioMistakes, RefusesUnknownChoices) {
  std::vector<std::string_view> kinds;
  for (const FaultInfo& info : fault_catalogue()) kinds.push_back(info.name);
  const std::string no_kind = "26:12: 'fault': 'proces.kill' is not one of: " + listed(kinds) +
                              " [did you mean 'process.kill'?]";
  const std::string no_invariant = "44:14: 'name': 'wakeup' is not one of: " +
                                   listed({kInvariantNames.begin(), kInvariantNames.end()}) +
                                   " [did you mean 'wake-up'?]";
  expect_answers({
      {"fault: process.kill", "fault: proces.kill", no_kind.c_str()},
      {"mode: fixed_percent", "mode: most",
       "27:34: 'mode': 'most' is not one of: one, all, fixed, fixed_percent, random"},
      {"shape: diamond", "shape: Diamond",
       "15:17: 'shape': 'Diamond' is not one of: single, chain, diamond [did you mean 'diamond'?]"},
      {"name: wake-up", "name: wakeup", no_invariant.c_str()},
      {"{violates: fenced-completion}", "fail", "45:9: 'expect': 'fail' is not one of: pass"},
      {"policy: on_failure", "policy: onfailure",
       "9:52: 'policy': 'onfailure' is not one of: always, on_failure, never [did you mean "
       "'on_failure'?]"},
  });
}

TEST(ScenarioMistakes, RefusesImpossibleTargets) {
  expect_answers({
      {"value: [7, 0]", "value: [7, 10]",
       "30:52: there is no process 10: the cluster has 10 of this role, counted from 0"},
      {"value: [7, 0]", "value: [7, 7]", "30:52: process 7 is listed twice"},
      {"value: [7, 0]", "value: []", "30:48: the list is empty: the fault hits nothing"},
      {"value: [7, 0]", "value: 11",
       "30:48: the value is 11, but the cluster has only 10 of this role"},
      {"value: [7, 0]", "value: 0", "30:48: the value is 0: the fault hits nothing"},
      {"value: [7, 0]", "value: 5%",
       "30:48: mode 'fixed' takes a count or a list of indexes, not a percentage"},
      {"value: 20%", "value: 0%",
       "27:56: mode 'fixed_percent' takes a whole percentage from 1% to 100%"},
      {"value: 20%", "value: 20", "27:56: mode 'fixed_percent' takes a percentage [write 20%]"},
      {"value: 20%", "value: 2.5%",
       "27:56: mode 'fixed_percent' takes a whole percentage from 1% to 100%"},
      {"mode: fixed_percent, value: 20%", "mode: fixed_percent",
       "27:5: mode 'fixed_percent' needs a value"},
      {"mode: all", "mode: all, value: 1", "23:41: mode 'all' takes no value"},
      {"role: database, mode: all", "role: queue, mode: all",
       "23:20: database.outage cannot hit 'queue'; it can hit: database"},
      {"{count: 10,", "{count: 0,", "9:20: 'count': '0' is out of range: from 1 to 100000"},
      {"{count: 2,", "{count: 101,", "8:26: 'count': '101' is out of range: from 1 to 100"},
      {"{count: 10,", "{count: 100001,",
       "9:20: 'count': '100001' is out of range: from 1 to 100000"},
      {"{count: 10,", "{count: 100000,", "no error"},
      {"    target: {role: database, mode: all}\n", "",
       "21:5: item 1 of 'faults' lacks the required 'target'"},
  });
}

TEST(ScenarioMistakes, RefusesWhatTheQueueCannotBe) {
  const auto queue = [](const std::string& with) {
    return errors_in(changed("  # and one database, one queue, one artifact store\n", with + "\n"));
  };
  EXPECT_EQ(queue("  queue: {persistence: snapshot, snapshot_interval: 2m}"), "no error");
  EXPECT_EQ(queue("  queue: {persistence: aof}"),
            "10:24: 'persistence': 'aof' is not one of: none, snapshot, append_only");
  EXPECT_EQ(queue("  queue: {fsync: sometimes}"),
            "10:18: 'fsync': 'sometimes' is not one of: always, everysec, never");
  EXPECT_EQ(queue("  queue: {snapshot_interval: 0s}"),
            "10:30: 'snapshot_interval': '0s' is out of range: from 1s to 24h");
  EXPECT_EQ(queue("  queue: {replicas: 9}"), "10:21: 'replicas': '9' is out of range: from 0 to 8");
  const std::string with_step =
      "observation: 12m\n"
      "runbook: [{step: promote_queue_replica, by: operator, after: {time: 2m}}]";
  expect_answers({
      {"observation: 12m", with_step.c_str(),
       "39:18: promote_queue_replica needs a replica, and the cluster's queue has none"},
      {"fault: database.outage\n    target: {role: database,",
       "fault: queue.outage\n    target: {role: queue_replica,",
       "23:20: the cluster's queue has no replicas"},
  });
}

TEST(ScenarioMistakes, RefusesWhatAFaultOfItsKindCannotHave) {
  expect_answers({
      {"    duration: 60s\n", "", "22:12: database.outage needs a 'duration'"},
      {"    at: 90s", "    at: 90s\n    duration: 1s", "29:5: process.kill takes no 'duration'"},
      {"    parameters: {downtime: 30s}\n", "",
       "34:12: database.crash needs the parameter 'downtime' in 'parameters'"},
      {"{downtime: 30s}", "{downtime: 30s, latency: 1s}",
       "37:33: unknown key 'latency' in 'parameters'"},
      {"    at: 90s", "    at: 90s\n    parameters: {downtime: 1s}",
       "29:18: unknown key 'downtime' in 'parameters'"},
      {"from: runner", "from: queue", "33:24: 'from' must be the target's role, 'runner'"},
      {"to: orchestrator", "to: runner",
       "33:36: a partition needs two roles: 'to' is the target's own"},
      {"    parameters: {from: runner, to: orchestrator, direction: from}\n", "",
       "29:12: network.partition needs the parameter 'to' in 'parameters'"},
      {"id: outage", "id: f2", "26:5: the fault id 'f2' is taken by item 1 of 'faults'"},
      {"fault: network.partition", "fault: network.delay",
       "33:5: 'parameters' lacks the required 'latency'\n33:18: unknown key 'from' in "
       "'parameters'\n33:32: unknown key 'to' in 'parameters'\n33:50: unknown key 'direction' in "
       "'parameters'"},
      {"parameters: {downtime: 30s}", "parameters: 3",
       "37:17: 'parameters' must be a map of keys, not a single value"},
  });
}

TEST(ScenarioMistakes, RefusesUnreachableTimes) {
  expect_answers({
      {"at: 1m\n", "at: 13m\n",
       "24:9: the fault is never reached: it starts at 13m, the observation ends at 12m"},
      {"duration: 60s", "duration: 12m",
       "25:15: the fault lasts until 13m, the observation ends at 12m"},
      {"downtime: 30s", "downtime: 10m",
       "37:17: the fault lasts until 13m, the observation ends at 12m"},
      {"observation: 12m", "observation: 7m",
       "38:14: the observation is too short: the last fault ends at 3m30s, then come lease_ttl "
       "and one more of grace (2 x 1m40s) and the window (1m) [write 7m50s or more]"},
      {"observation: 12m", "observation: 7m50s", "no error"},
      {"max: 4m", "max: 11m",
       "38:14: the observation is too short to judge rto.max: the first fault starts at 1m, then "
       "come 11m and the window (1m) [write 13m or more]"},
  });
}

TEST(ScenarioMistakes, RefusesMoreRunsThanADrillCanHold) {
  expect_answers({
      {"rate: 30/min", "rate: 1000/s", "no error"},
      {"observation: 12m", "observation: 555h", "no error"},
      {"observation: 12m", "observation: 556h",
       "14:9: 1000830 runs in the drill's 556h1m are too many: at most 1000000"},
  });
  std::string text = changed("interval: 5s", "interval: 100ms");
  text.replace(text.find("observation: 12m"), 16, "observation: 28h");
  EXPECT_EQ(errors_in(text),
            "18:22: 1008600 canaries in the drill's 28h1m are too many: at most 1000000");
}

TEST(ScenarioMistakes, PointsAtTheSettingThatIsWrong) {
  expect_answers({
      {"sweep_batch: 40", "sweep_batch: 0",
       "12:67: 'sweep_batch': '0' is out of range: from 1 to 1000000"},
      {"sweep_batch: 40", "batch_size: 1001",
       "12:66: 'batch_size': '1001' is out of range: from 1 to 1000"},
      {"sweep_batch: 40", "committers: 65",
       "12:66: 'committers': '65' is out of range: from 1 to 64"},
      {"lease_ttl: 100s, heartbeat_interval: 20s", "heartbeat_interval: 31s",
       "12:12: settings: lease_ttl must be at least 4 x heartbeat_interval, or one lost heartbeat "
       "ends a live lease"},
      {"sweep_batch: 40", "retry_backoff_max: 1s",
       "12:54: settings: retry_backoff must be positive and at most retry_backoff_max"},
      {"sweep_batch: 40", "long_poll: 0s", "12:54: settings: long_poll must be positive"},
  });
}

TEST(ScenarioMistakes, RefusesValuesThatContradictEachOther) {
  expect_answers({
      {"scenario: valid", "scenario: other",
       "1:11: the scenario's name is not the file's, 'valid' [write scenario: valid]"},
      {"min: 300us", "min: 3ms", "11:38: 'max' (2ms) is shorter than 'min' (3ms)"},
      {"min: 20s", "min: 2m", "15:51: 'max' (1m30s) is shorter than 'min' (2m)"},
      {"limit: 30s", "limit: 3s",
       "18:33: the canary's 'limit' is shorter than its 'interval' (5s)"},
      {"limit: 30s, job_duration: 1.5s", "limit: 30s, job_duration: 30s",
       "18:33: no canary can meet its 'limit': its job alone takes 30s"},
      {"window: 60s", "window: 4s",
       "19:11: the 'window' is shorter than the canary's 'interval' (5s): it would hold no canary"},
      {"target: 2m", "typical: {min: 2m, max: 1m}, target: 2m",
       "40:33: 'max' (1m) is shorter than 'min' (2m)"},
      {"target: 2m", "target: 5m", "40:17: 'target' (5m) is more than 'max' (4m)"},
      {", derivation: Nothing acknowledged is ever lost.", "",
       "41:41: a derived objective needs a 'derivation'"},
      {"heartbeat_interval: 20s", "heartbeat_interval: 26s",
       "12:12: settings: lease_ttl must be at least 4 x heartbeat_interval, or one lost heartbeat "
       "ends a live lease"},
      {"name: wake-up", "name: fenced-completion",
       "45:20: 'fenced-completion' is excepted, so no violation of it can be seen"},
      {"    - {name: wake-up", "    - {name: wake-up, reason: a}\n    - {name: wake-up",
       "45:14: 'wake-up' is excepted twice"},
  });
}

}  // namespace
}  // namespace aftershock
