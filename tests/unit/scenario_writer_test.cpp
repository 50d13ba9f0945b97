// What is written is read back as the same scenario, field by field, and is fit to be read.
#include "harness/scenario/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/setting_catalogue.h"
#include "harness/nemesis.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/loader.h"
#include "harness/scenario/scalar_writer.h"
#include "harness/scenario/step_catalogue.h"
#include "harness/scenario/view.h"
#include "tests/unit/aggregates.h"
#include "tests/unit/scenario_sample.h"

namespace aftershock {
namespace {

using delta::test::members_of;
using delta::test::same;
using testing::HasSubstr;
using namespace std::chrono_literals;

// A new member of these has to be written, and compared below.
static_assert(members_of<Scenario, 40>() == 22);
static_assert(members_of<FaultSpec, 20>() == 10);
static_assert(members_of<StepSpec, 20>() == 6);
static_assert(members_of<NemesisFault, 20>() == 3);
static_assert(members_of<NemesisSpec, 20>() == 6);

bool same_parameters(const delta::Parameters& a, const delta::Parameters& b, const Field& map) {
  return std::ranges::all_of(map.fields, [&](const Field& field) {
    if (a.has(field.key) != b.has(field.key)) return false;
    return !a.has(field.key) || a.number(field.key) == b.number(field.key);
  });
}

void expect_same(const FaultSpec& a, const FaultSpec& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_TRUE(same(a.target, b.target)) << a.id;
  EXPECT_EQ(a.at, b.at) << a.id;
  EXPECT_TRUE(same(a.barrier, b.barrier)) << a.id;
  EXPECT_EQ(a.duration, b.duration) << a.id;
  EXPECT_TRUE(same(a.stagger, b.stagger)) << a.id;
  EXPECT_EQ(a.lasts, b.lasts) << a.id;
  EXPECT_EQ(a.random, b.random) << a.id;
  EXPECT_TRUE(same_parameters(a.parameters, b.parameters, fault_info(a.kind).parameters)) << a.id;
}

void expect_same(const StepSpec& a, const StepSpec& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.by, b.by) << a.id;
  EXPECT_TRUE(same(a.after, b.after)) << a.id;
  EXPECT_EQ(a.delay, b.delay) << a.id;
  const auto info = std::ranges::find(step_catalogue(), a.kind, &StepInfo::name);
  Field numbers = info->parameters;  // a fault is named by its index by now
  for (Field& field : numbers.fields) field.type = FieldType::kCount;
  EXPECT_TRUE(same_parameters(a.parameters, b.parameters, numbers)) << a.id;
}

void expect_same(const NemesisFault& a, const NemesisFault& b) {
  expect_same(a.pattern, b.pattern);
  EXPECT_EQ(a.every, b.every);
  EXPECT_TRUE(same(a.duration, b.duration));
}

template <class T>
void expect_all_same(const std::vector<T>& a, const std::vector<T>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) expect_same(a[i], b[i]);
}

void expect_same(const delta::Settings& a, const delta::Settings& b) {
  for (const delta::SettingInfo& info : delta::setting_catalogue()) {
    SCOPED_TRACE(info.key);
    if (info.duration != nullptr) {
      EXPECT_EQ(a.*info.duration, b.*info.duration);
    } else if (info.count != nullptr) {
      EXPECT_EQ(a.*info.count, b.*info.count);
    } else {
      EXPECT_EQ(a.*info.flag, b.*info.flag);
    }
  }
}

void expect_same(const Scenario& a, const Scenario& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.title, b.title);
  EXPECT_TRUE(same(a.source, b.source));
  EXPECT_EQ(a.rationale, b.rationale);
  EXPECT_TRUE(same(a.cluster, b.cluster));
  expect_same(a.settings, b.settings);
  EXPECT_TRUE(same(a.workload, b.workload));
  EXPECT_TRUE(same(a.steady_state, b.steady_state));
  expect_all_same(a.faults, b.faults);
  ASSERT_EQ(a.nemesis.has_value(), b.nemesis.has_value());
  if (a.nemesis) {
    EXPECT_EQ(a.nemesis->start, b.nemesis->start);
    EXPECT_EQ(a.nemesis->length, b.nemesis->length);
    EXPECT_EQ(a.nemesis->mode, b.nemesis->mode);
    EXPECT_EQ(a.nemesis->swarm_ppm, b.nemesis->swarm_ppm);
    EXPECT_EQ(a.nemesis->at_once, b.nemesis->at_once);
    expect_all_same(a.nemesis->faults, b.nemesis->faults);
  }
  EXPECT_EQ(a.buggify, b.buggify);
  expect_all_same(a.runbook, b.runbook);
  EXPECT_TRUE(same(a.recovery_order, b.recovery_order));
  EXPECT_EQ(a.checklist, b.checklist);
  EXPECT_EQ(a.observation, b.observation);
  EXPECT_TRUE(same(a.objectives, b.objectives));
  EXPECT_TRUE(same(a.excepted_invariants, b.excepted_invariants));
  EXPECT_TRUE(same(a.exercises, b.exercises));
  EXPECT_TRUE(same(a.detection, b.detection));
  EXPECT_EQ(a.violates, b.violates);
  EXPECT_EQ(a.path, b.path);
}

