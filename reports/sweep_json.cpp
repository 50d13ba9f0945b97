#include "reports/sweep_json.h"

#include <nlohmann/json.hpp>

#include "reports/sweep_words.h"

namespace aftershock {
namespace {

using Json = nlohmann::ordered_json;

// Each structure is taken apart by a structured binding, so that a field which is added to the
// model and not here does not compile.

template <class Value>
Json optional(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json duration(delta::Duration value) {
  return {{"ns", value.count()}, {"text", delta::format_duration(value)}};
}

Json figure(const std::optional<SweepFigure>& value) {
  if (!value) return nullptr;
  Json json = duration(value->value);
  json["beyond"] = value->beyond;
  return json;
}

Json json_of(const Distribution& value) {
  const auto& [count, p50, p95, p99, max] = value;
  return {{"count", count},
          {"p50", figure(p50)},
          {"p95", figure(p95)},
          {"p99", figure(p99)},
          {"max", figure(max)}};
}

Json json_of(const SweepCounts& value) {
  const auto& [drills, passed, failed, inconclusive, crashed, violating, rechecked, other] = value;
  return {{"drills", drills},       {"passed", passed},
          {"failed", failed},       {"inconclusive", inconclusive},
          {"crashed", crashed},     {"violating", violating},
          {"rechecked", rechecked}, {"nondeterministic", other}};
}

Json json_of(const SweepMark& value) {
  const auto& [name, drills, count, claimed] = value;
  return {{"name", name}, {"drills", drills}, {"count", count}, {"claimed", claimed}};
}

Json json_of(const SweepScenario& value);
Json json_of(const SweepSeed& value);
Json json_of(const SweepFinding& value);
Json json_of(const SweepCanary& value);

template <class Value>
Json list(const std::vector<Value>& values) {
  Json json = Json::array();
  for (const Value& value : values) json.push_back(json_of(value));
  return json;
}

Json json_of(const SweepScenario& value) {
  const auto& [name, title, path, counts, at_most_one_in, rta, rpa, marks] = value;
  return {{"name", name},
          {"title", title},
          {"path", path},
          {"counts", json_of(counts)},
          {"at_most_one_in", optional(at_most_one_in)},
          {"rta", json_of(rta)},
          {"rpa", json_of(rpa)},
          {"marks", list(marks)}};
}

Json json_of(const SweepSeed& value) {
  const auto& [seed, steps, why, replay] = value;
  return {{"seed", seed}, {"steps", steps}, {"why", why}, {"replay", replay}};
}

Json json_of(const SweepFinding& value) {
  const auto& [kind, scenario, path, reason, count, seeds] = value;
  return {{"kind", name_of(kind)}, {"scenario", scenario}, {"path", path},
          {"reason", reason},      {"count", count},       {"seeds", list(seeds)}};
}

Json json_of(const SweepCanary& value) {
  const auto& [scenario, path, invariant, seed, seen, what] = value;
  return {{"scenario", scenario}, {"path", path}, {"invariant", invariant},
          {"seed", seed},         {"seen", seen}, {"what", what}};
}

Json json_of(const SweepMachine& value) {
  const auto& [host, jobs, shards, wall, worked, per_second] = value;
  return {{"host", host},
          {"jobs", jobs},
          {"shards", shards},
          {"wall", duration(wall)},
          {"worked", duration(worked)},
          {"drills_per_second", per_second}};
}

}  // namespace

std::string write_sweep_report(const SweepReport& report) {
  const auto& [tool_version, build, first_seed, seeds, schedule, ended, not_run, counts,
               at_most_one_in, marks, canaries, findings, scenarios, machine] = report;
  const Json json{{"format", kSweepFormat},
                  {"version", SweepReport::kVersion},
                  {"tool_version", tool_version},
                  {"build", build},
                  {"verdict", verdict_of(report)},
                  {"first_seed", first_seed},
                  {"seeds", optional(seeds)},
                  {"schedule", schedule},
                  {"ended", ended},
                  {"not_run", optional(not_run)},
                  {"counts", json_of(counts)},
                  {"at_most_one_in", optional(at_most_one_in)},
                  {"marks", list(marks)},
                  {"canaries", list(canaries)},
                  {"findings", list(findings)},
                  {"scenarios", list(scenarios)},
                  {"machine", json_of(machine)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace aftershock
