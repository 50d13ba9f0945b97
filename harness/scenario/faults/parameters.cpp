// What the parameters of faults are made of.
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

Field parameter(FieldType type, std::string_view key, std::string_view description,
                std::string_view fallback) {
  return {.key = std::string(key),
          .type = type,
          .description = std::string(description),
          .required = fallback.empty(),
          .fallback = std::string(fallback)};
}

}  // namespace

Field fault_parameters(std::vector<Field> fields) {
  bool required = false;
  for (const Field& field : fields) required = required || field.required;
  return {.key = "parameters",
          .type = FieldType::kMap,
          .description = "Depends on the fault.",
          .required = required,
          .fields = std::move(fields)};
}

Field time_parameter(std::string_view key, std::string_view description, delta::Duration min,
                     std::string_view fallback) {
  Field field = parameter(FieldType::kDuration, key, description, fallback);
  field.min = min.count();
  field.max = delta::Duration(24h).count();
  return field;
}

Field percent_parameter(std::string_view key, std::string_view description,
                        std::string_view fallback) {
  Field field = parameter(FieldType::kPercent, key, description, fallback);
  field.min = 1;
  field.max = 1'000'000;
  return field;
}

Field count_parameter(std::string_view key, std::string_view description, std::int64_t min,
                      std::int64_t max, std::string_view fallback) {
  Field field = parameter(FieldType::kCount, key, description, fallback);
  field.min = min;
  field.max = max;
  return field;
}

Field flag_parameter(std::string_view key, std::string_view description, bool fallback) {
  Field field = parameter(FieldType::kFlag, key, description, fallback ? "true" : "false");
  field.max = 1;
  return field;
}

Field choice_parameter(std::string_view key, std::string_view description,
                       std::span<const std::string_view> choices, std::string_view fallback) {
  Field field = parameter(FieldType::kChoice, key, description, fallback);
  field.choices = choices;
  return field;
}

}  // namespace aftershock
