#include "harness/sweep/journal_head.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace aftershock::sweep {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kFormat = "aftershock-sweep-journal";
constexpr int kVersion = 2;

Json json_of(const PlannedScenario& scenario) {
  return {{"name", scenario.name},        {"title", scenario.title},   {"path", scenario.path},
          {"sha256", scenario.sha256},    {"claims", scenario.claims}, {"canary", scenario.canary},
          {"violates", scenario.violates}};
}

PlannedScenario scenario_from(const Json& json) {
  PlannedScenario scenario;
  json.at("name").get_to(scenario.name);
  json.at("title").get_to(scenario.title);
  json.at("path").get_to(scenario.path);
  json.at("sha256").get_to(scenario.sha256);
  json.at("claims").get_to(scenario.claims);
  json.at("canary").get_to(scenario.canary);
  json.at("violates").get_to(scenario.violates);
  return scenario;
}

JournalHead head_from(const Json& json) {
  JournalHead head;
  SweepPlan& plan = head.plan;
  json.at("tool_version").get_to(head.tool_version);
  json.at("build").get_to(head.build);
  json.at("first_seed").get_to(plan.seeds.first);
  if (!json.at("seeds").is_null()) plan.seeds.count = json["seeds"].get<std::uint64_t>();
  json.at("shard").get_to(plan.shard.index);
  json.at("shards").get_to(plan.shard.of);
  json.at("recheck_ppm").get_to(plan.recheck_ppm);
  json.at("other_build").get_to(plan.other_build);
  const auto schedule = parse_schedule(json.at("schedule").get<std::string>());
  if (!schedule) throw std::runtime_error(schedule.error().message);
  plan.schedule = *schedule;
  for (const Json& scenario : json.at("scenarios")) {
    plan.scenarios.push_back(scenario_from(scenario));
  }
  const bool sound = plan.shard.index >= 1 && plan.shard.index <= plan.shard.of &&
                     !plan.scenarios.empty() && plan.seeds.count != 0U;
  if (!sound) throw std::runtime_error("its plan makes no sense");
  return head;
}

std::string seeds_text(const SeedRange& seeds) {
  const std::string first = std::to_string(seeds.first);
  if (!seeds.count) return first + "..";
  return first + ".." + std::to_string(seeds.first + (*seeds.count - 1));
}

std::string shard_text(Shard shard) {
  return std::to_string(shard.index) + "/" + std::to_string(shard.of);
}

std::string differs(const std::string& what, const std::string& found, const std::string& wanted) {
  return what + " differs: the journal has " + found + ", not " + wanted;
}

std::optional<std::string> scenario_difference(const SweepPlan& found, const SweepPlan& wanted) {
  const std::size_t common = std::min(found.scenarios.size(), wanted.scenarios.size());
  for (std::size_t i = 0; i < common; ++i) {
    const PlannedScenario& theirs = found.scenarios[i];
    const PlannedScenario& ours = wanted.scenarios[i];
    if (theirs == ours) continue;
    if (theirs.path != ours.path) {
      return differs("the list of scenarios", "'" + theirs.path + "'", "'" + ours.path + "'");
    }
    if (theirs.canary != ours.canary) {
      return "the scenario '" + ours.path + "' is a canary in only one of the two";
    }
    return "the scenario '" + ours.path + "' has been changed since";
  }
  if (found.scenarios.size() == wanted.scenarios.size()) return std::nullopt;
  return differs("the number of scenarios", std::to_string(found.scenarios.size()),
                 std::to_string(wanted.scenarios.size()));
}

}  // namespace

std::string to_line(const JournalHead& head) {
  const SweepPlan& plan = head.plan;
  Json json{{"format", kFormat},
            {"version", kVersion},
            {"tool_version", head.tool_version},
            {"build", head.build},
            {"first_seed", plan.seeds.first},
            {"seeds", plan.seeds.count ? Json(*plan.seeds.count) : Json(nullptr)},
            {"shard", plan.shard.index},
            {"shards", plan.shard.of},
            {"recheck_ppm", plan.recheck_ppm},
            {"other_build", plan.other_build},
            {"schedule", text_of(plan.schedule)},
            {"scenarios", Json::array()}};
  for (const auto& scenario : plan.scenarios) json["scenarios"].push_back(json_of(scenario));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::expected<JournalHead, std::string> head_from_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("format") || json["format"] != kFormat) {
    return std::unexpected("it is not the journal of a sweep");
  }
  try {
    if (json.at("version").get<int>() != kVersion) {
      return std::unexpected("it is of version " + json["version"].dump() +
                             "; this program reads version " + std::to_string(kVersion));
    }
    return head_from(json);
  } catch (const std::exception& error) {
    return std::unexpected(std::string("it is not the head of a journal: ") + error.what());
  }
}

std::optional<std::string> difference(const JournalHead& found, const JournalHead& wanted,
                                      bool any_shard) {
  const SweepPlan& theirs = found.plan;
  const SweepPlan& ours = wanted.plan;
  if (found.tool_version != wanted.tool_version) {
    return differs("the version of aftershock", found.tool_version, wanted.tool_version);
  }
  if (found.build != wanted.build) {
    return differs("the program", "the build " + found.build, wanted.build);
  }
  if (seeds_text(theirs.seeds) != seeds_text(ours.seeds)) {
    return differs("the range of seeds", seeds_text(theirs.seeds), seeds_text(ours.seeds));
  }
  if (theirs.shard.of != ours.shard.of || (!any_shard && theirs.shard != ours.shard)) {
    return differs("the shard", shard_text(theirs.shard), shard_text(ours.shard));
  }
  if (theirs.recheck_ppm != ours.recheck_ppm) {
    return differs("the share of --check-determinism", std::to_string(theirs.recheck_ppm) + " ppm",
                   std::to_string(ours.recheck_ppm) + " ppm");
  }
  if (theirs.other_build != ours.other_build) return "--other-build differs";
  if (text_of(theirs.schedule) != text_of(ours.schedule)) {
    return differs("the schedule", text_of(theirs.schedule), text_of(ours.schedule));
  }
  return scenario_difference(theirs, ours);
}

}  // namespace aftershock::sweep
