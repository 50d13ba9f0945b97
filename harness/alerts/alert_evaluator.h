// Evaluates the alert rules scrape by scrape, as Prometheus does: inactive, pending, firing.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/alerts/alert_rules.h"

namespace aftershock {

/// One time that an alert fired.
struct FiredAlert {
  const AlertRule* rule = nullptr;
  delta::Duration at{};
  std::optional<delta::Duration> resolved;
};

class AlertEvaluator {
 public:
  /// The rules must outlive it.
  explicit AlertEvaluator(std::span<const AlertRule> rules = alert_rules())
      : rules_(rules), states_(rules.size()) {}

  /// After each scrape; it is evaluated as of the newest one.
  void evaluate(const ScrapeHistory& history);
  /// In the order in which they fired; the same alert may fire again.
  const std::vector<FiredAlert>& fired() const { return fired_; }

 private:
  struct State {
    std::optional<delta::Duration> true_since;
    std::optional<std::size_t> firing;  ///< its place in fired_
  };

  std::span<const AlertRule> rules_;
  std::vector<State> states_;
  std::vector<FiredAlert> fired_;
};

}  // namespace aftershock
