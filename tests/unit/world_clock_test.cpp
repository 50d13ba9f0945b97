// Host clocks: drift, jumps, and what they do to deadlines that are already waited for.
#include "simulator/world/host_clock.h"

#include <gtest/gtest.h>

#include "simulator/world/process_runtime.h"
#include "simulator/world/remote_call.h"
#include "simulator/world/sim_executor.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;
using delta::MonoTime;

class HostClockTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void pass(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }
  delta::Duration shown() const { return clock_.now().time_since_epoch(); }
  delta::Duration virtual_time() const { return kernel_.now().time_since_epoch(); }

  Kernel kernel_{{.seed = 1}};
  HostClock clock_{kernel_};
  ProcessRuntime runtime_{kernel_, kernel_.main_process(), clock_};
};

TEST_F(HostClockTest, shows_virtual_time_and_counts_no_wrong_reads_when_nothing_is_wrong) {
  run([this] {
    pass(10s);
    EXPECT_EQ(runtime_.now(), MonoTime(10s));
    EXPECT_EQ(clock_.wrong_reads(), 0U);
    EXPECT_EQ(clock_.to_sim(delta::kNoDeadline), kForever);
  });
}

TEST_F(HostClockTest, drifts_at_its_rate_and_keeps_what_it_lost_when_healed) {
  run([this] {
    pass(100s);
    clock_.add_drift(-50'000);
    pass(100s);
    EXPECT_EQ(shown(), 195s);
    clock_.add_drift(50'000);
    pass(100s);
    EXPECT_EQ(shown(), 295s);
    EXPECT_EQ(clock_.to_sim(delta::kNoDeadline), kForever);
  });
}

TEST_F(HostClockTest, rates_of_two_drifts_add_up) {
  run([this] {
    clock_.add_drift(100'000);
    clock_.add_drift(50'000);
    pass(100s);
    EXPECT_EQ(shown(), 115s);
  });
}

TEST_F(HostClockTest, jumps_forward_and_stays_ahead) {
  run([this] {
    clock_.jump(1h);
    pass(10s);
    EXPECT_EQ(shown(), 1h + 10s);
  });
}

TEST_F(HostClockTest, counts_what_the_process_reads_while_it_is_wrong_and_nothing_else) {
  run([this] {
    clock_.jump(5s);
    EXPECT_EQ(clock_.wrong_reads(), 0U) << "nobody has looked";
    static_cast<void>(clock_.now());
    EXPECT_EQ(clock_.wrong_reads(), 0U);
    static_cast<void>(runtime_.now());
    EXPECT_EQ(clock_.wrong_reads(), 1U);
    EXPECT_EQ(clock_.last_error(), 5s);
  });
}

TEST_F(HostClockTest, a_time_maps_to_the_first_virtual_instant_that_shows_it) {
  run([this] {
    for (const std::int64_t ppm : {-900'000, -333'333, -50'000, -7, 7, 50'000, 900'000}) {
      HostClock clock(kernel_);
      clock.add_drift(ppm);
      const MonoTime wanted = clock.now() + 1'234'567'891ns;
      kernel_.sleep_until(clock.to_sim(wanted) - 1ns);
      EXPECT_LT(clock.now(), wanted) << ppm;
      pass(1ns);
      EXPECT_GE(clock.now(), wanted) << ppm;
    }
  });
}

TEST_F(HostClockTest, never_goes_back) {
  run([this] {
    delta::Rng random(5);
    MonoTime last = clock_.now();
    std::int64_t drift = 0;
    for (int i = 0; i < 2000; ++i) {
      if (random.chance_ppm(100'000)) clock_.jump(random.between(0ns, 10ms));
      if (random.chance_ppm(300'000)) {
        const std::int64_t next = static_cast<std::int64_t>(random.below(1'800'000)) - 900'000;
        clock_.add_drift(next - drift);
        drift = next;
      }
      pass(random.between(1ns, 1us));
      EXPECT_GE(clock_.now(), last);
      last = clock_.now();
    }
  });
}

TEST_F(HostClockTest, a_sleep_takes_longer_by_a_slow_clock) {
  run([this] {
    clock_.add_drift(-500'000);
    runtime_.sleep_until(runtime_.now() + 10s);
    EXPECT_EQ(virtual_time(), 20s);
  });
}

TEST_F(HostClockTest, a_sleep_under_way_is_measured_by_the_changed_clock) {
  run([this] {
    kernel_.at(SimTime(4s), [this] { clock_.add_drift(-500'000); });
    runtime_.sleep_until(MonoTime(10s));
    EXPECT_EQ(virtual_time(), 16s);
    kernel_.at(SimTime(20s), [this] { clock_.jump(1h); });
    runtime_.sleep_until(runtime_.now() + 1min);
    EXPECT_EQ(virtual_time(), 20s);
  });
}

TEST_F(HostClockTest, a_monitor_waits_by_its_clock) {
  const auto monitor = runtime_.make_monitor();
  run([&] {
    delta::Lock lock(*monitor);
    kernel_.at(SimTime(4s), [this] { clock_.add_drift(-500'000); });
    while (monitor->wait_until(MonoTime(10s))) {
    }
    EXPECT_EQ(virtual_time(), 16s);
  });
}

TEST_F(HostClockTest, no_other_port_may_suspend_while_a_monitor_is_held) {
  const auto monitor = runtime_.make_monitor();
  EXPECT_THROW(run([&] {
                 const delta::Lock lock(*monitor);
                 runtime_.sleep_until(MonoTime(1s));
               }),
               KernelPanic);
}

TEST_F(HostClockTest, a_command_takes_its_time_whatever_the_clock_shows) {
  SimExecutor executor(kernel_, runtime_, [](delta::AttemptId, std::size_t) {});
  delta::JobSpec job;
  job.command = "delta-work --ms 10000";
  const auto start = [&] {
    return executor.prepare({.job = job, .output = [](std::string_view) {}})->start(0);
  };
  run([&] {
    clock_.add_drift(-500'000);
    const auto slow = start();
    EXPECT_TRUE(slow->wait_until(MonoTime(1h)));
    EXPECT_EQ(virtual_time(), 10s);
    // The deadline is the clock's: it shows 5 s now, and 8 s after 6 s more.
    const auto late = start();
    EXPECT_FALSE(late->wait_until(MonoTime(8s)));
    EXPECT_EQ(virtual_time(), 16s);
  });
}

TEST_F(HostClockTest, a_call_times_out_by_its_hosts_clock) {
  Network network(kernel_, {1ms, 1ms, 0});
  const HostId here = network.add_host("here");
  const HostId there = network.add_host("there");
  run([&] {
    network.clock(here).add_drift(-500'000);
    const auto answer = remote_call<bool>({kernel_, network, kernel_.main_process(), here, there},
                                          10s, [](const ReplyTo<bool>&) { /* never answers */ });
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error(), CallEnd::timeout);
    EXPECT_EQ(virtual_time(), 20s);
    kernel_.at(kernel_.now() + 1s, [&] { network.clock(here).jump(1h); });
    EXPECT_FALSE(remote_call<bool>({kernel_, network, kernel_.main_process(), here, there}, 10s,
                                   [](const ReplyTo<bool>&) {}));
    EXPECT_EQ(virtual_time(), 21s);
  });
}

}  // namespace
}  // namespace aftershock::sim
