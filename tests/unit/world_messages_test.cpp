// Requests that arrive late or twice, and poison in the queue: what real orchestrators make of it.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::RunState;

constexpr std::int32_t kAll = 1'000'000;

class MessagesTest : public ClusterTest {
 protected:
  void late(std::int32_t ppm) {
    for (const auto& endpoint : cluster_->world().endpoints) {
      endpoint->add_late(ppm, ppm > 0 ? 60s : -60s);
    }
  }
  void copies(std::int32_t ppm) {
    for (const auto& endpoint : cluster_->world().endpoints) {
      endpoint->add_copies(ppm, ppm > 0 ? 90s : -90s);
    }
  }
  std::uint64_t total(std::uint64_t (sim::ApiEndpoint::*counter)() const) {
    std::uint64_t all = 0;
    for (const auto& endpoint : cluster_->world().endpoints) all += (endpoint.get()->*counter)();
    return all;
  }
};

TEST_F(MessagesTest, what_arrives_a_minute_late_is_handled_and_changes_nothing_twice) {
  run({}, [this] {
    const delta::RunId id = submit(1, job(10s));
    wait(5s);
    late(kAll);
    wait(30s);
    EXPECT_EQ(state_of(id), RunState::running) << "its completion is still under way";
    EXPECT_EQ(total(&sim::ApiEndpoint::handled_late), 0U);
    EXPECT_NE(submit(2, job(1s)), delta::RunId{}) << "clients are not disturbed";
    late(-kAll);
    wait(120s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_GT(total(&sim::ApiEndpoint::given_up), 1U);
    EXPECT_GT(total(&sim::ApiEndpoint::handled_late), total(&sim::ApiEndpoint::given_up) / 2);
    EXPECT_EQ(tables().job(id, 0)->attempts, 1);
  });
}

TEST_F(MessagesTest, what_arrives_twice_is_done_once) {
  run({.runners = 2}, [this] {
    copies(kAll);
    std::vector<delta::RunId> runs;
    for (std::uint64_t i = 1; i <= 10; ++i) runs.push_back(submit(i, job(5s)));
    wait(3min);
    for (const delta::RunId id : runs) {
      EXPECT_EQ(state_of(id), RunState::succeeded);
      EXPECT_EQ(tables().job(id, 0)->attempts, 1);
    }
    EXPECT_GT(total(&sim::ApiEndpoint::handled_again), 40U);
  });
}

TEST_F(MessagesTest, a_late_request_meets_the_process_that_then_listens_or_nobody) {
  run({.orchestrators = 1}, [this] {
    late(kAll);
    wait(30s);
    cluster_->world().orchestrators[0]->stop(1s);
    wait(120s);
    EXPECT_EQ(cluster_->world().orchestrators[0]->ends(), 1U);
    EXPECT_GT(total(&sim::ApiEndpoint::handled_late), 0U);
  });
}

TEST_F(MessagesTest, poison_is_acknowledged_and_work_goes_on) {
  run({}, [this] {
    wait(5s);
    cluster_->world().queue.primary().poison(20);
    const delta::RunId id = submit(1, job(5s));
    wait(15s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_EQ(cluster_->world().queue.primary().counters().poison_finished, 20U);
    wait(60s);
    EXPECT_EQ(cluster_->world().queue.primary().counters().poison_taken, 20U) << "none came again";
  });
}

}  // namespace
}  // namespace aftershock
