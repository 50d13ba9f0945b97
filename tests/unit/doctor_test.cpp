// The doctor: each symptom of the runbook index, each cause, and causes before what follows.
#include "harness/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/api.h"
#include "orchestrator/batch.h"
#include "tests/unit/scrape_fixture.h"

namespace aftershock {
namespace {

using delta::FailureClass;
using delta::LeaseState;
using delta::Metric;
using delta::Status;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Doctor : public testing::Test {
 protected:
  /// A minute of quiet, then a minute in which `move` happens with every scrape.
  Diagnosis after(const std::function<void()>& move) {
    for (int i = 0; i < 12; ++i) work(move, false);
    for (int i = 0; i < 12; ++i) work(move, true);
    return diagnose(history_, 1min);
  }
  void work(const std::function<void()>& move, bool moving) {
    for (std::size_t i = 0; i < 2; ++i) {
      orchestrators_.add(
          {Metric::background_job_runs_total, delta::BackgroundJob::observe, delta::JobResult::ok},
          1, i);
      orchestrators_.add({Metric::transactions_total, delta::BatchOutcome::committed}, 10, i);
      orchestrators_.add({Metric::transaction_duration, 2}, 10, i);
      orchestrators_.add({Metric::answers_total, Status::ok}, 10, i);
      if (grants_) orchestrators_.add({Metric::leases_total, LeaseState::granted}, 2, i);
    }
    if (moving) move();
    history_.add(orchestrators_.scrape());
  }
  static std::vector<std::string> symptoms(const Diagnosis& diagnosis) {
    std::vector<std::string> names;
    for (const Symptom& symptom : diagnosis.symptoms) names.emplace_back(symptom.name);
    return names;
  }
  static const RunbookCheck& check(const Diagnosis& diagnosis, std::string_view name) {
    return *std::ranges::find(diagnosis.checks, name, &RunbookCheck::name);
  }

  FakeOrchestrators orchestrators_{2};
  ScrapeHistory history_;
  bool grants_ = true;
};

TEST_F(Doctor, FindsNothingWhereNothingIs) {
  const Diagnosis diagnosis = after([] {});
  EXPECT_EQ(diagnosis.culprit, Culprit::none);
  EXPECT_THAT(symptoms(diagnosis), IsEmpty());
  std::vector<std::string_view> names;
  for (const RunbookCheck& line : diagnosis.checks) {
    names.push_back(line.name);
    EXPECT_EQ(line.status, CheckStatus::ok) << line.name << ": " << line.numbers;
    EXPECT_EQ(line.action, "");
  }
  EXPECT_THAT(names, ElementsAre("database", "queue", "background loops", "orchestrator errors",
                                 "runners", "lease expiry", "artifact uploads", "secrets"));
}

// The index of delta-ci-operations.md, symptom by symptom.

TEST_F(Doctor, StuckWithEverySlotBusyWaitsForRunners) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.set(Metric::queue_depth, 200);
    orchestrators_.set(Metric::queue_oldest_age, delta::Duration(10min).count());
    orchestrators_.set(Metric::runner_slots_busy, 40);
  });
  EXPECT_THAT(symptoms(diagnosis), Contains("CI appears stuck"));
  EXPECT_EQ(diagnosis.culprit, Culprit::runners);
  EXPECT_THAT(diagnosis.reason, HasSubstr("80 of 80 slots"));
  EXPECT_EQ(check(diagnosis, "queue").status, CheckStatus::fail);
  EXPECT_THAT(check(diagnosis, "queue").numbers, HasSubstr("depth 200, oldest 600.000s"));
  EXPECT_THAT(std::string(check(diagnosis, "queue").action),
              HasSubstr("pausing new run ingestion"));
}

TEST_F(Doctor, StuckWithFreeSlotsIsTheQueue) {
  grants_ = false;
  const Diagnosis diagnosis = after(
      [this] { orchestrators_.set(Metric::queue_oldest_age, delta::Duration(10min).count()); });
  EXPECT_THAT(symptoms(diagnosis), Contains("CI appears stuck"));
  EXPECT_EQ(diagnosis.culprit, Culprit::queue);
}

