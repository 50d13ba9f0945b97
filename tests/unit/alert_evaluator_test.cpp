// Alerts: pending, firing, resolved; and what makes each rule of the table fire.
#include "harness/alerts/alert_evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "core/api.h"
#include "tests/unit/scrape_fixture.h"

namespace aftershock {
namespace {

using delta::Metric;
using testing::ElementsAre;

class Alerts : public testing::Test {
 protected:
  void look(int scrapes, const std::function<void()>& move = [] {}) {
    for (int i = 0; i < scrapes; ++i) {
      move();
      history_.add(orchestrators_.scrape());
      evaluator_.evaluate(history_);
    }
  }
  std::vector<std::string> fired() const {
    std::vector<std::string> names;
    for (const FiredAlert& alert : evaluator_.fired()) names.emplace_back(alert.rule->name);
    return names;
  }

  FakeOrchestrators orchestrators_{2};
  ScrapeHistory history_;
  AlertEvaluator evaluator_;
};

TEST_F(Alerts, NothingFiresWhileAllIsWell) {
  look(200, [this] {
    orchestrators_.add({Metric::leases_total, delta::LeaseState::granted}, 3);
    orchestrators_.add({Metric::answers_total, delta::Status::ok}, 20);
    orchestrators_.add({Metric::artifacts_total, delta::ArtifactState::stored}, 3);
  });
  EXPECT_THAT(fired(), ElementsAre());
}

TEST_F(Alerts, OneFiresWhenItsConditionHeldLongEnoughAndIsResolvedWithIt) {
  look(2);
  orchestrators_[1].set(Metric::database_up, 0);
  look(2);
  EXPECT_THAT(fired(), ElementsAre()) << "pending";
  look(1);
  ASSERT_THAT(fired(), ElementsAre("DatabaseDown"));
  EXPECT_EQ(evaluator_.fired()[0].at, 20s) << "true since 10 s, for 10 s";
  EXPECT_EQ(evaluator_.fired()[0].resolved, std::nullopt);
  look(3);
  orchestrators_[1].set(Metric::database_up, 1);
  look(3);
  ASSERT_THAT(fired(), ElementsAre("DatabaseDown"));
  EXPECT_EQ(evaluator_.fired()[0].resolved, 40s);
}

TEST_F(Alerts, AConditionThatWasFalseInBetweenBeginsAnew) {
  for (int i = 0; i < 5; ++i) {
    orchestrators_[0].set(Metric::database_up, 0);
    look(2);
    orchestrators_[0].set(Metric::database_up, 1);
    look(1);
  }
  EXPECT_THAT(fired(), ElementsAre());
}

TEST_F(Alerts, TheSameAlertMayFireAgain) {
  for (int i = 0; i < 2; ++i) {
    orchestrators_[0].set(Metric::queue_up, 0);
    look(3);
    orchestrators_[0].set(Metric::queue_up, 1);
    look(2);
  }
  EXPECT_THAT(fired(), ElementsAre("QueueDown", "QueueDown"));
  EXPECT_EQ(evaluator_.fired()[0].resolved, 15s);
}

TEST_F(Alerts, AMissedScrapeIsAnOrchestratorThatIsDown) {
  look(2);
  orchestrators_[1].set(Metric::database_up, 0);
  orchestrators_.set_reachable(1, false);
  look(5);
  EXPECT_THAT(fired(), ElementsAre("OrchestratorDown")) << "what it said last is stale";
}

/// What moves in every scrape so that exactly this alert fires.
using Trouble = std::function<void(FakeOrchestrators&, int scrape)>;

const std::map<std::string, Trouble>& troubles() {
  using delta::ArtifactState;
  using delta::BackgroundJob;
  using delta::JobResult;
  using delta::LeaseState;
  using delta::Status;
  static const std::map<std::string, Trouble> all{
      {"DatabaseDown", [](auto& o, int) { o[0].set(Metric::database_up, 0); }},
      {"QueueDown", [](auto& o, int) { o[0].set(Metric::queue_up, 0); }},
      {"QueueBacklog",
       [](auto& o, int) { o.set(Metric::queue_oldest_age, delta::Duration(121s).count()); }},
      {"LeaseExpirySpike",
       [](auto& o, int) {
         o.add({Metric::leases_total, LeaseState::granted}, 4, 1);
         o.add(Metric::lease_expirations_total, 1);
       }},
      {"ArtifactUploadFailures",
       [](auto& o, int scrape) { o.add(Metric::artifact_upload_failures_total, scrape % 2); }},
      {"ArtifactsMissing",
       [](auto& o, int) {
         o.add({Metric::artifacts_total, ArtifactState::stored}, 9);
         o.add({Metric::artifacts_total, ArtifactState::missing}, 1);
       }},
      {"OrchestratorErrors",
       [](auto& o, int) {
         o.add({Metric::answers_total, Status::ok}, 17);
         o.add({Metric::answers_total, Status::unavailable}, 2);
         o.add({Metric::answers_total, Status::unknown}, 1);
       }},
      {"BackgroundJobsFailing",
       [](auto& o, int) {
         o.add({Metric::background_job_runs_total, BackgroundJob::observe, JobResult::ok}, 7);
         o.add({Metric::background_job_runs_total, BackgroundJob::sweep, JobResult::failed}, 2);
       }},
      {"SchedulesLate",
       [](auto& o, int) { o.set(Metric::schedule_lag, delta::Duration(61s).count()); }},
      {"OrchestratorDown", [](auto& o, int) { o.set_reachable(1, false); }},
      {"RunnerLoss",
       [](auto& o, int scrape) { o[0].set(Metric::runners_seen, scrape < 70 ? 10 : 5); }},
      {"SecretsUnavailable",
       [](auto& o, int scrape) { o.add(Metric::secret_fetch_failures_total, scrape % 2); }},
      {"StaleCompletions",
       [](auto& o, int scrape) { o.add({Metric::stale_messages_total, 3, 2}, scrape % 2); }},
      {"ReplicationLag",
       [](auto& o, int) { o.set(Metric::replication_lag, delta::Duration(16s).count()); }},
      {"ClockOffset",
       [](auto& o, int) { o[1].set(Metric::db_clock_offset, delta::Duration(-11s).count()); }},
  };
  return all;
}

TEST_F(Alerts, EachRuleFiresForItsOwnTroubleAndNoOther) {
  for (const AlertRule& rule : alert_rules()) {
    SCOPED_TRACE(rule.name);
    const auto trouble = troubles().find(std::string(rule.name));
    ASSERT_NE(trouble, troubles().end());
    orchestrators_ = FakeOrchestrators(2);
    history_ = {};
    evaluator_ = AlertEvaluator();
    int scrape = 0;
    look(100, [&] { trouble->second(orchestrators_, scrape++); });
    EXPECT_THAT(fired(), ElementsAre(std::string(rule.name)));
  }
}

TEST(AlertRules, HaveUniqueNamesAndLookNoFartherBackThanIsKept) {
  std::set<std::string_view> names;
  for (const AlertRule& rule : alert_rules()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    EXPECT_LE(rule.expression.term.back, ScrapeHistory::kKept) << rule.name;
    if (rule.expression.divisor) {
      EXPECT_LE(rule.expression.divisor->back, ScrapeHistory::kKept) << rule.name;
    }
    EXPECT_TRUE(rule.summary.ends_with(".")) << rule.name;
    EXPECT_GE(rule.threshold, 0) << rule.name << ": the evaluator stops early at 0";
  }
}

}  // namespace
}  // namespace aftershock
