#include "reports/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/json_objectives.h"
#include "reports/json_occasion.h"
#include "reports/words.h"

namespace aftershock {
namespace {

using Json = nlohmann::ordered_json;

void each_field(Is<FaultReport> auto& value, auto&& field) {
  auto& [id, kind, targets, effective, healed, bit, evidence] = value;
  field("id", id);
  field("kind", kind);
  field("targets", targets);
  field("effective", effective);
  field("healed", healed);
  field("bit", bit);
  field("evidence", evidence);
}

void each_field(Is<StepReport> auto& value, auto&& field) {
  auto& [id, step, by, trigger, triggered, assumed_delay, began, ended, done, outcome] = value;
  field("id", id);
  field("step", step);
  field("by", by);
  field("trigger", trigger);
  field("triggered", triggered);
  field("assumed_delay", assumed_delay);
  field("began", began);
  field("ended", ended);
  field("done", done);
  field("outcome", outcome);
}

void each_field(Is<OrderReport> auto& value, auto&& field) {
  auto& [role, lost, began, not_ready, ready, within, seen, met] = value;
  field("role", role);
  field("lost", lost);
  field("began", began);
  field("not_ready", not_ready);
  field("ready", ready);
  field("within", within);
  field("seen", seen);
  field("met", met);
}

void each_field(Is<CheckReport> auto& value, auto&& field) {
  auto& [check, seen, ok] = value;
  field("check", check);
  field("seen", seen);
  field("ok", ok);
}

void each_field(Is<AlertReport> auto& value, auto&& field) {
  auto& [name, at, resolved, diagnosis] = value;
  field("name", name);
  field("at", at);
  field("resolved", resolved);
  field("diagnosis", diagnosis);
}

void each_field(Is<DetectionReport> auto& value, auto&& field) {
  auto& [alert, within, diagnosis, after, found, met] = value;
  field("alert", alert);
  field("within", within);
  field("diagnosis", diagnosis);
  field("after", after);
  field("found", found);
  field("met", met);
}

void each_field(Is<PhaseReport> auto& value, auto&& field) {
  auto& [detected, first_failure, last_failure, decided, restored, served, drained] = value;
  field("detected", detected);
  field("first_failure", first_failure);
  field("last_failure", last_failure);
  field("decided", decided);
  field("restored", restored);
  field("served", served);
  field("drained", drained);
}

void each_field(Is<InvariantReport> auto& value, auto&& field) {
  auto& [name, status, checks, reason] = value;
  field("name", name);
  field("status", status);
  field("checks", checks);
  field("reason", reason);
}

void each_field(Is<ViolationReport> auto& value, auto&& field) {
  auto& [invariant, at, message, rows, events] = value;
  field("invariant", invariant);
  field("at", at);
  field("message", message);
  field("rows", rows);
  field("events", events);
}

void each_field(Is<MarkReport> auto& value, auto&& field) {
  auto& [name, count, wanted] = value;
  field("name", name);
  field("count", count);
  field("wanted", wanted);
}

void each_field(Is<CanaryReport> auto& value, auto&& field) {
  auto& [sent, succeeded, failed, slowest] = value;
  field("sent", sent);
  field("succeeded", succeeded);
  field("failed", failed);
  field("slowest", slowest);
}

void each_field(Is<WorkloadReport> auto& value, auto&& field) {
  auto& [submitted, acknowledged, refused, succeeded, failed, timed_out, cancelled, unfinished,
         attempts, lost_leases] = value;
  field("submitted", submitted);
  field("acknowledged", acknowledged);
  field("refused", refused);
  field("succeeded", succeeded);
  field("failed", failed);
  field("timed_out", timed_out);
  field("cancelled", cancelled);
  field("unfinished", unfinished);
  field("attempts", attempts);
  field("lost_leases", lost_leases);
}

void each_field(Is<DrillReport> auto& value, auto&& field) {
  auto& [scenario, title, document, section, path, system, sha256, rationale, cluster, world, seed,
         schedule, digest, steps, virtual_time, verdict, reasons, rto, rpo, faults, alerts, runbook,
         recovery_order, checklist, detection, thresholds, phases, canary, workload, marks,
         invariants, violations, activity, replay] = value;
  field("scenario", scenario);
  field("title", title);
  field("document", document);
  field("section", section);
  field("path", path);
  field("system", system);
  field("sha256", sha256);
  field("rationale", rationale);
  field("cluster", cluster);
  field("world", world);
  field("seed", seed);
  field("schedule", schedule);
  field("digest", digest);
  field("steps", steps);
  field("virtual_time", virtual_time);
  field("verdict", verdict);
  field("reasons", reasons);
  field("rto", rto);
  field("rpo", rpo);
  field("faults", faults);
  field("alerts", alerts);
  field("runbook", runbook);
  field("recovery_order", recovery_order);
  field("checklist", checklist);
  field("detection", detection);
  field("thresholds", thresholds);
  field("phases", phases);
  field("canary", canary);
  field("workload", workload);
  field("marks", marks);
  field("invariants", invariants);
  field("violations", violations);
  field("activity", activity);
  field("replay", replay);
}

void each_field(Is<Report> auto& value, auto&& field) {
  auto& [tool_version, drills, not_run, occasion] = value;
  field("tool_version", tool_version);
  field("drills", drills);
  field("not_run", not_run);
  field("occasion", occasion);
}

// Writing

Json written(const std::string& value) { return value; }
Json written(std::uint64_t value) { return value; }
Json written(std::int64_t value) { return value; }
Json written(bool value) { return value; }
Json written(Duration value) {
  return {{"ns", value.count()}, {"text", delta::format_duration(value)}};
}
Json written(Verdict value) { return name_of(value); }
Json written(Judgement value) { return name_of(value); }
Json written(ChangeKind value) { return name_of(value); }
Json written(InvariantStatus value) { return name_of(value); }

template <class Value>
  requires std::is_aggregate_v<Value>
Json written(const Value& value);

template <class Value>
Json written(const std::optional<Value>& value) {
  return value ? written(*value) : Json(nullptr);
}

template <class Value>
Json written(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(written(value));
  return list;
}

template <class Value>
  requires std::is_aggregate_v<Value>
Json written(const Value& value) {
  Json object = Json::object();
  each_field(value,
             [&object](const char* key, const auto& member) { object[key] = written(member); });
  return object;
}

// Reading

/// A value and the way to it, for messages.
struct Place {
  const Json& json;
  std::string path;

