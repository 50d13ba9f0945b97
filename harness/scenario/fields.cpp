#include "harness/scenario/fields.h"

namespace aftershock::fields {

Field text(std::string key, std::string description, std::string fallback) {
  return {.key = std::move(key),
          .description = std::move(description),
          .required = fallback.empty(),
          .fallback = std::move(fallback)};
}

Field name(std::string key, std::string description) {
  return {.key = std::move(key), .type = FieldType::kName, .description = std::move(description)};
}

Field duration(std::string key, std::string description, delta::Duration min, delta::Duration max,
               std::string fallback) {
  return {.key = std::move(key),
          .type = FieldType::kDuration,
          .description = std::move(description),
          .required = fallback.empty(),
          .fallback = std::move(fallback),
          .min = min.count(),
          .max = max.count()};
}

Field count(std::string key, std::string description, std::int64_t min, std::int64_t max,
            std::string fallback) {
  return {.key = std::move(key),
          .type = FieldType::kCount,
          .description = std::move(description),
          .required = fallback.empty(),
          .fallback = std::move(fallback),
          .min = min,
          .max = max};
}

Field percent(std::string key, std::string description, std::string fallback) {
  return {.key = std::move(key),
          .type = FieldType::kPercent,
          .description = std::move(description),
          .required = fallback.empty(),
          .fallback = std::move(fallback),
          .max = 1'000'000};
}

Field flag(std::string key, std::string description, bool fallback) {
  return {.key = std::move(key),
          .type = FieldType::kFlag,
          .description = std::move(description),
          .required = false,
          .fallback = fallback ? "true" : "false",
          .max = 1};
}

Field choice(std::string key, std::string description, std::span<const std::string_view> choices,
             std::string fallback) {
  return {.key = std::move(key),
          .type = FieldType::kChoice,
          .description = std::move(description),
          .required = fallback.empty(),
          .fallback = std::move(fallback),
          .choices = choices};
}

Field map(std::string key, std::string description, std::vector<Field> fields) {
  return {.key = std::move(key),
          .type = FieldType::kMap,
          .description = std::move(description),
          .fields = std::move(fields)};
}

Field list(std::string key, std::string description, std::int64_t fewest,
           std::vector<Field> fields) {
  return {.key = std::move(key),
          .type = FieldType::kList,
          .description = std::move(description),
          .min = fewest,
          .fields = std::move(fields)};
}

Field optional(Field field) {
  field.required = false;
  return field;
}

}  // namespace aftershock::fields
