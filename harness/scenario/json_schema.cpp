// The JSON Schema of scenario files, drawn from the same table as the loader's checks.
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/step_catalogue.h"

namespace aftershock {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNumber = "[0-9]+(\\.[0-9]+)?";

std::string duration_pattern() {
  std::string pattern = "^(?=[0-9])";
  for (const char* unit : {"d", "h", "m", "s", "ms", "us", "ns"}) {
    pattern += "(" + std::string(kNumber) + unit + ")?";
  }
  return pattern + "$";
}

Json text_like(std::string pattern) {
  return {{"type", "string"}, {"pattern", std::move(pattern)}};
}

/// What the values that are small languages look like.
Json definitions() {
  return {{"duration", text_like(duration_pattern())},
          {"rate", text_like("^" + std::string(kNumber) + "/(s|min|h)$")},
          {"percent", text_like("^" + std::string(kNumber) + "%$")}};
}

Json names(std::span<const std::string_view> choices) {
  Json list = Json::array();
  for (const std::string_view choice : choices) list.push_back(choice);
  return {{"enum", std::move(list)}};
}

Json map_of(const std::vector<Field>& fields);

Json whole_number(std::int64_t min, std::int64_t max) {
  return {{"type", "integer"}, {"minimum", min}, {"maximum", max}};
}

Json selection() {
  const Json index = whole_number(0, kMostRunners - 1);
  const Json list{{"type", "array"}, {"items", index}, {"minItems", 1}, {"uniqueItems", true}};
  return {{"oneOf", Json::array({whole_number(1, kMostRunners),
                                 text_like("^(100|[1-9][0-9]?)(\\.0+)?%$"), list})}};
}

Json shape_of(const Field& field) {
  switch (field.type) {
    case FieldType::kText: return text_like("\\S");
    case FieldType::kName: return text_like("^[a-z][a-z0-9_-]{0,63}$");
    case FieldType::kDuration: return {{"$ref", "#/$defs/duration"}};
    case FieldType::kRate: return {{"$ref", "#/$defs/rate"}};
    case FieldType::kPercent: return {{"$ref", "#/$defs/percent"}};
    case FieldType::kCount: return whole_number(field.min, field.max);
    case FieldType::kFlag: return {{"type", "boolean"}};
    case FieldType::kThreshold: return text_like("^\\s*[a-z]+\\.[a-z0-9]+\\s*[<>]\\s*\\S+\\s*$");
    case FieldType::kChoice: return names(field.choices);
    case FieldType::kMap: return map_of(field.fields);
    case FieldType::kList:
      return {{"type", "array"}, {"minItems", field.min}, {"items", map_of(field.fields)}};
    case FieldType::kSelection: return selection();
    case FieldType::kOutcome:
      return {{"oneOf", Json::array({names(field.choices), map_of(field.fields)})}};
    case FieldType::kParameters: return {{"type", "object"}};
  }
  CHECK(false);
}

/// A count or a flag as itself, everything else as text.
Json default_of(const Field& field) {
  if (field.type == FieldType::kCount || field.type == FieldType::kFlag) {
    return Json::parse(field.fallback);
  }
  return field.fallback;
}

Json property_of(const Field& field) {
  Json property = {{"description", field.description}};
  property.update(shape_of(field));
  if (!field.fallback.empty()) property["default"] = default_of(field);
  return property;
}

Json map_of(const std::vector<Field>& fields) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field& field : fields) {
    properties[field.key] = property_of(field);
    if (field.required) required.push_back(field.key);
  }
  Json map = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
  if (!required.empty()) map["required"] = std::move(required);
  return map;
}

/// What a step of the runbook demands of its parameters.
Json step_rule(const StepInfo& info) {
  Json then = {{"description", info.description},
               {"properties", {{"parameters", property_of(info.parameters)}}}};
  if (info.parameters.required) then["required"] = {"parameters"};
  return {{"if", {{"properties", {{"step", {{"const", info.name}}}}}, {"required", {"step"}}}},
          {"then", std::move(then)}};
}

/// What a kind of fault demands of the rest of its item.
Json fault_rule(const FaultInfo& info) {
  std::vector<std::string_view> roles;
  for (const Role role : info.roles) roles.push_back(name_of(role));
  Json then = {{"description", info.description},
               {"properties", {{"target", {{"properties", {{"role", names(roles)}}}}}}}};
  Json required = Json::array();
  if (info.has_duration) {
    required.push_back("duration");
  } else {
    then["properties"]["duration"] = false;
  }
  then["properties"]["parameters"] = property_of(info.parameters);
  if (info.parameters.required) required.push_back("parameters");
  if (!required.empty()) then["required"] = std::move(required);
  return {{"if", {{"properties", {{"fault", {{"const", info.name}}}}}, {"required", {"fault"}}}},
          {"then", std::move(then)}};
}

/// Which form of `value` a target's mode takes.
Json target_rule(TargetMode mode) {
  Json then;
  if (mode == TargetMode::kOne || mode == TargetMode::kAll) {
    then = {{"properties", {{"value", false}}}};
  } else {
    const bool is_fixed = mode == TargetMode::kFixed;
    const Json types = is_fixed ? Json{"integer", "array"} : Json("string");
    then = {{"properties", {{"value", {{"type", types}}}}}, {"required", {"value"}}};
  }
  return {{"if", {{"properties", {{"mode", {{"const", name_of(mode)}}}}}, {"required", {"mode"}}}},
          {"then", std::move(then)}};
}

void add_fault_rules(Json& fault) {
  for (const FaultInfo& info : fault_catalogue()) fault["allOf"].push_back(fault_rule(info));
  Json& target = fault["properties"]["target"];
  for (std::size_t mode = 0; mode < kTargetModeNames.size(); ++mode) {
    target["allOf"].push_back(target_rule(static_cast<TargetMode>(mode)));
  }
}

}  // namespace

std::string scenario_json_schema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Aftershock scenario"}};
  schema.update(property_of(scenario_schema()));
  schema["anyOf"] = Json::array({{{"required", {"faults"}}}, {{"required", {"nemesis"}}}});
  add_fault_rules(schema["properties"]["faults"]["items"]);
  Json& step = schema["properties"]["runbook"]["items"];
  for (const StepInfo& info : step_catalogue()) step["allOf"].push_back(step_rule(info));
  add_fault_rules(schema["properties"]["nemesis"]["properties"]["faults"]["items"]);
  Json& objectives = schema["properties"]["objectives"]["properties"];
  for (const char* name : {"rto", "rpo"}) {
    objectives[name]["if"] = {{"properties", {{"stated_by", {{"const", "derived"}}}}},
                              {"required", {"stated_by"}}};
    objectives[name]["then"] = {{"required", {"derivation"}}};
  }
  schema["$defs"] = definitions();
  return schema.dump(2) + "\n";
}

}  // namespace aftershock
