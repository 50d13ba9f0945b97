// Loading a scenario file, strictly.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "harness/scenario/text.h"

namespace aftershock {

/// The scenario in the file at `path`, or every error in it, sorted by position (at most 50, then
/// one entry that counts the rest). Any file gives one or the other: nothing is thrown for bad
/// input. Reads the file, does not suspend.
std::expected<Scenario, std::vector<Diagnostic>> load_scenario(const std::string& path);

/// The same for text that is already read (UTF-8 without control characters, as read_text()
/// gives it); `path` names it in messages, and its stem is the name the scenario must have.
std::expected<Scenario, std::vector<Diagnostic>> parse_scenario(const std::string& text,
                                                                const std::string& path);

}  // namespace aftershock