  [[noreturn]] void refuse(const std::string& why) const {
    throw ReportError((path.empty() ? "the report" : path) + ": " + why);
  }
  void expect(bool right, const char* wanted) const {
    if (!right) refuse(std::string("expected ") + wanted + ", found " + json.type_name());
  }
  Place member(const std::string& key) const {
    const auto found = json.find(key);
    if (found == json.end()) refuse("'" + key + "' is missing");
    return {*found, path.empty() ? key : path + "." + key};
  }
  void expect_size(std::size_t keys) const {
    if (json.size() != keys) refuse("it has keys that this version does not know");
  }
};

void read(const Place& place, std::string& value) {
  place.expect(place.json.is_string(), "a string");
  value = place.json.get<std::string>();
}

void read(const Place& place, std::uint64_t& value) {
  place.expect(place.json.is_number_unsigned(), "a whole number from 0 to 2^64 - 1");
  value = place.json.get<std::uint64_t>();
}

void read(const Place& place, std::int64_t& value) {
  place.expect(place.json.is_number_integer(), "a whole number");
  value = place.json.get<std::int64_t>();
}

void read(const Place& place, bool& value) {
  place.expect(place.json.is_boolean(), "true or false");
  value = place.json.get<bool>();
}

void read(const Place& place, Duration& value) {
  place.expect(place.json.is_object(), "a duration");
  const Place ns = place.member("ns");
  ns.expect(ns.json.is_number_integer(), "a whole number of nanoseconds");
  value = Duration(ns.json.get<std::int64_t>());
  std::string text;
  read(place.member("text"), text);
  if (text != delta::format_duration(value)) place.refuse("'text' and 'ns' differ");
  place.expect_size(2);
}

template <class Enum, std::size_t kCount>
void read_word(const Place& place, const std::array<std::string_view, kCount>& words, Enum& value) {
  std::string word;
  read(place, word);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) place.refuse("unknown word '" + word + "'");
  value = static_cast<Enum>(found - words.begin());
}

void read(const Place& place, Verdict& value) { read_word(place, kVerdictNames, value); }
void read(const Place& place, Judgement& value) { read_word(place, kJudgementNames, value); }
void read(const Place& place, ChangeKind& value) { read_word(place, kChangeKindNames, value); }
void read(const Place& place, InvariantStatus& value) {
  read_word(place, kInvariantStatusNames, value);
}

template <class Value>
  requires std::is_aggregate_v<Value>
void read(const Place& place, Value& value);

template <class Value>
void read(const Place& place, std::optional<Value>& value) {
  value.reset();
  if (!place.json.is_null()) read(place, value.emplace());
}

template <class Value>
void read(const Place& place, std::vector<Value>& values) {
  place.expect(place.json.is_array(), "a list");
  values.clear();
  for (const Json& item : place.json) {
    const Place here{item, place.path + "[" + std::to_string(values.size()) + "]"};
    read(here, values.emplace_back());
  }
}

template <class Value>
  requires std::is_aggregate_v<Value>
void read(const Place& place, Value& value) {
  place.expect(place.json.is_object(), "an object");
  std::size_t keys = 0;
  each_field(value, [&](const char* key, auto& member) {
    read(place.member(key), member);
    ++keys;
  });
  place.expect_size(keys);
}

}  // namespace

nlohmann::ordered_json report_to_json(const Report& report) {
  Json json{{"format", kReportFormat}, {"version", Report::kVersion}};
  json.update(written(report));
  return json;
}

Report report_from_json(const nlohmann::ordered_json& json) {
  const Place place{json, ""};
  place.expect(json.is_object(), "an object");
  if (place.member("format").json != kReportFormat) {
    place.refuse("'format' is not '" + std::string(kReportFormat) + "'");
  }
  if (place.member("version").json != Report::kVersion) {
    place.refuse("version " + json["version"].dump() + "; this program reads version " +
                 std::to_string(Report::kVersion));
  }
  Json content = json;
  content.erase("format");
  content.erase("version");
  Report report;
  read(Place{content, ""}, report);
  return report;
}

std::string write_report(const Report& report) {
  return report_to_json(report).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Report read_report(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw ReportError("the report: it is not JSON");
  return report_from_json(json);
}

}  // namespace aftershock
