#include "harness/shrink/simpler.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/check.h"
#include "harness/schedule.h"

namespace aftershock::shrink {
namespace {

using delta::Duration;
using namespace std::chrono_literals;

/// What people write when any time would do.
constexpr auto kRoundTimes = std::to_array<Duration>(
    {0s,  1ms,  2ms,  5ms,  10ms, 20ms,  50ms,  100ms, 200ms, 500ms, 1s, 2s, 5s,  10s, 20s,
     30s, 1min, 2min, 3min, 5min, 10min, 15min, 20min, 30min, 1h,    2h, 6h, 12h, 24h});

/// From these on a time is rounder than the next; those of kRoundTimes are the roundest.
constexpr auto kGrains = std::to_array<Duration>({1min, 10s, 5s, 1s, 100ms, 1ms});

/// 0 is the roundest.
std::size_t roughness(Duration time) {
  if (std::ranges::binary_search(kRoundTimes, time)) return 0;
  const auto grain =
      std::ranges::find_if(kGrains, [&](Duration each) { return time % each == Duration{}; });
  return 1 + static_cast<std::size_t>(grain - kGrains.begin());
}

/// The largest of the ascending values that is at most `limit`.
template <class T>
const T* at_most(std::span<const T> values, T limit) {
  const auto after = std::ranges::upper_bound(values, limit);
  return after == values.begin() ? nullptr : &*std::prev(after);
}

template <class T>
void add_once(std::vector<T>& all, T value) {
  if (std::ranges::find(all, value) == all.end()) all.push_back(value);
}

}  // namespace

std::vector<Duration> simpler_durations(Duration now, Duration least) {
  const std::size_t rough = roughness(now);
  std::vector<Duration> all;
  const auto add = [&](Duration value) {
    if (value < least) return;
    const std::size_t its = roughness(value);
    if (its < rough || (its == rough && value < now)) add_once(all, value);
  };
  add(least);
  const std::span<const Duration> round(kRoundTimes);
  for (const Duration limit : {now / 4, now / 2, now - Duration{1}}) {
    if (const Duration* below = at_most(round, limit)) add(*below);
  }
  const auto above = std::ranges::upper_bound(round, now);
  if (above != round.end()) add(*above);
  for (const Duration grain : kGrains) {
    add(now / grain * grain);
    add((now / grain + 1) * grain);
  }
  return all;
}

std::vector<std::uint32_t> smaller_counts(std::uint32_t now, std::uint32_t least) {
  std::vector<std::uint32_t> all;
  if (now <= least) return all;
  for (const std::uint32_t value : {least, least + (now - least) / 2, now - 1}) {
    add_once(all, value);
  }
  return all;
}

std::vector<std::uint32_t> smaller_shares(std::uint32_t ppm) {
  static constexpr auto round =
      std::to_array<std::uint32_t>({0, 10'000, 20'000, 50'000, 100'000, 200'000, 250'000, 500'000});
  std::vector<std::uint32_t> all;
  if (ppm == 0) return all;
  for (const std::uint32_t limit : {0U, ppm / 2, ppm - 1}) {
    add_once(all, *at_most(std::span<const std::uint32_t>(round), limit));
  }
  return all;
}

std::vector<std::uint32_t> rounder_shares(std::uint32_t ppm) {
  constexpr std::uint32_t whole = 1'000'000, half = whole / 2, tenth = whole / 10;
  std::vector<std::uint32_t> all;
  if (ppm == whole) return all;
  all.push_back(whole);
  if (ppm == half) return all;
  all.push_back(half);
  if (ppm % tenth != 0) all.push_back((ppm / tenth + 1) * tenth);
  return all;
}

std::vector<Duration> rarer(Duration interval) {
  static constexpr auto round =
      std::to_array<Duration>({1s, 2s, 5s, 10s, 20s, 30s, 1min, 2min, 5min, 10min});
  std::vector<Duration> all;
  for (const Duration least : {round.back(), 8 * interval, 3 * interval, interval + 1ns}) {
    const auto next = std::ranges::lower_bound(round, least);
    if (next != round.end() && *next > interval) add_once(all, *next);
  }
  return all;
}

std::vector<std::string> simpler_schedules(const std::string& now) {
  const auto spec = parse_schedule(now);
  CHECK(spec.has_value());
  std::vector<std::string> all;
  if (spec->is_default()) return all;
  const auto add = [&](const ScheduleSpec& simpler) {
    if (const std::string text = text_of(simpler); text != now) add_once(all, text);
  };
  add({});
  if (spec->kind == sim::Schedule::random) return all;
  add({.kind = sim::Schedule::round_robin});
  if (spec->tick > Duration{}) {
    ScheduleSpec exact = *spec;
    exact.tick = Duration{};
    add(exact);
  }
  for (const std::uint32_t depth : smaller_counts(spec->pct_depth, 1)) {
    ScheduleSpec shallow = *spec;
    shallow.pct_depth = depth;
    if (spec->kind == sim::Schedule::pct) add(shallow);
  }
  return all;
}

}  // namespace aftershock::shrink
