// A report of the consistency checks, for people and for programs.
#pragma once

#include <string>

#include "harness/check/run_checks.h"

namespace aftershock::check {

/// What was found, what it means, what to do; then the counts and one line that sums it up.
std::string text_of(const CheckReport& report, std::size_t width);

/// One JSON document with a line break at its end.
std::string json_of(const CheckReport& report);

/// "2 critical, 1 warning"; "clean" when there is neither.
std::string summary_of(const CheckReport& report);

}  // namespace aftershock::check