TEST_F(Doctor, SearchesThatFailWhileAllElseWorksAreTheDatabases) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.add(
        {Metric::background_job_runs_total, delta::BackgroundJob::sweep, delta::JobResult::failed},
        1);
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::database);
  EXPECT_THAT(diagnosis.reason, HasSubstr("12 of 36 rounds"));
  EXPECT_EQ(check(diagnosis, "background loops").section, "BackgroundJobsFailing");
}

TEST_F(Doctor, SchedulesThatNobodyFiresAreTheOrchestrators) {
  const Diagnosis diagnosis =
      after([this] { orchestrators_.set(Metric::schedule_lag, delta::Duration(61s).count()); });
  EXPECT_EQ(diagnosis.culprit, Culprit::orchestrator);
  EXPECT_EQ(check(diagnosis, "background loops").section, "SchedulesLate");
}

TEST_F(Doctor, UnexpectedRetriesAreSeenButNotThoseOfFailingJobs) {
  EXPECT_THAT(symptoms(after(
                  [this] { orchestrators_.add({Metric::retries_total, FailureClass::user}, 1); })),
              Not(Contains("jobs retry unexpectedly")));
  const Diagnosis diagnosis =
      after([this] { orchestrators_.add({Metric::retries_total, FailureClass::lost}, 1); });
  EXPECT_THAT(symptoms(diagnosis), Contains("jobs retry unexpectedly"));
}

TEST_F(Doctor, ManyReRunsByVanishedRunners) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.add(Metric::lease_expirations_total, 2);
    orchestrators_.add({Metric::retries_total, FailureClass::lost}, 2);
    orchestrators_.set(Metric::runners_seen, 6);
  });
  EXPECT_THAT(symptoms(diagnosis),
              ElementsAre("jobs retry unexpectedly", "many jobs re-run at once"));
  EXPECT_EQ(diagnosis.culprit, Culprit::runners);
  EXPECT_THAT(diagnosis.reason, HasSubstr("12 of 20"));
  EXPECT_EQ(check(diagnosis, "lease expiry").status, CheckStatus::fail);
  EXPECT_EQ(check(diagnosis, "runners").status, CheckStatus::fail);
}

TEST_F(Doctor, ManyReRunsWhoseHoldersStillSendAreTheNetwork) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.add(Metric::lease_expirations_total, 2);
    orchestrators_.add({Metric::stale_messages_total, 3, 2}, 1);
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::network);
}

TEST_F(Doctor, ASingleLostLeaseIsNoHerd) {
  bool once = true;
  const Diagnosis diagnosis = after([this, &once] {
    if (std::exchange(once, false)) orchestrators_.add(Metric::lease_expirations_total, 1);
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::none);
  EXPECT_EQ(check(diagnosis, "lease expiry").status, CheckStatus::warn);
}

TEST_F(Doctor, MissingArtifactsAreTheStore) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.add({Metric::artifacts_total, delta::ArtifactState::stored}, 3);
    orchestrators_.add({Metric::artifacts_total, delta::ArtifactState::missing}, 1);
  });
  EXPECT_THAT(symptoms(diagnosis), ElementsAre("logs or artifacts missing"));
  EXPECT_EQ(diagnosis.culprit, Culprit::artifacts);
  EXPECT_THAT(check(diagnosis, "artifact uploads").numbers, HasSubstr("of 48 artifacts missing"));
  EXPECT_THAT(std::string(check(diagnosis, "artifact uploads").action), HasSubstr("permissions"));
}

TEST_F(Doctor, UploadsThatStillRetryAreTheStoreToo) {
  const Diagnosis diagnosis =
      after([this] { orchestrators_.add(Metric::artifact_upload_failures_total, 1); });
  EXPECT_EQ(diagnosis.culprit, Culprit::artifacts);
  EXPECT_THAT(symptoms(diagnosis), IsEmpty()) << "nothing is missing yet";
}

TEST_F(Doctor, ApiErrorsWithoutAnotherCauseAreTheOrchestrators) {
  const Diagnosis diagnosis =
      after([this] { orchestrators_.add({Metric::answers_total, Status::unavailable}, 5); });
  EXPECT_THAT(symptoms(diagnosis), ElementsAre("API errors"));
  EXPECT_EQ(diagnosis.culprit, Culprit::orchestrator);
}

