// What can happen to a node's process, and how its supervisor records it and brings it back.
#include <gtest/gtest.h>

#include "simulator/world/api_endpoint.h"
#include "simulator/world/node.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

/// Ticks each second; stops at once when asked to, unless it is stubborn.
class Ticker final : public Program {
 public:
  Ticker(ProcessRuntime& runtime, std::vector<SimTime>& ticks, Kernel& kernel, bool stubborn)
      : stubborn_(stubborn) {
    runtime.spawn("tick", [&runtime, &ticks, &kernel] {
      for (;;) {
        runtime.sleep_until(runtime.now() + 1s);
        ticks.push_back(kernel.now());
      }
    });
  }
  void stop() override { stopped_ = !stubborn_; }
  bool stopped() const override { return stopped_; }

 private:
  bool stubborn_;
  bool stopped_ = false;
};

class SupervisorTest : public testing::Test {
 protected:
  Node make(RestartPolicy policy) {
    return {kernel_,
            network_,
            host_,
            "n",
            policy,
            [this](ProcessRuntime& runtime) {
              starts_.push_back(kernel_.now());
              return std::make_unique<Ticker>(runtime, ticks_, kernel_, stubborn_);
            },
            [this] { endpoint_.close(); }};
  }
  void wait(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }
  std::expected<delta::Response, delta::CallError> call() {
    return transport_.call(0, delta::GetRunRequest{}, 10s);
  }
  /// A server that never answers.
  void listen(Node& node) {
    endpoint_.listen(*node.process(), [](delta::Request, delta::Responder) {});
  }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 1ms, 0}};
  HostId host_ = network_.add_host("n");
  HostId client_ = network_.add_host("client");
  ApiEndpoint endpoint_{kernel_, network_, host_};
  std::vector<ApiEndpoint*> endpoints_{&endpoint_};
  SimTransport transport_{network_, kernel_.main_process(), client_, endpoints_};
  bool stubborn_ = false;
  std::vector<SimTime> starts_;
  std::vector<SimTime> ticks_;
};

TEST_F(SupervisorTest, records_how_each_process_ended) {
  Node node = make({RestartWhen::always, 1s});
  kernel_.on_panic([&](Process&, const Panic& panic) {
    EXPECT_EQ(panic.fiber, kInjectedPanic);
    kernel_.at(kernel_.now(), [&node] { node.kill(EndCause::panicked); });
  });
  kernel_.run([&] {
    node.start();
    node.kill();
    wait(2s);
    node.kill(EndCause::oom);
    wait(2s);
    node.stop(30s);
    wait(2s);
    node.panic();
    wait(2s);
  });
  EXPECT_EQ(node.ends(EndCause::killed), 1U);
  EXPECT_EQ(node.ends(EndCause::oom), 1U);
  EXPECT_EQ(node.ends(EndCause::stopped), 1U);
  EXPECT_EQ(node.ends(EndCause::panicked), 1U);
  EXPECT_EQ(node.ends(), 4U);
  EXPECT_EQ(node.incarnation(), 5U);
}

TEST_F(SupervisorTest, a_process_that_does_not_stop_in_its_grace_is_killed) {
  stubborn_ = true;
  Node node = make({RestartWhen::never, 1s});
  kernel_.run([&] {
    node.start();
    node.stop(5s);
    wait(4900ms);
    EXPECT_NE(node.process(), nullptr);
    wait(200ms);
    EXPECT_EQ(node.process(), nullptr);
    EXPECT_EQ(node.ends(EndCause::killed), 1U);
  });
}

TEST_F(SupervisorTest, waits_twice_as_long_each_time_up_to_the_longest) {
  Node node = make({.when = RestartWhen::always, .delay = 1s, .longest = 5s, .reset_after = 1min});
  kernel_.run([&] {
    node.start();
    for (int i = 0; i < 5; ++i) {
      node.kill();
      wait(10s);
    }
    wait(1min);
    node.kill();
    wait(10s);
  });
  ASSERT_EQ(starts_.size(), 7U);
  const auto delay = [this](std::size_t start, SimTime killed) { return starts_[start] - killed; };
  EXPECT_EQ(delay(1, SimTime(0s)), 1s);
  EXPECT_EQ(delay(2, SimTime(10s)), 2s);
  EXPECT_EQ(delay(3, SimTime(20s)), 4s);
  EXPECT_EQ(delay(4, SimTime(30s)), 5s);
  EXPECT_EQ(delay(5, SimTime(40s)), 5s);
  EXPECT_EQ(delay(6, SimTime(110s)), 1s) << "it ran well for a while";
}

