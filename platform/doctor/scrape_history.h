// What the orchestrators' metrics were lately, as one who scrapes them from outside has seen it.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/metrics.h"

namespace delta::doctor {

/// All orchestrators at one moment.
struct Scrape {
  Duration at{};  ///< when their answers were there; from any beginning
  std::vector<std::optional<MetricsSnapshot>> endpoints;  ///< none: no answer
};

/// As much as the longest window of an alert rule looks back on.
class ScrapeHistory {
 public:
  static constexpr Duration kKept = std::chrono::minutes(5);

  /// Later than the one before, with as many endpoints or more: those did not answer before.
  void add(Scrape scrape);
  /// Oldest first; the last one is the present.
  const std::deque<Scrape>& scrapes() const { return scrapes_; }
  bool empty() const { return scrapes_.empty(); }
  const Scrape& newest() const { return scrapes_.back(); }
  /// The first scrape of the last `window`; the history must not be empty.
  std::size_t first_within(Duration window) const;
  /// The last scrape that is at least `age` old; null when there is none.
  const Scrape* before(Duration age) const;

 private:
  std::deque<Scrape> scrapes_;
};

}  // namespace delta::doctor
