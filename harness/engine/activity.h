// What the drill is like over time, as one who scrapes the metrics sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ports/transport.h"
#include "platform/doctor/scrape_history.h"
#include "reports/activity.h"

namespace aftershock {

/// Requests of clients, as they see them. Only grow.
struct CallCounts {
  std::uint64_t asked = 0;
  std::uint64_t failed = 0;  ///< no answer, or `unavailable` or `unknown`
};

/// Notes a value of each measure at equal distances. What cannot be read then has none.
class Activity {
 public:
  /// `scrape`: null: nobody scraped. `calls`: until now.
  void add(const delta::doctor::Scrape* scrape, const CallCounts& calls);
  std::vector<SeriesReport> series() const;

 private:
  /// What one orchestrator had counted when it last answered.
  struct Counted {
    std::int64_t ended = 0;
    std::int64_t lost = 0;
  };
  struct Moment {
    std::optional<std::int64_t> ended, queued, leased, lost;
    std::int64_t failed_ppm = 0;
    bool asked = false;
  };

  std::vector<std::optional<Counted>> counted_;  ///< by endpoint
  CallCounts calls_;
  std::vector<Moment> moments_;
};

}  // namespace aftershock
