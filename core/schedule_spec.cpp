#include "core/schedule_spec.h"

#include <algorithm>
#include <span>

#include "core/check.h"
#include "core/sha256.h"

namespace delta {

namespace {

// What one transaction may have to create.
constexpr std::size_t kMostJobsAtOnce = 10'000;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestText = 256;

}  // namespace

ScheduleId schedule_id(std::string_view name) {
  const Digest digest = sha256(name);
  ScheduleId id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.hi = id.hi << 8 | digest[i];
    id.lo = id.lo << 8 | digest[8 + i];
  }
  return id;
}

bool is_schedule_name(std::string_view name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto is_part = [&](char c) { return is_plain(c) || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && name.size() <= kLongestName && is_plain(name.front()) &&
         std::ranges::all_of(name, is_part);
}

std::string problem(const ScheduleSpec& spec) {
  if (!is_schedule_name(spec.name)) {
    return "a schedule's name is 1 to 64 lower-case letters, digits, '-', '_' and '.', and begins "
           "with a letter or a digit";
  }
  if (spec.run == nullptr) return "a schedule needs a run";
  if (spec.timing.expression.size() > kLongestText || spec.timing.zone.size() > kLongestText) {
    return "the expression and the zone have at most 256 characters";
  }
  if (spec.cap < 1 || spec.cap > kMostCaughtUp) return "the cap must be from 1 to 100";
  if (spec.catch_up == CatchUp::all && spec.cap * spec.run->jobs.size() > kMostJobsAtOnce) {
    return "the cap times the jobs of a run must be at most 10000";
  }
  if (spec.timing.kind != ScheduleKind::interval) return {};
  const auto period = parse_duration(spec.timing.expression);
  if (!period) return "the interval: " + period.error().message;
  if (*period < kShortestInterval) return "the interval must be at least 1s";
  if (spec.timing.zone != "UTC") return "an interval knows no time zone";
  return {};
}

Duration period_of(const ScheduleTiming& timing) {
  const auto period = parse_duration(timing.expression);
  CHECK(timing.kind == ScheduleKind::interval && period.has_value());
  return *period;
}

}  // namespace delta
