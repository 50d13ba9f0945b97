// The database's clock jumps, in the simulated world: no lease ends early by more than the jump
// explains, and what is dead is found.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::AttemptState;
using delta::RunState;

class ClockJumpTest : public ClusterTest {
 protected:
  void jump(delta::Duration by) { cluster_->world().database.primary().clock().shift(by); }
  delta::DbTime now() { return cluster_->world().database.now(); }
  bool swept_lately() {
    const delta::Duration age = now() - tables().control().last_sweep;
    return age >= 0s && age <= scenario_.settings.sweep_interval + 1s;
  }
};

TEST_F(ClockJumpTest, forward_the_leases_of_working_runners_get_grace) {
  run({.runners = 2}, [this] {
    wait(30s);
    std::vector<delta::RunId> runs;
    for (std::uint64_t key = 1; key <= 4; ++key) runs.push_back(submit(key, job(3min)));
    wait(10s);
    jump(10min);
    wait(4min);
    EXPECT_TRUE(swept_lately());
    for (const delta::RunId run : runs) EXPECT_EQ(state_of(run), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 4U) << "nobody lost a lease";
  });
}

TEST_F(ClockJumpTest, forward_a_dead_runners_lease_ends_when_the_grace_does) {
  run({.runners = 1}, [this] {
    wait(30s);
    const delta::RunId run = submit(1, job(30min));
    wait(10s);
    const delta::AttemptId first = only_attempt(run).id;
    cluster_->world().runners[0]->pause();
    jump(10min);
    wait(100s);
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::running);
    wait(40s);
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::lost);
  });
}

TEST_F(ClockJumpTest, back_sweeping_goes_on_and_deaths_are_found_as_before) {
  run({.runners = 1}, [this] {
    wait(11min);
    const delta::RunId run = submit(1, job(30min));
    wait(10s);
    const delta::AttemptId first = only_attempt(run).id;
    jump(-10min);
    wait(1min);
    EXPECT_TRUE(swept_lately());
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::running);
    EXPECT_LE(tables().attempt(first)->expires_at, now() + scenario_.settings.lease_ttl);
    cluster_->world().runners[0]->pause();
    wait(135s);
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::lost);
  });
}

TEST_F(ClockJumpTest, back_in_an_outage_its_grace_is_not_lost) {
  run({.runners = 1}, [this] {
    wait(11min);
    const delta::RunId run = submit(1, job(10min));
    wait(10s);
    jump(-10min);
    wait(30s);  // a heartbeat comes
    cluster_->world().database.primary().set_outage(true);
    wait(200s);
    EXPECT_LT(only_attempt(run).expires_at, now()) << "or it is easy";
    cluster_->world().database.primary().set_outage(false);
    wait(10s);
    EXPECT_GT(tables().control().grace_until, now());
    EXPECT_LE(tables().control().grace_until, now() + scenario_.settings.lease_ttl);
  });
}

/// The reaper ends so many at once; what comes back is spread over its sweeps and their jitter.
TEST_F(ClockJumpTest, after_a_mass_expiry_retries_come_back_spread_over_time) {
  run({.orchestrators = 2, .runners = 1}, [this] {
    cluster_->world().runners[0]->pause();
    wait(70s);  // its long poll is over
    for (std::uint64_t key = 1; key <= 200; ++key) submit(key, job(1s));
    std::size_t leased = 0;
    for (std::uint64_t key = 1; leased < 200 && key < 100; ++key) {
      const auto answer = call(delta::AcquireRequest{{2, key}, {3, 3}, {4, 4}, 200, 1s});
      if (answer) leased += std::get<delta::AcquireReply>(answer->body).grants.size();
    }
    ASSERT_GE(leased, 150U);
    wait(2min);  // nobody starts them
    std::map<delta::Duration, std::size_t> by_second;
    for (const auto& [id, attempt] : tables().attempts()) {
      if (attempt.number == 2) ++by_second[attempt.available_at.time_since_epoch() / 1s * 1s];
    }
    EXPECT_GE(by_second.size(), 3U);
    for (const auto& [second, count] : by_second) {
      EXPECT_LE(count, scenario_.settings.sweep_batch) << delta::format_duration(second);
    }
  });
}

}  // namespace
}  // namespace aftershock
