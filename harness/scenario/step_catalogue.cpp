// Every step that a scenario's runbook may name.
#include "harness/scenario/step_catalogue.h"

#include <algorithm>

#include "core/check.h"
#include "harness/scenario/fields.h"

namespace aftershock {
namespace {

using namespace fields;

Field parameters(std::vector<Field> all = {}) {
  bool required = false;
  for (const Field& field : all) required = required || field.required;
  Field map = fields::map("parameters", "Depends on the step.", std::move(all));
  map.required = required;
  return map;
}

std::vector<StepInfo> make_catalogue() {
  static constexpr std::array<std::string_view, 2> programs{kRoleNames[0], kRoleNames[1]};
  return {
      {"lift_fault", "Repairs what a fault broke, before its duration is over.",
       parameters({name("fault", "The id of a fault with a duration.")})},
      {"restart", "Restarts every process of a role, one after another.",
       parameters({choice("role", "Whose processes.", programs)})},
  };
}

}  // namespace

std::span<const StepInfo> step_catalogue() {
  static const std::vector<StepInfo> catalogue = make_catalogue();
  return catalogue;
}

const StepInfo& step_info(std::string_view name) {
  const auto found = std::ranges::find(step_catalogue(), name, &StepInfo::name);
  CHECK(found != step_catalogue().end());
  return *found;
}

}  // namespace aftershock
