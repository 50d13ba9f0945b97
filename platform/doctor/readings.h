// What the scrapes of a window come to: the numbers that the doctor judges.
#pragma once

#include <cstdint>
#include <optional>

#include "platform/doctor/scrape_history.h"

namespace delta::doctor {

/// How far orchestrators reach something that each of them needs.
enum class Reach : std::uint8_t {
  all,
  some,  ///< for a while now some do and others do not: the way between is broken
  none,  ///< nobody reached it at some time in the window
};

/// Counts are what was added in the window, over all orchestrators; a restart begins from 0.
/// Present values are of the newest scrape; none: nobody could read it.
struct Readings {
  std::size_t orchestrators = 0;
  std::size_t answering = 0;
  std::int64_t missed_scrapes = 0;

  Reach database = Reach::all;
  std::int64_t transactions = 0;
  std::int64_t failed_transactions = 0;
  Duration transaction_p95{};  ///< upper bound of its bucket; max() beyond the last
  Duration clock_offset{};     ///< the farthest

  Reach queue = Reach::all;
  std::optional<std::int64_t> queue_depth;
  std::optional<Duration> queue_oldest;
  std::optional<Duration> outbox_oldest;

  std::int64_t rounds = 0;  ///< of the background loops
  std::int64_t failed_rounds = 0;
  std::optional<Duration> schedule_lag;  ///< of the fire that has been due longest

  std::int64_t answers = 0;
  std::int64_t not_done = 0;  ///< of them said unavailable or unknown

  std::int64_t runners = 0;
  std::int64_t runners_before = 0;  ///< the most that were seen at once in what is kept
  std::int64_t slots = 0;
  std::int64_t busy_slots = 0;

  std::int64_t granted = 0;
  std::int64_t expired = 0;
  std::int64_t retried_blameless = 0;  ///< for any reason but the job's own failure
  std::int64_t stale_messages = 0;

  std::int64_t upload_failures = 0;
  std::int64_t artifacts = 0;
  std::int64_t missing_artifacts = 0;
  std::int64_t secret_failures = 0;
};

/// The history must not be empty.
Readings read(const ScrapeHistory& history, Duration window);

}  // namespace delta::doctor
