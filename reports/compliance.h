// How many drills of a system or a scenario met their objectives. Counts, and no score made of
// them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.h"

namespace aftershock {

/// How a drill stands to its objectives: each is in one of these. The first four passed.
enum class Standing : std::uint8_t {
  met,
  assumed,    ///< mostly of assumed time
  over,       ///< over the target, within the max
  undecided,  ///< objectives do not decide: a rule was to break, or only safety was asked for
  breached,
  broken,  ///< failed for another reason
  inconclusive,
  aborted
};
inline constexpr std::array<std::string_view, 8> kStandingNames{
    "Met",      "Met under assumptions", "Over target",  "Objectives do not decide",
    "Breached", "Failed otherwise",      "Inconclusive", "Aborted"};
Standing standing_of(const DrillReport& drill);

struct Compliance {
  std::string name;
  std::array<std::uint64_t, kStandingNames.size()> counts{};  ///< by Standing

  std::uint64_t drills() const;
  std::uint64_t passed() const;
};

/// The drills of one world, counted by their `member`: DrillReport::system. Sorted by name.
std::vector<Compliance> compliance_by(std::string DrillReport::* member, const Report& report,
                                      const std::string& world);

}  // namespace aftershock
