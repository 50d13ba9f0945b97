// A clock that jumps by more than the time that has passed so far.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

class HostClockJumpTest : public ClusterTest {};

TEST_F(HostClockJumpTest, further_than_the_uptime_stops_no_timer) {
  run({.orchestrators = 1, .runners = 1}, [this] {
    wait(30s);
    sim::World& world = cluster_->world();
    world.network.clock(world.orchestrators[0]->host()).jump(10min);
    const delta::RunId run = submit(1, job(5s));
    wait(60s);
    EXPECT_EQ(state_of(run), delta::RunState::succeeded);
    const delta::Duration since_sweep = world.database.now() - tables().control().last_sweep;
    EXPECT_LE(since_sweep, scenario_.settings.sweep_interval + 1s) << "the reaper sweeps on";
  });
}

}  // namespace
}  // namespace aftershock
