// Expressions over scrapes give what Prometheus would give.
#include "harness/alerts/expression.h"

#include <gtest/gtest.h>

#include "tests/unit/scrape_fixture.h"

namespace aftershock {
namespace {

using delta::Metric;

const Term kExpired{{Metric::lease_expirations_total}, Fold::sum, Over::rate, 1min};

TEST(AlertExpression, ARateIsTheGrowthASecondExtrapolatedToTheWindow) {
  FakeOrchestrators orchestrators(1);
  ScrapeHistory history;
  for (int i = 0; i < 3; ++i) {
    history.add(orchestrators.scrape());
    orchestrators.add(Metric::lease_expirations_total, 5);
  }
  // 0, 5, 10 in ten seconds; it was 0 at the beginning, so nothing is assumed before.
  EXPECT_DOUBLE_EQ(evaluate(kExpired, history).value(), 10.0 / 60);
  for (int i = 0; i < 20; ++i) {
    history.add(orchestrators.scrape());
    orchestrators.add(Metric::lease_expirations_total, 5);
  }
  EXPECT_DOUBLE_EQ(evaluate(kExpired, history).value(), 1.0);
}

TEST(AlertExpression, OneSampleHasNoRate) {
  FakeOrchestrators orchestrators(1);
  ScrapeHistory history;
  history.add(orchestrators.scrape());
  EXPECT_FALSE(evaluate(kExpired, history));
}

TEST(AlertExpression, ACounterThatFellWasStartedAgain) {
  FakeOrchestrators orchestrators(1);
  ScrapeHistory history;
  orchestrators.add(Metric::lease_expirations_total, 1000);
  for (int i = 0; i < 13; ++i) {
    if (i == 6) orchestrators[0] = healthy_snapshot();
    history.add(orchestrators.scrape());
  }
  EXPECT_DOUBLE_EQ(evaluate(kExpired, history).value(), 0);
  orchestrators.add(Metric::lease_expirations_total, 6);
  history.add(orchestrators.scrape());
  EXPECT_NEAR(evaluate(kExpired, history).value(), 0.1, 1e-9);
}

TEST(AlertExpression, AnOrchestratorThatIsNotReachedHasOnlyUp) {
  FakeOrchestrators orchestrators(2);
  ScrapeHistory history;
  orchestrators[0].set(Metric::queue_depth, 3);
  orchestrators[1].set(Metric::queue_depth, 5);
  history.add(orchestrators.scrape());
  const Term depth{{Metric::queue_depth}, Fold::sum};
  const Term up{{}, Fold::min};
  EXPECT_DOUBLE_EQ(evaluate(depth, history).value(), 8);
  EXPECT_DOUBLE_EQ(evaluate(up, history).value(), 1);
  orchestrators.set_reachable(1, false);
  history.add(orchestrators.scrape());
  EXPECT_DOUBLE_EQ(evaluate(depth, history).value(), 3);
  EXPECT_DOUBLE_EQ(evaluate(up, history).value(), 0);
  orchestrators.set_reachable(0, false);
  history.add(orchestrators.scrape());
  EXPECT_FALSE(evaluate(depth, history));
}

TEST(AlertExpression, TimesAreInSecondsAndSizesWithoutSign) {
  FakeOrchestrators orchestrators(2);
  ScrapeHistory history;
  orchestrators[1].set(Metric::db_clock_offset, delta::Duration(-90s).count());
  history.add(orchestrators.scrape());
  EXPECT_DOUBLE_EQ(evaluate(Term{{Metric::db_clock_offset}, Fold::max_size}, history).value(), 90);
  EXPECT_DOUBLE_EQ(evaluate(Term{{Metric::db_clock_offset}, Fold::max}, history).value(), 0);
}

TEST(AlertExpression, ThePastIsWhatWasKnownThen) {
  FakeOrchestrators orchestrators(1);
  ScrapeHistory history;
  const Term before{{Metric::runners_seen}, Fold::sum, Over::latest, 5min};
  for (int i = 0; i < 60; ++i) history.add(orchestrators.scrape());
  EXPECT_FALSE(evaluate(before, history)) << "five minutes ago nobody looked";
  orchestrators.set(Metric::runners_seen, 4);
  for (int i = 0; i < 60; ++i) history.add(orchestrators.scrape());
  EXPECT_DOUBLE_EQ(evaluate(before, history).value(), 10);
  history.add(orchestrators.scrape());
  EXPECT_DOUBLE_EQ(evaluate(before, history).value(), 4);
  EXPECT_LE(history.scrapes().size(), 62U) << "what no rule looks at is forgotten";
}

TEST(AlertExpression, ARatioOfNothingIsNothingAndOfSomethingToNothingIsBoundless) {
  FakeOrchestrators orchestrators(1);
  ScrapeHistory history;
  const Expression ratio{{{Metric::queue_depth}, Fold::sum},
                         Term{{Metric::leases_active}, Fold::sum}};
  history.add(orchestrators.scrape());
  EXPECT_FALSE(evaluate(ratio, history));
  orchestrators.set(Metric::queue_depth, 1);
  history.add(orchestrators.scrape());
  EXPECT_GT(evaluate(ratio, history).value(), 1e300);
  orchestrators.set(Metric::leases_active, 4);
  history.add(orchestrators.scrape());
  EXPECT_DOUBLE_EQ(evaluate(ratio, history).value(), 0.25);
}

TEST(AlertExpression, IsWrittenInPrometheusLanguage) {
  constexpr std::array<std::string_view, 2> states{"granted", "active"};
  const Term rate{{Metric::leases_total, "state", states}, Fold::sum, Over::rate, 90s};
  const Term past{{Metric::runners_seen}, Fold::max_size, Over::latest, 5min};
  EXPECT_EQ(promql({rate, past}),
            "sum(rate(delta_leases_total{state=~\"granted|active\"}[1m30s])) / "
            "max(abs(delta_runners_seen offset 5m))");
  EXPECT_EQ(promql({{{}, Fold::min}}), "min(up{job=\"delta-orchestrator\"})");
}

}  // namespace
}  // namespace aftershock
