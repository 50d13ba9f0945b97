// The plan of exercises: what is drilled how often, read strictly from a YAML file.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "harness/calendar/rhythm.h"
#include "harness/scenario/text.h"

namespace aftershock::calendar {

struct Exercise {
  std::string id;
  std::string title;
  std::string document;  ///< that asks for it
  std::string section;
  Rhythm rhythm;
  std::uint32_t hour = 9;  ///< of UTC
  /// Scenario files and folders that are run. Empty: people do it, and say that they did.
  std::vector<std::string> drills;
};

struct Plan {
  std::string title;
  std::vector<Exercise> exercises;
};

/// The plan in the file, or every error in it, as with scenarios.
std::expected<Plan, std::vector<Diagnostic>> load_plan(const std::string& path);

/// "first Tuesday of the month", "Monday", "within 30 days of an incident".
std::string text_of(const Rhythm& rhythm);

}  // namespace aftershock::calendar
