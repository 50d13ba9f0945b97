// The words of the report's enums, as the JSON spells them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "reports/report.h"

namespace aftershock {

// Each in its enum's order.
inline constexpr std::array<std::string_view, 4> kVerdictNames{"pass", "fail", "inconclusive",
                                                               "aborted"};
inline constexpr std::array<std::string_view, 5> kJudgementNames{
    "met", "met_assumed", "over_target", "breached", "not_measured"};
inline constexpr std::array<std::string_view, 3> kInvariantStatusNames{"held", "violated",
                                                                       "excepted"};
inline constexpr std::array<std::string_view, 6> kChangeKindNames{"added",   "removed", "scenario",
                                                                  "verdict", "rta",     "rpa"};

constexpr std::string_view name_of(Verdict value) { return kVerdictNames.at(std::size_t(value)); }
constexpr std::string_view name_of(Judgement value) {
  return kJudgementNames.at(std::size_t(value));
}
constexpr std::string_view name_of(InvariantStatus value) {
  return kInvariantStatusNames.at(std::size_t(value));
}
constexpr std::string_view name_of(ChangeKind value) {
  return kChangeKindNames.at(std::size_t(value));
}

}  // namespace aftershock
