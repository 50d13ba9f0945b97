// Scrapes of orchestrators that a test makes up, five seconds apart.
#pragma once

#include "harness/alerts/scrape_history.h"

namespace aftershock {

using namespace std::chrono_literals;

/// Every counter at 0, everything up, nothing to do, ten runners at each orchestrator.
inline delta::MetricsSnapshot healthy_snapshot() {
  using delta::Metric;
  delta::MetricsSnapshot snapshot = delta::Metrics().snapshot();
  for (const Metric gauge : {Metric::queue_depth, Metric::queue_oldest_age, Metric::leases_active,
                             Metric::outbox_depth, Metric::outbox_oldest_age, Metric::scheduler_lag,
                             Metric::oldest_xmin_age, Metric::replication_lag, Metric::schedule_lag,
                             Metric::db_clock_offset, Metric::runner_slots_busy}) {
    snapshot.set(gauge, 0);
  }
  snapshot.set(Metric::database_up, 1);
  snapshot.set(Metric::queue_up, 1);
  snapshot.set(Metric::runners_seen, 10);
  snapshot.set(Metric::runner_slots, 40);
  return snapshot;
}

/// Orchestrators whose metrics a test moves from scrape to scrape.
class FakeOrchestrators {
 public:
  static constexpr delta::Duration kStep = 5s;

  explicit FakeOrchestrators(std::size_t count) : now_(count, healthy_snapshot()) {}

  delta::MetricsSnapshot& operator[](std::size_t endpoint) { return now_[endpoint]; }
  void set(delta::Metric gauge, std::int64_t value) {
    for (auto& snapshot : now_) snapshot.set(gauge, value);
  }
  void add(delta::Series counter, std::int64_t count, std::size_t endpoint = 0) {
    now_[endpoint].set(counter, now_[endpoint].value(counter).value() + count);
  }
  void set_reachable(std::size_t endpoint, bool reachable) {
    unreachable_.resize(now_.size());
    unreachable_[endpoint] = !reachable;
  }

  /// The next scrape, five seconds after the last.
  Scrape scrape() {
    Scrape scrape;
    scrape.at = next_;
    next_ += kStep;
    unreachable_.resize(now_.size());
    for (std::size_t i = 0; i < now_.size(); ++i) {
      scrape.endpoints.push_back(unreachable_[i] ? std::nullopt : std::optional(now_[i]));
    }
    return scrape;
  }

 private:
  std::vector<delta::MetricsSnapshot> now_;
  std::vector<bool> unreachable_;
  delta::Duration next_{};
};

}  // namespace aftershock
