// What the parameters of faults are made of.
#include "harness/scenario/faults/families.h"
#include "harness/scenario/fields.h"

namespace aftershock {

using namespace std::chrono_literals;

Field fault_parameters(std::vector<Field> parameters) {
  bool required = false;
  for (const Field& field : parameters) required = required || field.required;
  Field all = fields::map("parameters", "Depends on the fault.", std::move(parameters));
  all.required = required;
  return all;
}

Field time_parameter(std::string_view key, std::string_view description, delta::Duration min,
                     std::string_view fallback) {
  return fields::duration(std::string(key), std::string(description), min, 24h,
                          std::string(fallback));
}

Field percent_parameter(std::string_view key, std::string_view description,
                        std::string_view fallback) {
  Field field = fields::percent(std::string(key), std::string(description), std::string(fallback));
  field.min = 1;
  return field;
}

Field count_parameter(std::string_view key, std::string_view description, std::int64_t min,
                      std::int64_t max, std::string_view fallback) {
  return fields::count(std::string(key), std::string(description), min, max, std::string(fallback));
}

Field flag_parameter(std::string_view key, std::string_view description, bool fallback) {
  return fields::flag(std::string(key), std::string(description), fallback);
}

Field choice_parameter(std::string_view key, std::string_view description,
                       std::span<const std::string_view> choices, std::string_view fallback) {
  return fields::choice(std::string(key), std::string(description), choices, std::string(fallback));
}

}  // namespace aftershock