TEST_F(SupervisorTest, without_a_longest_delay_the_delay_stays) {
  Node node = make({RestartWhen::always, 3s});
  kernel_.run([&] {
    node.start();
    for (int i = 0; i < 4; ++i) {
      node.kill();
      wait(10s);
    }
  });
  ASSERT_EQ(starts_.size(), 5U);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(starts_[i].time_since_epoch(), (10 * static_cast<int>(i) - 10) * 1s + 3s);
  }
}

TEST_F(SupervisorTest, a_restart_is_at_once_and_under_any_policy) {
  Node node = make({RestartWhen::never, 1h});
  kernel_.run([&] {
    node.start();
    wait(10s);
    node.restart(30s);
    wait(1s);
    EXPECT_EQ(starts_, (std::vector{SimTime(0s), SimTime(10s)}));
    EXPECT_EQ(node.ends(EndCause::stopped), 1U);
    node.kill();
    wait(1min);
    EXPECT_EQ(node.process(), nullptr) << "the policy holds again";
    node.restart(30s);
    EXPECT_NE(node.process(), nullptr);
  });
}

TEST_F(SupervisorTest, a_crash_loop_kills_each_process_until_it_is_lifted) {
  Node node = make({RestartWhen::always, 5s});
  kernel_.run([&] {
    node.start();
    wait(10s);
    node.begin_crash_loop(2s);
    wait(30s);
    // Killed at 12 s, then up for 2 s out of 7.
    EXPECT_EQ(starts_.size(), 5U);
    EXPECT_EQ(node.ends(EndCause::killed), 5U);
    EXPECT_EQ(starts_.back(), SimTime(38s));
    node.end_crash_loop(2s);
    wait(1min);
    EXPECT_EQ(node.ends(), 5U);
    EXPECT_EQ(node.incarnation(), 6U) << "the one that stays";
  });
}

TEST_F(SupervisorTest, without_power_nobody_is_told_and_the_next_start_brings_the_host_back) {
  Node node = make({RestartWhen::always, 30s});
  kernel_.run([&] {
    node.start();
    listen(node);
    kernel_.at(SimTime(1s), [&] { node.lose_power(); });
    const auto open = call();
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().kind, delta::CallFailure::no_reply);
    EXPECT_EQ(kernel_.now(), SimTime(10s)) << "no reset: only the timeout ends the call";
    const auto next = call();
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().kind, delta::CallFailure::no_reply) << "no host refuses it either";
    EXPECT_GT(network_.traffic(host_).swallowed, 0U);
    kernel_.sleep_until(SimTime(32s));
    EXPECT_EQ(node.incarnation(), 2U);
    const auto refused = call();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, delta::CallFailure::not_sent) << "up, and nobody listens";
  });
}

TEST_F(SupervisorTest, an_overloaded_host_wakes_every_process_late) {
  Node node = make({RestartWhen::always, 1s});
  kernel_.run([&] {
    node.start();
    wait(500ms);
    node.begin_overload(2s);
    wait(60s);
    // Each tick takes a second of sleep and one to three of waiting for the processor.
    EXPECT_GE(ticks_.size(), 15U);
    EXPECT_LE(ticks_.size(), 30U);
    EXPECT_GE(node.late_wakeups(), ticks_.size());
    EXPECT_LE(node.late_wakeups(), ticks_.size() + 1) << "the last may still be waiting";
    node.kill();
    wait(10s);
    const std::uint64_t late = node.late_wakeups();
    EXPECT_GT(late, ticks_.size() - 1) << "those of the ended process still count";
    node.end_overload(2s);
    ticks_.clear();
    wait(20s);
    EXPECT_GE(ticks_.size(), 18U);
  });
}