TEST_F(Doctor, AnOrchestratorThatDoesNotAnswerIsNamed) {
  const Diagnosis diagnosis = after([this] { orchestrators_.set_reachable(1, false); });
  EXPECT_THAT(symptoms(diagnosis), ElementsAre("API errors"));
  EXPECT_EQ(diagnosis.culprit, Culprit::orchestrator);
  EXPECT_THAT(diagnosis.reason, HasSubstr("1 of 2"));
}

// Causes before what follows from them.

TEST_F(Doctor, ADatabaseThatIsDownExplainsErrorsBacklogAndExpiries) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.set(Metric::database_up, 0);
    orchestrators_.set(Metric::queue_oldest_age, delta::Duration(5min).count());
    orchestrators_.set(Metric::runners_seen, 0);
    orchestrators_.add({Metric::answers_total, Status::unavailable}, 20);
    orchestrators_.add(Metric::lease_expirations_total, 20);
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::database);
  EXPECT_THAT(std::string(check(diagnosis, "database").action), HasSubstr("Restore the database"));
}

TEST_F(Doctor, ADatabaseThatOnlyOneReachesIsTheNetwork) {
  EXPECT_EQ(after([this] { orchestrators_[0].set(Metric::database_up, 0); }).culprit,
            Culprit::network);
}

TEST_F(Doctor, ADatabaseThatOneHasNotMissedYetIsTheDatabase) {
  const delta::Series observed{Metric::background_job_runs_total, delta::BackgroundJob::observe,
                               delta::JobResult::ok};
  const Diagnosis diagnosis = after([&] {
    orchestrators_[0].set(Metric::database_up, 0);
    orchestrators_.add(observed, -1, 1);  // its loop does not get through any more
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::database);
}

TEST_F(Doctor, ASlowDatabaseExplainsExpiries) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.add({Metric::transaction_duration, 10}, 30);
    orchestrators_.add(Metric::lease_expirations_total, 20);
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::database);
  EXPECT_THAT(diagnosis.reason, HasSubstr("2s500ms"));
}

TEST_F(Doctor, AClockThatMovedExplainsExpiries) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_[0].set(Metric::db_clock_offset, delta::Duration(-10min).count());
    orchestrators_.add(Metric::lease_expirations_total, 20);
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::database);
  EXPECT_THAT(diagnosis.reason, HasSubstr("-600.000s"));
}

TEST_F(Doctor, AQueueThatIsDownExplainsTheBacklog) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.set(Metric::queue_up, 0);
    orchestrators_.set(Metric::queue_oldest_age, delta::Duration(5min).count());
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::queue);
  EXPECT_THAT(diagnosis.reason, HasSubstr("not reached"));
}

TEST_F(Doctor, SecretsExplainRetries) {
  const Diagnosis diagnosis = after([this] {
    orchestrators_.add(Metric::secret_fetch_failures_total, 2);
    orchestrators_.add({Metric::retries_total, FailureClass::infrastructure}, 1);
  });
  EXPECT_EQ(diagnosis.culprit, Culprit::secrets);
  EXPECT_THAT(symptoms(diagnosis), ElementsAre("jobs retry unexpectedly"));
}

TEST_F(Doctor, NoOrchestratorAtAllIsNamedFirst) {
  EXPECT_EQ(after([this] {
              orchestrators_.set_reachable(0, false);
              orchestrators_.set_reachable(1, false);
            }).culprit,
            Culprit::orchestrator);
}

TEST_F(Doctor, SpeaksInLinesThatFit) {
  const Diagnosis diagnosis = after([this] { orchestrators_.set(Metric::database_up, 0); });
  const std::string text = format_diagnosis(diagnosis, 80);
  EXPECT_THAT(text, HasSubstr("FAIL  database             not reached; 95 % of transactions"));
  EXPECT_THAT(text, HasSubstr("      -> Restore the database, then let leases expire"));
  EXPECT_THAT(text, HasSubstr("diagnosis: database. The database is not reached.\n"));
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 80U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace aftershock