Scenario read_again(const Scenario& scenario) {
  const std::string text = write_scenario(scenario);
  auto again = parse_scenario(text, scenario.path);
  EXPECT_TRUE(again.has_value()) << (again ? "" : format_diagnostics(again.error())) << text;
  return again.value_or(Scenario{});
}

std::vector<std::string> all_files() {
  std::vector<std::string> files{kValidPath};
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  EXPECT_GT(files.size(), 40U) << "run the tests from the repository's root";
  return files;
}

TEST(ScenarioWriter, EveryScenarioIsReadBackAsItWas) {
  for (const std::string& file : all_files()) {
    SCOPED_TRACE(file);
    const auto scenario = load_scenario(file);
    ASSERT_TRUE(scenario.has_value());
    expect_same(*scenario, read_again(*scenario));
  }
}

TEST(ScenarioWriter, WhatTheNemesisDrewIsReadBackToTheNanosecond) {
  for (const char* name : {"nemesis", "nemesis-network", "nemesis-storage", "nemesis-safety"}) {
    const auto scenario = load_scenario(std::string("scenarios/delta-ci/") + name + ".yaml");
    ASSERT_TRUE(scenario.has_value());
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE(std::string(name) + " --seed " + std::to_string(seed));
      Scenario drawn = with_nemesis(*scenario, seed);
      drawn.nemesis.reset();
      for (FaultSpec& fault : drawn.faults) fault.random = false;
      expect_same(drawn, read_again(drawn));
    }
  }
}

TEST(ScenarioWriter, WritesWhatAPersonWouldWrite) {
  const auto scenario = parse_scenario(read_valid(), kValidPath);
  ASSERT_TRUE(scenario.has_value());
  const std::string text = write_scenario(*scenario, "First line.\n\nThird.");
  EXPECT_THAT(text, testing::StartsWith("# First line.\n#\n# Third.\nscenario: valid\n"));
  for (const char* line : {
           "source: {document: delta-ci-disaster-recovery.md, section: \"4) Database Outage\"}",
           "  orchestrators: {count: 2}",  // the restart is the default
           "  network: {latency: {min: 300us, max: 2ms}, loss: 0.5%}",
           "settings: {lease_ttl: 1m40s, sweep_batch: 40, dispatch_fallback: false}",
           "  rate: 30/min",
           "    target: {role: database, mode: all}\n    at: 1m\n    duration: 1m",
           "    target: {role: runner, mode: fixed_percent, value: 20%}",
           "    target: {role: runner, mode: fixed, value: [0, 7]}",
           "    parameters: {from: runner, to: orchestrator, direction: from}",
           "    - {name: wake-up, reason: The loader's test needs one.}",
           "expect: {violates: fenced-completion}\n",
       }) {
    EXPECT_THAT(text, HasSubstr(std::string(line)));
  }
  EXPECT_THAT(text, HasSubstr("rationale: >\n  The one database is"));
}

TEST(ScenarioWriter, WordsThatYamlWouldMisreadAreQuoted) {
  auto scenario = parse_scenario(read_valid(), kValidPath).value();
  for (const char* words :
       {"12",
        "true",
        "null",
        "Null",
        "a: b",
        "a #b",
        "- a",
        "{a}",
        "say \"no\"",
        "back\\slash",
        " leads",
        "two  blanks",
        "two\nlines",
        "a\ttab",
        "'quoted'",
        "*star",
        "a, b",
        "0.5",
        "~",
        "one very long line that has to be folded, because it does not fit into a hundred columns, "
        "and: has a colon, and # a hash"}) {
    scenario.title = words;
    scenario.source.section = words;
    scenario.objectives.rto.derivation = words;
    scenario.objectives.rpo.typical = TypicalActual{{5s, 15s}, words};
    scenario.excepted_invariants[0].reason = words;
    SCOPED_TRACE(words);
    expect_same(scenario, read_again(scenario));
  }
}

TEST(ScenarioWriter, RatesAreExactAndShort) {
  const Field rate{.key = "rate", .type = FieldType::kRate};
  const auto written = [&](const char* text) {
    return write_scalar(rate, parse_rate(text).value().count());
  };
  EXPECT_EQ(written("0.5/s"), "30/min");
  EXPECT_EQ(written("0.3/s"), "18/min");
  EXPECT_EQ(written("3/s"), "3/s");
  EXPECT_EQ(written("6/h"), "6/h");
  for (const char* text : {"7/min", "0.123/s", "999/s", "13.37/h", "0.001/h", "1000/s", "0.7/s"}) {
    EXPECT_EQ(parse_rate(written(text)).value(), parse_rate(text).value()) << text;
  }
}

}  // namespace
}  // namespace aftershock