/// The seeds of this test were chosen for the site that each run has alone.
class UnluckyNodeTest : public testing::Test {
 protected:
  /// Runs a ticking node for ten minutes of virtual time; killed once a minute.
  void run(BuggifySite site) {
    for (std::uint64_t seed = 1; !has_only(seed, site); ++seed) seed_ = seed + 1;
    Kernel kernel({.seed = seed_});
    Buggify buggify(kernel);
    Network network(kernel, {1ms, 1ms, 0}, &buggify);
    Node node(
        kernel, network, network.add_host("n"), "n", {RestartWhen::always, 1s},
        [&](ProcessRuntime& runtime) {
          starts_.push_back(kernel.now());
          return std::make_unique<Ticker>(runtime, ticks_, kernel, false);
        },
        [] {});
    kernel.run([&] {
      node.start();
      for (int i = 0; i < 30; ++i) {
        kernel.sleep_until(kernel.now() + 1min);
        node.kill();
      }
    });
    fired_ = buggify.fired(site);
    late_ = node.late_wakeups();
  }

  std::uint64_t seed_ = 1;
  std::vector<SimTime> starts_;
  std::vector<SimTime> ticks_;
  std::uint64_t fired_ = 0;
  std::uint64_t late_ = 0;

 private:
  static bool has_only(std::uint64_t seed, BuggifySite site) {
    const Kernel kernel({.seed = seed});
    const Buggify buggify(kernel);
    for (std::size_t i = 0; i < kBuggifySiteNames.size(); ++i) {
      const auto each = static_cast<BuggifySite>(i);
      if (buggify.enabled(each) != (each == site)) return false;
    }
    return true;
  }
};

TEST_F(UnluckyNodeTest, wakes_late_now_and_then) {
  run(BuggifySite::late_wakeup);
  EXPECT_GT(fired_, 0U);
  EXPECT_EQ(late_, fired_);
}

TEST_F(UnluckyNodeTest, wakes_in_another_order_now_and_then) {
  run(BuggifySite::reordered_wakeup);
  EXPECT_GT(fired_, 0U);
  EXPECT_EQ(late_, fired_);
}

TEST_F(UnluckyNodeTest, is_restarted_late_now_and_then) {
  run(BuggifySite::late_restart);
  std::uint64_t late = 0;
  for (std::size_t i = 1; i < starts_.size(); ++i) {
    // Killed on the minute.
    if (starts_[i].time_since_epoch() % 60s > 1s) ++late;
  }
  EXPECT_GT(fired_, 0U);
  EXPECT_GE(fired_, late);
  EXPECT_GE(late + 1, fired_) << "only the last may have had no time to come";
}

TEST_F(SupervisorTest, nothing_starts_without_power_and_what_ran_starts_with_it) {
  Node node = make({RestartWhen::always, 1s});
  kernel_.run([&] {
    node.start();
    wait(1s);
    node.cut_power();
    EXPECT_EQ(node.ends(EndCause::killed), 1U);
    wait(30s);
    EXPECT_EQ(node.process(), nullptr) << "its restart came due meanwhile";
    EXPECT_FALSE(network_.connected(client_, node.host()));
    node.give_power();
    EXPECT_TRUE(network_.connected(client_, node.host()));
    wait(2s);
    EXPECT_EQ(node.incarnation(), 2U);
  });
}

TEST_F(SupervisorTest, power_is_back_when_every_cause_is_gone) {
  Node node = make({RestartWhen::always, 1s});
  kernel_.run([&] {
    node.start();
    node.cut_power();
    node.cut_power();
    wait(5s);
    node.give_power();
    wait(5s);
    EXPECT_EQ(node.process(), nullptr);
    node.give_power();
    wait(2s);
    EXPECT_NE(node.process(), nullptr);
  });
}

TEST_F(SupervisorTest, what_nobody_started_stays_off_when_the_power_comes) {
  Node node = make({RestartWhen::always, 1s});
  kernel_.run([&] {
    node.cut_power();
    wait(5s);
    node.give_power();
    wait(5s);
    EXPECT_EQ(node.incarnation(), 0U);
  });
}

TEST_F(SupervisorTest, leaves_alone_what_was_shut_down_or_switched_off_until_it_is_started) {
  Node node = make({RestartWhen::always, 1s});
  kernel_.run([&] {
    node.start();
    node.shut_down(30s);
    wait(5s);
    EXPECT_EQ(node.process(), nullptr);
    node.start();
    node.kill();
    node.power_off();  // while a restart is on its way
    wait(5s);
    EXPECT_EQ(node.process(), nullptr);
    EXPECT_FALSE(network_.connected(client_, host_));
    node.start();
    EXPECT_TRUE(network_.connected(client_, host_));
    node.kill();
    wait(5s);
    EXPECT_NE(node.process(), nullptr) << "its policy holds again";
  });
}

}  // namespace
}  // namespace aftershock::sim
