// The format of scenario files as one table. The loader's checks, its defaults and
// scenarios/scenario.schema.json all come from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/text.h"
#include "harness/scenario/words.h"

namespace aftershock {

/// Memory and time of a drill have to end somewhere; 100,000 runners are what we measure.
inline constexpr std::int64_t kMostRunners = 100'000;

enum class FieldType : std::uint8_t {
  kText,        ///< anything but blank
  kName,        ///< lower-case letters, digits, '-' and '_', beginning with a letter
  kDuration,    ///< number(): nanoseconds
  kRate,        ///< number(): nanoseconds between two
  kPercent,     ///< number(): parts per million
  kCount,       ///< number(): itself
  kFlag,        ///< number(): 0 or 1
  kThreshold,   ///< see parse_threshold()
  kChoice,      ///< number(): index in `choices`
  kMap,         ///< of `fields`
  kList,        ///< of maps of `fields`
  kSelection,   ///< a target's value: a count, a percentage, or a list of counts
  kOutcome,     ///< one of `choices`, or a map of `fields`
  kParameters,  ///< a fault's parameters: a map whose fields depend on the fault's kind
};

/// One key of a map, or one item of a list.
struct Field {
  std::string key = {};
  FieldType type = FieldType::kText;
  std::string description = {};
  bool required = true;
  std::string fallback = {};  ///< as a file would write it; only where not required
  std::int64_t min = 0;       ///< in number()'s unit; of a list: fewest items
  std::int64_t max = 0;       ///< in number()'s unit
  std::span<const std::string_view> choices = {};
  std::vector<Field> fields = {};

  /// The field of this key; null when there is none.
  const Field* find(std::string_view wanted) const;
};

/// The whole file: a map without a key.
const Field& scenario_schema();

/// The value of a scalar in number()'s unit, checked against the field's range and choices.
/// Text and names give 0, a threshold its limit. Not for maps, lists and selections.
Parsed<std::int64_t> read_scalar(const Field& field, std::string_view text);

/// JSON Schema (draft 2020-12) of the same table, ending with a line break.
std::string scenario_json_schema();

}  // namespace aftershock
