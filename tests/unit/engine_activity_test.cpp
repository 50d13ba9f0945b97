// What a drill is like over time: values from scrapes, and who held which lease when.
#include "harness/engine/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/states.h"
#include "harness/engine/lease_history.h"
#include "tests/unit/scrape_fixture.h"

namespace aftershock {
namespace {

using namespace delta;
using testing::ElementsAre;
using testing::Eq;

constexpr std::nullopt_t none = std::nullopt;

class ActivitySeries : public testing::Test {
 protected:
  void scrape() {
    const Scrape scrape = orchestrators.scrape();
    activity.add(&scrape, calls);
  }
  std::vector<std::optional<std::int64_t>> values(std::string_view name) const {
    for (const SeriesReport& series : activity.series()) {
      if (series.name == name) return series.values;
    }
    return {};
  }

  FakeOrchestrators orchestrators{2};
  CallCounts calls;
  Activity activity;
};

TEST_F(ActivitySeries, CountsJobsOverAllOrchestratorsSinceTheLastScrape) {
  orchestrators.add(Series(Metric::jobs_total, JobState::succeeded), 7);
  scrape();
  orchestrators.add(Series(Metric::jobs_total, JobState::succeeded), 2, 0);
  orchestrators.add(Series(Metric::jobs_total, JobState::failed), 1, 1);
  scrape();
  scrape();
  EXPECT_THAT(values("jobs_ended"), ElementsAre(Eq(0), Eq(3), Eq(0)));
}

TEST_F(ActivitySeries, WhatNobodyCanReadHasNoValueAndIsCountedLater) {
  scrape();
  orchestrators.set_reachable(0, false);
  orchestrators.set_reachable(1, false);
  orchestrators.add(Series(Metric::jobs_total, JobState::succeeded), 4);
  scrape();
  activity.add(nullptr, calls);
  orchestrators.set_reachable(0, true);
  scrape();
  EXPECT_THAT(values("jobs_ended"), ElementsAre(Eq(0), Eq(none), Eq(none), Eq(4)));
  EXPECT_THAT(values("queue_depth"), ElementsAre(Eq(0), Eq(none), Eq(none), Eq(0)));
}

TEST_F(ActivitySeries, ACounterThatFellWasStartedAgain) {
  orchestrators.add(Series(Metric::jobs_total, JobState::succeeded), 9);
  scrape();
  orchestrators[0] = healthy_snapshot();
  orchestrators.add(Series(Metric::jobs_total, JobState::succeeded), 2);
  scrape();
  EXPECT_THAT(values("jobs_ended"), ElementsAre(Eq(0), Eq(2)));
}

TEST_F(ActivitySeries, TheFailedShareIsOfTheRequestsSinceTheLastScrape) {
  scrape();
  calls = {.asked = 8, .failed = 2};
  scrape();
  calls = {.asked = 10, .failed = 4};
  scrape();
  EXPECT_THAT(values("failed_requests"), ElementsAre(Eq(none), Eq(250'000), Eq(1'000'000)));
}

class Leases : public testing::Test {
 protected:
  void commit(std::uint64_t attempt, AttemptState state, Duration now, std::uint16_t number = 1) {
    WriteSet writes;
    Attempt row;
    row.id = AttemptId(0, attempt);
    row.number = number;
    row.state = state;
    row.runner = RunnerId(0, 3);
    writes.attempts.push_back({row, std::nullopt});
    history.on_commit(writes, now);
  }
  ActivityReport report(const Bounds& when, Duration zero = {}) const {
    ActivityReport filled;
    history.fill(when, zero, filled);
    return filled;
  }

  LeaseHistory history{[](RunnerId runner) { return "runner-" + std::to_string(runner.lo); }};
};

TEST_F(Leases, ALeaseLastsFromItsGrantToItsEnd) {
  commit(1, AttemptState::queued, 1s);
  commit(1, AttemptState::leased, 2s);
  commit(1, AttemptState::running, 3s);
  commit(1, AttemptState::lost, 9s);
  commit(2, AttemptState::leased, 10s, 2);
  const ActivityReport seen = report({0s, 1min}, 1s);
  ASSERT_EQ(seen.leases.size(), 2U);
  EXPECT_EQ(seen.leases[0].runner, "runner-3");
  EXPECT_EQ(seen.leases[0].from, 1s);
  EXPECT_EQ(seen.leases[0].until, 8s);
  EXPECT_EQ(seen.leases[0].ended, "lost");
  EXPECT_THAT(seen.leases[1].attempt, testing::EndsWith(" try 2"));
  EXPECT_FALSE(seen.leases[1].until);
}

TEST_F(Leases, OnlyThoseThatWereHeldInThatTimeAreReported) {
  commit(1, AttemptState::leased, 1s);
  commit(1, AttemptState::succeeded, 2s);
  commit(2, AttemptState::leased, 5s);
  EXPECT_EQ(report({2s, 4s}).leases.size(), 1U);
  EXPECT_EQ(report({3s, 4s}).leases.size(), 0U);
  EXPECT_EQ(report({3s, 5s}).leases.size(), 1U);
}

TEST_F(Leases, ARestoreUndoesWhatItsTablesDoNotHold) {
  commit(1, AttemptState::leased, 1s);
  commit(2, AttemptState::leased, 1s);
  history.on_rewind([](AttemptId id) { return id.lo == 1; }, 6s);
  const ActivityReport seen = report({0s, 1min});
  EXPECT_FALSE(seen.leases[0].until);
  EXPECT_EQ(seen.leases[1].until, 6s);
  EXPECT_EQ(seen.leases[1].ended, "undone");
}

TEST_F(Leases, TheRestIsCounted) {
  for (std::uint64_t i = 1; i <= kMostLeases + 5; ++i) commit(i, AttemptState::leased, 1s);
  const ActivityReport seen = report({0s, 1min});
  EXPECT_EQ(seen.leases.size(), kMostLeases);
  EXPECT_EQ(seen.leases_left_out, 5U);
}

}  // namespace
}  // namespace aftershock
