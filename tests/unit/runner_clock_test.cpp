// A runner whose clock is wrong: how much of it the margin of the fence covers, and what happens
// beyond. The lease lives for 120 s; the runner stops 10 s before that, by its own clock.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::AttemptState;
using delta::RunState;

class RunnerClockTest : public ClusterTest {
 protected:
  /// A job of `duration`, whose runner's clock goes slow by `ppm` and who is cut off as the job
  /// begins, and for 3 minutes. The job is done by somebody else in the end.
  void run_cut_off(delta::Duration duration, std::int64_t ppm) {
    run({.runners = 2}, [this, duration, ppm] {
      const delta::RunId run = submit(1, job(duration));
      wait(2s);
      first_ = only_attempt(run).id;
      ASSERT_EQ(only_attempt(run).state, AttemptState::running);
      const std::size_t holder = only_attempt(run).runner == runner_id(0) ? 0 : 1;
      sim::World& world = cluster_->world();
      const sim::HostId host = world.runners[holder]->host();
      world.network.clock(host).add_drift(-ppm);
      for_orchestrators([&](sim::HostId other) {
        world.network.cut(host, other);
        world.network.cut(other, host);
      });
      wait(180s);
      EXPECT_EQ(tables().attempt(first_)->state, AttemptState::lost);
      for_orchestrators([&](sim::HostId other) {
        world.network.restore(host, other);
        world.network.restore(other, host);
      });
      wait(5min);
      EXPECT_EQ(tables().attempt(first_)->state, AttemptState::lost);
      EXPECT_EQ(state_of(run), RunState::succeeded) << "by the second attempt";
    });
  }
  /// The first runner went on to its job's end, and its result was refused.
  bool offered_a_late_result() {
    return std::ranges::any_of(tables().audit(), [this](const delta::AuditEvent& event) {
      return event.attempt == first_ && event.refused &&
             std::holds_alternative<delta::Complete>(event.what.message);
    });
  }

 private:
  template <class Action>
  void for_orchestrators(Action action) {
    for (const auto& node : cluster_->world().orchestrators) action(node->host());
  }

  delta::AttemptId first_;
};

TEST_F(RunnerClockTest, with_a_right_clock_it_stops_before_the_lease_ends) {
  run_cut_off(112s, 0);
  EXPECT_FALSE(offered_a_late_result());
}

TEST_F(RunnerClockTest, by_a_clock_that_is_5_percent_slow_it_works_longer_but_within_the_lease) {
  run_cut_off(112s, 50'000);
  EXPECT_TRUE(offered_a_late_result()) << "110 s by that clock are 115.8 s";
}

TEST_F(RunnerClockTest, the_margin_covers_a_clock_that_is_5_percent_slow) {
  run_cut_off(119s, 50'000);
  EXPECT_FALSE(offered_a_late_result());
}

TEST_F(RunnerClockTest, by_a_clock_that_is_15_percent_slow_it_outlives_its_lease_and_is_refused) {
  run_cut_off(125s, 150'000);
  EXPECT_TRUE(offered_a_late_result()) << "only the fence has kept the state right";
}

}  // namespace
}  // namespace aftershock
