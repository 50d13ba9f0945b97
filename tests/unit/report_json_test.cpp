// The JSON form of a report: nothing is lost, nothing wrong is read, and the schema says the same.
#include "reports/json.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "tests/unit/report_sample.h"

namespace aftershock {
namespace {

using Json = nlohmann::ordered_json;
using Pointer = Json::json_pointer;

Report sample() {
  return {.tool_version = "1.2.3",
          .drills = {sample_drill(), passed_drill()},
          .not_run = 57,
          .occasion = sample_occasion()};
}

/// What the reader says about the sample's JSON after a change.
std::string refusal(const std::function<void(Json&)>& change) {
  Json json = report_to_json(sample());
  change(json);
  try {
    report_from_json(json);
  } catch (const ReportError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ReportJson, ComesBackAsItWas) {
  const std::string text = write_report(sample());
  EXPECT_EQ(write_report(read_report(text)), text);
  EXPECT_EQ(read_report(text).not_run, 57U);
  const DrillReport drill = read_report(text).drills.at(0);
  const DrillReport expected = sample_drill();
  EXPECT_EQ(drill.seed, expected.seed);
  EXPECT_EQ(drill.verdict, expected.verdict);
  EXPECT_EQ(drill.rto.measured->upper, expected.rto.measured->upper);
  EXPECT_EQ(drill.rpo.measured, expected.rpo.measured);
  EXPECT_EQ(drill.rpo.objective.judgement, expected.rpo.objective.judgement);
  EXPECT_EQ(drill.faults.at(0).healed, expected.faults[0].healed);
  EXPECT_FALSE(drill.faults.at(1).effective);
  EXPECT_EQ(drill.invariants.at(2).status, InvariantStatus::excepted);
  EXPECT_EQ(drill.violations.at(0).events, expected.violations[0].events);
  EXPECT_EQ(drill.workload.lost_leases, expected.workload.lost_leases);
}

TEST(ReportJson, EveryFieldOfADrillCarriesItsOwnValue) {
  // Two keys that were bound to each other's fields would still come back as they were; the
  // names and values written out here would not.
  const Json json = report_to_json(sample()).flatten();  // by JSON pointer
  const std::string drill = "/drills/0/";
  const std::vector<std::pair<std::string, Json>> expected{
      {"rto/objective/target/ns", 120'000'000'000},
      {"rto/objective/typical/min/ns", 90'000'000'000},
      {"rto/objective/typical/max/ns", 100'000'000'000},
      {"rto/objective/typical/differs", "nobody has to decide"},
      {"rto/objective/max/ns", 240'000'000'000},
      {"rto/watched/text", "12m"},
      {"rto/self_healed", true},
      {"rpo/acknowledged", 400},
      {"rpo/lost", 3},
      {"rpo/lost_after_t0", 1},
      {"rpo/unknown", 2},
      {"rpo/duplicated", 5},
      {"rpo/dangling", 9},
      {"rpo/lost_writes/0/acknowledged_at/text", "48s"},
      {"system", "delta-ci"},
      {"rationale", "The database is the one thing that every lease needs."},
      {"cluster", "2 orchestrators, 8 runners, 1 database"},
      {"activity/begin/ns", -60'000'000'000},
      {"activity/step/text", "5s"},
      {"activity/series/0/values/1", nullptr},
      {"activity/leases/0/runner", "runner-3"},
      {"activity/leases/0/until/text", "1m2s"},
      {"activity/leases_left_out", 3},
      {"faults/0/effective/upper/ns", 60'002'000'000},
      {"phases/first_failure/text", "1s"},
      {"phases/last_failure/text", "1m5s"},
      {"phases/served/text", "1m6s"},
      {"phases/drained/text", "5m"},
      {"canary/sent", 150},
      {"canary/succeeded", 140},
      {"canary/failed", 10},
      {"canary/slowest/text", "12s"},
      {"workload/submitted", 400},
      {"workload/acknowledged", 390},
      {"workload/refused", 10},
      {"workload/succeeded", 350},
      {"workload/failed", 20},
      {"workload/timed_out", 5},
      {"workload/cancelled", 15},
      {"workload/unfinished", 1},
      {"workload/attempts", 450},
      {"workload/lost_leases", 7},
      {"invariants/0/checks", 5'000},
      {"invariants/2/reason", "The queue is gone for good."},
      {"violations/0/rows/0", "attempt 1a2b3c4d epoch 2 succeeded"},
      {"document", "delta-ci-disaster-recovery.md"},
      {"section", "4) Database Outage"},
      {"digest", "0f1e2d3c4b5a6978"},
      {"seed", 18'446'744'073'709'551'615U},
      {"schedule", "pct:3:4000"},
      {"steps", 123'456},
      {"verdict", "fail"}};
  for (const auto& [path, value] : expected) {
    ASSERT_TRUE(json.contains(drill + path)) << path;
    EXPECT_EQ(json[drill + path], value) << path;
  }
}

TEST(ReportJson, BytesThatAreNotUtf8DoNotBreakIt) {
  Report report = sample();
  report.drills[0].path =
      "a\xFF"
      "b.yaml";
  EXPECT_EQ(read_report(write_report(report)).drills[0].path,
            "a\xEF\xBF\xBD"
            "b.yaml");
}

TEST(ReportJson, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(refusal([](Json& json) { json["format"] = 7; }),
            "the report: 'format' is not 'aftershock-report'");
  EXPECT_EQ(refusal([](Json& json) { json["version"] = 1; }),
            "the report: version 1; this program reads version 4");
  EXPECT_EQ(refusal([](Json& json) { json["drills"][1]["mood"] = "good"; }),
            "drills[1]: it has keys that this version does not know");
  EXPECT_EQ(refusal([](Json& json) { json["drills"][1]["verdict"] = "maybe"; }),
            "drills[1].verdict: unknown word 'maybe'");
  EXPECT_EQ(refusal([](Json& json) { json["drills"][0]["seed"] = -1; }),
            "drills[0].seed: expected a whole number from 0 to 2^64 - 1, found number");
  EXPECT_EQ(refusal([](Json& json) { json["drills"][0]["virtual_time"]["ns"] = 1; }),
            "drills[0].virtual_time: 'text' and 'ns' differ");
  EXPECT_EQ(refusal([](Json& json) { json.erase("not_run"); }), "the report: 'not_run' is missing");
  EXPECT_THROW(read_report("{"), ReportError);
  EXPECT_THROW(read_report("[]"), ReportError);
}

/// As much of JSON Schema as report.schema.json uses. A keyword that it does not know fails.
class Schema {
 public:
  explicit Schema(Json root) : root_(std::move(root)) {}

  bool accepts(const Json& value) const { return accepts(value, root_); }

 private:
  bool accepts(const Json& value, const Json& rules) const {
    for (const auto& [keyword, rule] : rules.items()) {
      if (!follows(value, keyword, rule, rules)) return false;
    }
    return true;
  }

  bool follows(const Json& value, const std::string& keyword, const Json& rule,
               const Json& rules) const {
    const auto valid = [&](const Json& other) { return accepts(value, other); };
    if (keyword == "$ref") {
      return valid(root_.at(Pointer(rule.get<std::string>().substr(1))));
    }
    if (keyword == "type") return has_type(value, rule.get<std::string>());
    if (keyword == "const") return value == rule;
    if (keyword == "enum") return std::count(rule.begin(), rule.end(), value) > 0;
    if (keyword == "anyOf") return std::any_of(rule.begin(), rule.end(), valid);
    if (keyword == "minimum") return value >= rule;
    if (keyword == "maximum") return value <= rule;
    if (keyword == "pattern") {
      return std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
    }
    if (keyword == "required") {
      return std::all_of(rule.begin(), rule.end(),
                         [&](const Json& key) { return value.contains(key.get<std::string>()); });
    }
    if (keyword == "items") {
      return std::all_of(value.begin(), value.end(),
                         [&](const Json& item) { return accepts(item, rule); });
    }
    if (keyword == "additionalProperties") {
      for (const auto& [key, member] : value.items()) {
        if (!rules.at("properties").contains(key)) return false;
      }
      return rule == false;
    }
    if (keyword == "properties") {
      for (const auto& [key, member] : value.items()) {
        if (rule.contains(key) && !accepts(member, rule.at(key))) return false;
      }
      return true;
    }
    return keyword == "description" || keyword == "title" || keyword == "$schema" ||
           keyword == "$defs";
  }

  static bool has_type(const Json& value, const std::string& type) {
    return type == "integer" ? value.is_number_integer() : value.type_name() == type;
  }

  Json root_;
};

Json read_schema() {
  std::ifstream stream("reports/report.schema.json");
  return Json::parse(stream);
}

TEST(ReportSchema, AcceptsWhatIsWritten) {
  const Schema schema(read_schema());
  EXPECT_TRUE(schema.accepts(Json::parse(write_report(sample()))));
  EXPECT_TRUE(schema.accepts(Json::parse(write_report({}))));
  DrillReport fresh;
  fresh.digest = "00";
  fresh.rto.objective.stated_by = fresh.rpo.objective.stated_by = "document";
  fresh.rto.recovered_when = "service";
  EXPECT_TRUE(schema.accepts(Json::parse(write_report({.tool_version = "1", .drills = {fresh}}))));
}

TEST(ReportSchema, RefusesEveryKeyLeftOutAndEveryValueOfAnotherType) {
  const Schema schema(read_schema());
  const Json json = report_to_json(
      {.tool_version = "1.2.3", .drills = {sample_drill()}, .occasion = sample_occasion()});
  std::set<std::string> places;
  const Json leaves = json.flatten();
  for (const auto& [path, leaf] : leaves.items()) {
    for (Pointer place(path); !place.empty(); place.pop_back()) places.insert(place.to_string());
  }
  for (const std::string& path : places) {
    const Pointer place(path);
    Json changed = json;
    changed[place] = 0.5;
    EXPECT_FALSE(schema.accepts(changed)) << path << " as a fraction";
    Json& parent = changed[place.parent_pointer()];
    if (!parent.is_object()) continue;
    parent.erase(place.back());
    EXPECT_FALSE(schema.accepts(changed)) << path << " left out";
    parent[place.back()] = json[place];
    EXPECT_TRUE(schema.accepts(changed)) << path << " put back";
    parent["something_else"] = 1;
    EXPECT_FALSE(schema.accepts(changed)) << "a key beside " << path;
  }
  EXPECT_GT(places.size(), 150U);
}

TEST(ReportSchema, DescribesEveryProperty) {
  const Json schema = read_schema();
  std::function<void(const Json&)> look = [&](const Json& rules) {
    for (const auto& [keyword, rule] : rules.items()) {
      if (keyword == "properties") {
        for (const auto& [key, property] : rule.items()) {
          EXPECT_TRUE(property.contains("description")) << key;
        }
      }
      if (rule.is_structured()) look(rule);
    }
  };
  look(schema);
}

}  // namespace
}  // namespace aftershock
