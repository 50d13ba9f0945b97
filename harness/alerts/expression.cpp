#include "harness/alerts/expression.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/check.h"

namespace aftershock {

namespace {

using delta::Duration;

/// One series of one orchestrator.
struct Source {
  std::size_t endpoint = 0;
  std::optional<std::size_t> position;  ///< none: up
  bool is_time = false;

  std::optional<double> in(const Scrape& scrape) const {
    const auto& snapshot = scrape.endpoints[endpoint];
    if (!position) return snapshot ? 1.0 : 0.0;
    const auto value = snapshot ? snapshot->at(*position) : std::nullopt;
    if (!value) return std::nullopt;
    return is_time ? seconds(Duration(*value)) : static_cast<double>(*value);
  }
};

/// What PromQL's rate() gives, extrapolation included (prometheus 2.x, extrapolatedRate).
std::optional<double> rate(const Source& source, const ScrapeHistory& history, Duration window) {
  double first = 0, last = 0, grown = 0;
  Duration first_at{}, last_at{};
  std::size_t count = 0;
  for (std::size_t i = history.first_within(window); i < history.scrapes().size(); ++i) {
    const Scrape& scrape = history.scrapes()[i];
    const auto value = source.in(scrape);
    if (!value) continue;
    if (count++ == 0) {
      first = *value;
      first_at = scrape.at;
    } else if (*value < last) {
      grown += last;  // a restart: it counted from 0 again
    }
    last = *value;
    last_at = scrape.at;
  }
  if (count < 2) return std::nullopt;
  grown += last - first;
  const double sampled = seconds(last_at - first_at);
  const double between = sampled / static_cast<double>(count - 1);
  double to_start = seconds(first_at - (history.newest().at - window));
  const double to_end = seconds(history.newest().at - last_at);
  if (grown > 0) to_start = std::min(to_start, sampled * (first / grown));  // it was 0 before
  double covered = sampled;
  covered += to_start < between * 1.1 ? to_start : between / 2;
  covered += to_end < between * 1.1 ? to_end : between / 2;
  return grown * (covered / sampled / seconds(window));
}

std::optional<double> value_of(const Source& source, const Term& term,
                               const ScrapeHistory& history) {
  if (term.over == Over::rate) return rate(source, history, term.back);
  const Scrape* scrape = history.before(term.back);
  return scrape == nullptr ? std::nullopt : source.in(*scrape);
}

bool selects(const Selector& selector, delta::Series series) {
  if (selector.label.empty()) return true;
  const auto& labels = delta::info_of(series.metric).labels;
  const std::size_t which = labels[0].name == selector.label ? 0 : 1;
  CHECK(labels.at(which).name == selector.label);
  return std::ranges::count(selector.values, label_value(series, which)) > 0;
}

double folded(Fold fold, std::optional<double> so_far, double value) {
  if (fold == Fold::max_size) value = std::abs(value);
  if (!so_far) return value;
  switch (fold) {
    case Fold::sum: return *so_far + value;
    case Fold::min: return std::min(*so_far, value);
    case Fold::max:
    case Fold::max_size: return std::max(*so_far, value);
  }
  CHECK(false);
  return 0;
}

}  // namespace

std::optional<double> evaluate(const Term& term, const ScrapeHistory& history) {
  std::optional<double> result;
  const auto add = [&](const Source& source) {
    if (const auto value = value_of(source, term, history)) {
      result = folded(term.fold, result, *value);
    }
  };
  for (std::size_t endpoint = 0; endpoint < history.newest().endpoints.size(); ++endpoint) {
    if (!term.of.metric) {
      add({endpoint, std::nullopt, false});
      continue;
    }
    const delta::MetricInfo& info = delta::info_of(*term.of.metric);
    for (std::size_t index = 0; index < delta::series_of(info); ++index) {
      const delta::Series series(*term.of.metric, index);
      if (!selects(term.of, series)) continue;
      add({endpoint, series.position(), info.unit == delta::MetricUnit::nanoseconds});
    }
  }
  return result;
}

std::optional<double> evaluate(const Expression& expression, const ScrapeHistory& history) {
  const auto value = evaluate(expression.term, history);
  if (!value || !expression.divisor) return value;
  const auto divisor = evaluate(*expression.divisor, history);
  if (!divisor) return std::nullopt;
  if (*divisor > 0) return *value / *divisor;
  if (*value > 0) return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

namespace {

std::string selector_text(const Selector& selector) {
  if (!selector.metric) return "up{job=\"delta-orchestrator\"}";
  std::string text(delta::info_of(*selector.metric).name);
  if (selector.label.empty()) return text;
  std::string values;
  for (const std::string_view value : selector.values) {
    values += (values.empty() ? "" : "|") + std::string(value);
  }
  return text + "{" + std::string(selector.label) + "=~\"" + values + "\"}";
}

std::string term_text(const Term& term) {
  std::string text = selector_text(term.of);
  const std::string back = delta::format_duration(term.back);
  if (term.over == Over::rate) {
    text = "rate(" + text + "[" + back + "])";
  } else if (term.back > Duration{}) {
    text += " offset " + back;
  }
  switch (term.fold) {
    case Fold::sum: return "sum(" + text + ")";
    case Fold::max: return "max(" + text + ")";
    case Fold::min: return "min(" + text + ")";
    case Fold::max_size: return "max(abs(" + text + "))";
  }
  CHECK(false);
  return text;
}

}  // namespace

std::string promql(const Expression& expression) {
  const std::string text = term_text(expression.term);
  return expression.divisor ? text + " / " + term_text(*expression.divisor) : text;
}

}  // namespace aftershock
