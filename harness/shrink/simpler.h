// Simpler values, the simplest first. Simpler is rounder, or smaller without being less round;
// whoever goes from a value to a simpler one, again and again, comes to an end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace aftershock::shrink {

/// A handful of them, `least` among them if it is round enough.
std::vector<delta::Duration> simpler_durations(delta::Duration now, delta::Duration least);

/// Smaller counts: the least, half of the way, one less.
std::vector<std::uint32_t> smaller_counts(std::uint32_t now, std::uint32_t least);

/// Of something that need not happen at all, in parts per million: 0 and smaller round shares.
std::vector<std::uint32_t> smaller_shares(std::uint32_t ppm);

/// Of something that a fault does: always, every other time, rounder ones.
std::vector<std::uint32_t> rounder_shares(std::uint32_t ppm);

/// Longer intervals between two runs that people would write as a rate.
std::vector<delta::Duration> rarer(delta::Duration interval);

/// Schedules with less to say, the default first. What a schedule chooses is not shortened here.
std::vector<std::string> simpler_schedules(const std::string& now);

}  // namespace aftershock::shrink
