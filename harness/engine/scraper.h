// Scrapes every orchestrator, and knows which alerts fire. It is outside the fault domain, unless
// the cluster has its monitoring as a process: while that is down nothing is scraped and no alert
// fires.
#pragma once

#include "harness/alerts/alert_evaluator.h"
#include "harness/engine/activity.h"
#include "harness/engine/drill_context.h"
#include "reports/report.h"

namespace aftershock {

class Scraper {
 public:
  explicit Scraper(DrillContext& context);

  /// Spawns it; it ends with watch_stop.
  void start();
  /// In the order in which they fired, each with what the doctor said at that moment. Times count
  /// from time 0 of the fault timeline.
  const std::vector<AlertReport>& alerts() const { return alerts_; }
  /// The first time that the alert fired at or after `since`; null if it has not.
  const AlertReport* first_since(std::string_view alert, Duration since) const;
  /// When it last asked them.
  std::optional<Duration> last_round() const { return last_round_; }
  /// Every scrape, oldest first; only where the scenario has thresholds or a checklist.
  const std::vector<Scrape>& scrapes() const { return scrapes_; }
  /// From the first round on, a value each kInterval; without the leases.
  ActivityReport activity() const;

 private:
  void scrape_loop();
  /// Asks all side by side. Suspends.
  void scrape();
  void ask(std::size_t endpoint, Scrape& scrape);
  void note_alerts();
  void trace(const AlertReport& alert, bool fired) const;

  DrillContext& context_;
  TaskGroup calls_;
  ScrapeHistory history_;
  std::optional<Duration> last_round_;
  std::vector<Scrape> scrapes_;
  std::optional<Duration> first_round_;
  Activity activity_;
  AlertEvaluator evaluator_;
  std::vector<AlertReport> alerts_;
};

}  // namespace aftershock
