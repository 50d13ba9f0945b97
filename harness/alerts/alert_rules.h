// The alert rules of Delta CI: one table for the simulated world and for Prometheus.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/alerts/expression.h"
#include "harness/culprit.h"

namespace aftershock {

enum class Comparison : std::uint8_t { above, below };
enum class Severity : std::uint8_t { warning, critical };
std::string_view name_of(Severity severity);

struct AlertRule {
  std::string_view name;
  Expression expression;
  Comparison comparison = Comparison::above;
  double threshold = 0;
  delta::Duration hold{};  ///< fires when it was true for so long
  Severity severity = Severity::warning;
  Culprit points_at = Culprit::none;
  std::string_view summary;  ///< one sentence
};

/// Names are unique.
std::span<const AlertRule> alert_rules();

/// "min(delta_database_up) < 1": the whole condition in Prometheus' language.
std::string condition(const AlertRule& rule);
/// Where the runbook says what to do about it.
std::string runbook(const AlertRule& rule);

/// Prometheus' rules file (YAML), ending with a line break:
/// deploy/prometheus/aftershock-alerts.yml.
std::string prometheus_rules();

}  // namespace aftershock
