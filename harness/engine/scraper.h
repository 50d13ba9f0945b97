// Scrapes every orchestrator from outside the fault domain, and knows which alerts fire.
#pragma once

#include "harness/alerts/alert_evaluator.h"
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
  /// Every scrape, oldest first; only where the scenario has thresholds.
  const std::vector<Scrape>& scrapes() const { return scrapes_; }

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
  std::vector<Scrape> scrapes_;
  AlertEvaluator evaluator_;
  std::vector<AlertReport> alerts_;
};

}  // namespace aftershock
