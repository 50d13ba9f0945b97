#include "harness/alerts/alert_evaluator.h"

namespace aftershock {

namespace {

bool is_true(const AlertRule& rule, const ScrapeHistory& history) {
  const auto value = evaluate(rule.expression, history);
  if (!value) return false;
  return rule.comparison == Comparison::above ? *value > rule.threshold : *value < rule.threshold;
}

}  // namespace

void AlertEvaluator::evaluate(const ScrapeHistory& history) {
  const delta::Duration now = history.newest().at;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    State& state = states_[i];
    if (!is_true(rules_[i], history)) {
      if (state.firing) fired_[*state.firing].resolved = now;
      state = {};
      continue;
    }
    if (!state.true_since) state.true_since = now;
    if (state.firing || now - *state.true_since < rules_[i].hold) continue;
    state.firing = fired_.size();
    fired_.push_back({&rules_[i], now, std::nullopt});
  }
}

}  // namespace aftershock
