// What a drill was like over time: what its charts are drawn from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace aftershock {

/// Values of one measure at equal distances of time.
struct SeriesReport {
  std::string name;                                      ///< "queue_depth"
  std::string unit;                                      ///< "attempts"
  std::vector<std::optional<std::int64_t>> values = {};  ///< none: nobody could read it then
};

/// A lease of one attempt, from the commit that granted it to the one that ended it.
struct LeaseReport {
  std::string runner;   ///< its host
  std::string attempt;  ///< "3f2a91bc/0", with " try 2" when it is not the first
  delta::Duration from{};
  std::optional<delta::Duration> until = {};  ///< none: it was held to the last
  std::string ended =
      {};  ///< the attempt's last state, or "undone" by a restore; empty: it was not
};

struct ActivityReport {
  delta::Duration begin{};  ///< of the first value of each series
  delta::Duration step{};   ///< from one value to the next
  std::vector<SeriesReport> series = {};
  std::vector<LeaseReport> leases = {};  ///< around the faults and the recovery, as granted
  std::uint64_t leases_left_out = 0;     ///< of that time, beyond kMostLeases
};
inline constexpr std::size_t kMostLeases = 200;

}  // namespace aftershock
