// Schedulers in a simulated cluster: who fires, when, and what becomes of it when they or their
// database are away.
#include <gmock/gmock.h>

#include "core/replay.h"
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::CatchUp;
using delta::Metric;
using delta::ScheduleKind;
using delta::Status;
using testing::HasSubstr;

class SchedulerTest : public ClusterTest {
 protected:
  delta::Response create(std::uint64_t key, const std::string& name, delta::ScheduleTiming timing,
                         CatchUp catch_up = CatchUp::latest, std::uint32_t cap = 10) {
    const delta::ScheduleSpec spec{name, std::move(timing), catch_up, cap, job(100ms)};
    return call(delta::CreateScheduleRequest{operation(key),
                                             std::make_shared<const delta::ScheduleSpec>(spec)})
        .value();
  }
  delta::Response change(std::uint64_t key, const std::string& name, delta::ScheduleState to) {
    return call(delta::ChangeScheduleRequest{operation(key), name, to}).value();
  }
  const delta::Schedule& row(const std::string& name) {
    return *tables().schedule(delta::schedule_id(name));
  }
  std::vector<delta::DbTime> fires(const std::string& name) {
    std::vector<delta::DbTime> all;
    for (const auto& [id, run] : tables().runs()) {
      if (run.schedule == delta::schedule_id(name)) all.push_back(run.fire_at);
    }
    std::ranges::sort(all);
    return all;
  }
  std::int64_t metric(delta::Series series) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < cluster_->world().orchestrators.size(); ++i) {
      const auto answer = call(delta::MetricsRequest{}, i);
      sum += std::get<delta::MetricsReply>(answer->body).snapshot.value(series).value_or(0);
    }
    return sum;
  }
};

TEST_F(SchedulerTest, fires_on_time_once_however_many_schedulers_there_are) {
  run({.orchestrators = 4}, [this] {
    ASSERT_EQ(create(1, "often", {ScheduleKind::interval, "2s"}).status, Status::ok);
    wait(60s + 500ms);
    const auto all = fires("often");
    EXPECT_GE(all.size(), 29U);
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i] - all[i - 1], 2s);
    for (const auto& [id, run] : tables().runs()) {
      EXPECT_LT(run.submitted_at - run.fire_at, 6s) << "the first waits for the observer";
    }
    EXPECT_EQ(metric(Metric::schedule_fires_total), static_cast<std::int64_t>(all.size()));
    EXPECT_EQ(metric(Metric::schedule_skipped_total), 0);
    EXPECT_EQ(metric(Metric::schedules_active), 4) << "each of the four knows the one";
  });
}

TEST_F(SchedulerTest, without_schedules_nobody_looks_for_any) {
  run({}, [this] {
    wait(30s);
    EXPECT_EQ(metric({Metric::background_job_runs_total, delta::BackgroundJob::schedule,
                      delta::JobResult::ok}),
              0);
  });
}

TEST_F(SchedulerTest, the_same_operation_creates_one_schedule_and_a_name_belongs_to_one) {
  run({}, [this] {
    const delta::ScheduleTiming daily{ScheduleKind::cron, "@daily", "Europe/Berlin"};
    ASSERT_EQ(create(1, "nightly", daily).status, Status::ok);
    EXPECT_EQ(create(1, "nightly", daily).status, Status::ok);
    EXPECT_EQ(create(1, "nightly", {ScheduleKind::interval, "1h"}).status, Status::key_reused);
    EXPECT_EQ(create(2, "nightly", daily).reason, delta::Reason::taken);
    EXPECT_EQ(row("nightly").next_fire, delta::DbTime(23h)) << "midnight in Berlin";
    EXPECT_EQ(change(3, "nightly", delta::ScheduleState::deleted).status, Status::ok);
    EXPECT_EQ(call(delta::GetScheduleRequest{"nightly"})->reason, delta::Reason::not_found);
    EXPECT_EQ(create(4, "nightly", daily).status, Status::ok);
  });
}

