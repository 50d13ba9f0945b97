// What the table of the scenario format is written in: one function a type of field.
#pragma once

#include "harness/scenario/schema.h"

namespace aftershock::fields {

// A field without a fallback is required; see optional().
Field text(std::string key, std::string description, std::string fallback = {});
Field name(std::string key, std::string description);
Field duration(std::string key, std::string description, delta::Duration min, delta::Duration max,
               std::string fallback = {});
Field count(std::string key, std::string description, std::int64_t min, std::int64_t max,
            std::string fallback = {});
Field percent(std::string key, std::string description, std::string fallback = {});
Field flag(std::string key, std::string description, bool fallback);
Field choice(std::string key, std::string description, std::span<const std::string_view> choices,
             std::string fallback = {});
Field map(std::string key, std::string description, std::vector<Field> fields);
Field list(std::string key, std::string description, std::int64_t fewest,
           std::vector<Field> fields);

/// The same field, which may be absent.
Field optional(Field field);

}  // namespace aftershock::fields
