// What an alert rule looks at: simple enough to be computed here and by Prometheus alike.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/alerts/scrape_history.h"

namespace aftershock {

constexpr double seconds(delta::Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

/// The series of one metric whose label has one of the values; without a label, all of them.
struct Selector {
  std::optional<delta::Metric> metric = {};  ///< none: `up`, 1 if the orchestrator was reached
  std::string_view label = {};
  std::span<const std::string_view> values = {};
};

enum class Over : std::uint8_t {
  latest,  ///< the present value, or that of `back` ago
  rate,    ///< growth a second over the last `back`; a counter that fell was started again
};
/// How the series of all orchestrators become one number.
enum class Fold : std::uint8_t { sum, max, min, max_size };

struct Term {
  Selector of;
  Fold fold = Fold::sum;
  Over over = Over::latest;
  delta::Duration back{};
};

struct Expression {
  Term term;
  std::optional<Term> divisor = {};
};

/// The number at the newest scrape, in seconds where the metric is a time. None: no series has a
/// value, as an orchestrator that cannot be reached has none.
std::optional<double> evaluate(const Term& term, const ScrapeHistory& history);
/// 0 / 0 is none.
std::optional<double> evaluate(const Expression& expression, const ScrapeHistory& history);

/// The same in Prometheus' language.
std::string promql(const Expression& expression);

}  // namespace aftershock