TEST_F(SchedulerTest, what_cannot_be_scheduled_is_refused_in_words) {
  run({}, [this] {
    const auto detail = [this](delta::ScheduleTiming timing) {
      const delta::Response response = create(1, "x", std::move(timing));
      EXPECT_EQ(response.status, Status::invalid);
      return response.detail;
    };
    EXPECT_THAT(detail({ScheduleKind::cron, "* * * *"}), HasSubstr("five fields"));
    EXPECT_THAT(detail({ScheduleKind::cron, "* * * * *", "Mars"}), HasSubstr("no time zone"));
    EXPECT_THAT(detail({ScheduleKind::interval, "0s"}), HasSubstr("at least 1s"));
    EXPECT_THAT(detail({ScheduleKind::once, "1970-01-01T00:00:00"}), HasSubstr("never fire"));
    EXPECT_TRUE(tables().schedules().empty());
    const delta::Response none = change(2, "y", delta::ScheduleState::paused);
    EXPECT_EQ(none.reason, delta::Reason::not_found);
  });
}

TEST_F(SchedulerTest, after_an_outage_each_policy_catches_up_in_its_own_way) {
  run({}, [this] {
    const delta::ScheduleTiming each{ScheduleKind::interval, "20s"};
    ASSERT_EQ(create(1, "all", each, CatchUp::all, 3).status, Status::ok);
    ASSERT_EQ(create(2, "latest", {ScheduleKind::interval, "100s"}).status, Status::ok);
    ASSERT_EQ(create(3, "skip", each, CatchUp::skip).status, Status::ok);
    wait(10s);
    cluster_->world().database.primary().set_outage(true);
    wait(290s);
    cluster_->world().database.primary().set_outage(false);
    wait(15s);
    // All 15 that were due by 300 s: three or four are on time, and three are made up for.
    const std::size_t on_time = fires("skip").size();
    EXPECT_GE(on_time, 3U);
    EXPECT_LE(on_time, 5U);
    EXPECT_EQ(fires("all").size(), on_time + 3);
    EXPECT_EQ(fires("latest").size(), 1U) << "the one at 300 s, but not those before it";
    EXPECT_GT(row("skip").skipped, 8U);
    const auto seen = tables().audit();
    const delta::ReplayResult replayed = delta::replay(seen, scenario_.settings);
    EXPECT_TRUE(replayed.problems.empty());
    EXPECT_TRUE(delta::differences(replayed.rows, tables().rows()).empty());
  });
}

TEST_F(SchedulerTest, a_scheduler_that_stands_still_in_its_transaction_stops_no_other) {
  run({}, [this] {
    ASSERT_EQ(create(1, "often", {ScheduleKind::interval, "1s"}, CatchUp::all, 50).status,
              Status::ok);
    wait(20s);
    bool paused = false;
    cluster_->world().database.on_opened([this, &paused](std::uint64_t process) {
      for (const auto& node : cluster_->world().orchestrators) {
        if (paused || node->process() == nullptr || node->process()->id() != process) continue;
        paused = true;
        kernel_->at(kernel_->now(), [node = node.get()] { node->pause(); });
      }
    });
    wait(60s);
    EXPECT_TRUE(paused);
    const auto all = fires("often");
    EXPECT_GE(all.size(), 76U);
    EXPECT_TRUE(std::ranges::adjacent_find(all) == all.end());
    EXPECT_EQ(row("often").skipped, 0U);
  });
}

TEST_F(SchedulerTest, a_paused_schedule_does_not_fire) {
  run({}, [this] {
    ASSERT_EQ(create(1, "often", {ScheduleKind::interval, "2s"}).status, Status::ok);
    wait(20s);
    ASSERT_EQ(change(2, "often", delta::ScheduleState::paused).status, Status::ok);
    const std::size_t before = fires("often").size();
    EXPECT_GT(before, 5U);
    wait(30s);
    EXPECT_EQ(fires("often").size(), before);
    ASSERT_EQ(change(3, "often", delta::ScheduleState::active).status, Status::ok);
    wait(9s);
    EXPECT_EQ(fires("often").size(), before + 4) << "nothing is caught up";
  });
}

TEST_F(SchedulerTest, lists_schedules_by_name) {
  run({}, [this] {
    for (const std::string name : {"c", "a", "b"}) {
      const std::uint64_t key = static_cast<std::uint64_t>(name[0]);
      ASSERT_EQ(create(key, name, {ScheduleKind::interval, "1h"}).status, Status::ok);
    }
    const auto page = [this](const std::string& after) {
      std::string names;
      const auto answer = call(delta::ListSchedulesRequest{after, 2});
      for (const auto& view : std::get<delta::ListSchedulesReply>(answer->body).schedules) {
        names += view.spec->name;
      }
      return names;
    };
    EXPECT_EQ(page(""), "ab");
    EXPECT_EQ(page("b"), "c");
    EXPECT_EQ(page("c"), "");
  });
}

}  // namespace
}  // namespace aftershock
