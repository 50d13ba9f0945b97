// The simulated network: latency, partitions that swallow, loss that only delays.
#include "simulator/world/network.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

class NetworkTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void wait(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 2ms, 0}};
  HostId a_ = network_.add_host("a");
  HostId b_ = network_.add_host("b");
  int delivered_ = 0;
};

TEST_F(NetworkTest, delivers_within_the_link_latency) {
  run([this] {
    SimTime arrived{};
    network_.send(a_, b_, [this, &arrived] { arrived = kernel_.now(); });
    wait(10ms);
    EXPECT_GE(arrived, SimTime(1ms));
    EXPECT_LE(arrived, SimTime(2ms));
  });
}

TEST_F(NetworkTest, a_cut_swallows_one_direction_and_counts_it_at_both_ends) {
  run([this] {
    network_.cut(a_, b_);
    network_.send(a_, b_, [this] { ++delivered_; });
    network_.send(b_, a_, [this] { delivered_ += 10; });
    wait(10ms);
    EXPECT_EQ(delivered_, 10);
    EXPECT_EQ(network_.traffic(a_).swallowed, 1U);
    EXPECT_EQ(network_.traffic(b_).swallowed, 1U);
  });
}

TEST_F(NetworkTest, a_cut_swallows_what_is_under_way) {
  run([this] {
    network_.send(a_, b_, [this] { ++delivered_; });
    network_.cut(a_, b_);
    wait(10ms);
    EXPECT_EQ(delivered_, 0);
  });
}

TEST_F(NetworkTest, two_cuts_of_one_link_heal_one_by_one) {
  run([this] {
    network_.cut(a_, b_);
    network_.cut(a_, b_);
    network_.restore(a_, b_);
    EXPECT_FALSE(network_.connected(a_, b_));
    network_.restore(a_, b_);
    EXPECT_TRUE(network_.connected(a_, b_));
  });
}

TEST_F(NetworkTest, loss_delays_by_retransmission_and_loses_nothing) {
  run([this] {
    network_.impair(b_, {.loss_ppm = 500'000});
    for (int i = 0; i < 200; ++i) network_.send(a_, b_, [this] { ++delivered_; });
    wait(150ms);
    EXPECT_LT(delivered_, 150);
    EXPECT_GT(delivered_, 50);
    wait(60s);
    EXPECT_EQ(delivered_, 200);
    EXPECT_GT(network_.traffic(b_).retransmitted, 50U);
    network_.mend(b_, {.loss_ppm = 500'000});
    const auto before = network_.traffic(b_).retransmitted;
    network_.send(a_, b_, [] {});
    EXPECT_EQ(network_.traffic(b_).retransmitted, before);
  });
}

TEST_F(NetworkTest, what_is_lost_each_time_that_it_is_sent_never_arrives) {
  run([this] {
    network_.impair(b_, {.loss_ppm = 1'000'000});
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(10min);
    EXPECT_EQ(delivered_, 0);
    EXPECT_GT(network_.traffic(b_).retransmitted, 0U);
  });
}

TEST_F(NetworkTest, an_added_delay_slows_every_packet_until_it_is_removed) {
  run([this] {
    network_.impair(a_, {.latency = 50ms, .jitter = 10ms});
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(40ms);
    EXPECT_EQ(delivered_, 0);
    wait(23ms);
    EXPECT_EQ(delivered_, 1);
    network_.mend(a_, {.latency = 50ms, .jitter = 10ms});
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(3ms);
    EXPECT_EQ(delivered_, 2);
  });
}

TEST_F(NetworkTest, what_is_sent_to_a_process_dies_with_it_and_waits_while_it_is_paused) {
  run([this] {
    Process& process = kernel_.create_process("p");
    kernel_.pause(process);
    network_.send(a_, b_, process, [this] { ++delivered_; });
    wait(10ms);
    EXPECT_EQ(delivered_, 0);
    kernel_.resume(process);
    wait(1ms);
    EXPECT_EQ(delivered_, 1);
    network_.send(a_, b_, process, [this] { ++delivered_; });
    kernel_.kill(process);
    wait(10ms);
    EXPECT_EQ(delivered_, 1);
  });
}

TEST_F(NetworkTest, a_host_without_power_sends_and_receives_nothing) {
  run([this] {
    network_.send(a_, b_, [this] { ++delivered_; });
    network_.set_down(b_, true);
    network_.send(a_, b_, [this] { ++delivered_; });
    network_.send(b_, a_, [this] { ++delivered_; });
    wait(10ms);
    EXPECT_EQ(delivered_, 0);
    EXPECT_EQ(network_.traffic(b_).swallowed, 3U);
    network_.set_down(b_, false);
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(10ms);
    EXPECT_EQ(delivered_, 1);
  });
}

TEST_F(NetworkTest, a_host_that_comes_back_is_still_cut_off_by_a_partition) {
  run([this] {
    network_.cut(a_, b_);
    network_.set_down(b_, true);
    network_.set_down(b_, false);
    EXPECT_FALSE(network_.connected(a_, b_));
    EXPECT_TRUE(network_.connected(b_, a_));
    network_.set_down(b_, true);
    network_.restore(a_, b_);
    EXPECT_FALSE(network_.connected(a_, b_));
  });
}

TEST_F(NetworkTest, held_messages_come_in_their_order_when_the_last_hold_is_released) {
  std::string order;
  run([this, &order] {
    network_.hold(a_, b_);
    network_.hold(a_, b_);
    for (const char letter : {'1', '2', '3'}) {
      network_.send(a_, b_, [&order, letter] { order += letter; });
      wait(5ms);
    }
    network_.send(b_, a_, [&order] { order += 'b'; });
    wait(1min);
    EXPECT_EQ(order, "b") << "the other direction is free";
    network_.release(a_, b_);
    wait(1s);
    EXPECT_EQ(order, "b");
    network_.release(a_, b_);
    network_.send(a_, b_, [&order] { order += '4'; });
    wait(10ms);
    EXPECT_EQ(order, "b1234");
    EXPECT_EQ(network_.traffic(b_).held, 3U);
  });
}

TEST_F(NetworkTest, a_held_message_belongs_to_the_receiving_process) {
  run([this] {
    Process& dies = kernel_.create_process("dies");
    Process& stops = kernel_.create_process("stops");
    network_.hold(a_, b_);
    network_.send(a_, b_, dies, [this] { delivered_ += 1; });
    network_.send(a_, b_, stops, [this] { delivered_ += 10; });
    wait(10ms);
    kernel_.kill(dies);
    kernel_.pause(stops);
    network_.release(a_, b_);
    wait(10ms);
    EXPECT_EQ(delivered_, 0);
    kernel_.resume(stops);
    wait(10ms);
    EXPECT_EQ(delivered_, 10);
  });
}

TEST_F(NetworkTest, a_partition_swallows_what_was_held) {
  run([this] {
    network_.hold(a_, b_);
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(10ms);
    network_.cut(a_, b_);
    network_.release(a_, b_);
    wait(10ms);
    EXPECT_EQ(delivered_, 0);
    EXPECT_EQ(network_.traffic(b_).swallowed, 1U);
  });
}

TEST_F(NetworkTest, a_slow_line_delivers_at_its_rate_and_then_is_free_again) {
  run([this] {
    network_.impair(b_, {.kbit = 16'384});  // a message of 2 KiB takes 1 ms
    network_.impair(b_, {.kbit = 163'840});
    for (int i = 0; i < 100; ++i) network_.send(a_, b_, [this] { ++delivered_; });
    wait(51500us);
    EXPECT_GE(delivered_, 49);
    EXPECT_LE(delivered_, 51);
    wait(60ms);
    EXPECT_EQ(delivered_, 100);
    EXPECT_EQ(network_.traffic(b_).queued, 100U);
    EXPECT_EQ(network_.traffic(a_).queued, 0U) << "its own line is as fast as ever";
    network_.mend(b_, {.kbit = 16'384});
    network_.mend(b_, {.kbit = 163'840});
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(2ms);
    EXPECT_EQ(delivered_, 101);
  });
}

TEST_F(NetworkTest, what_is_put_back_is_overtaken) {
  std::vector<int> order;
  run([this, &order] {
    network_.impair(b_, {.reorder_ppm = 200'000, .put_back = 1s});
    for (int i = 0; i < 100; ++i) {
      network_.send(a_, b_, [&order, i] { order.push_back(i); });
      wait(5ms);
    }
    wait(2s);
    ASSERT_EQ(order.size(), 100U);
    EXPECT_FALSE(std::ranges::is_sorted(order));
    EXPECT_GT(network_.traffic(b_).overtaking, 0U);
    network_.mend(b_, {.reorder_ppm = 200'000, .put_back = 1s});
  });
}

TEST_F(NetworkTest, nothing_is_overtaken_when_all_are_put_back_alike) {
  run([this] {
    network_.impair(b_, {.reorder_ppm = 1'000'000, .put_back = 1s});
    for (int i = 0; i < 20; ++i) network_.send(a_, b_, [] {});
    wait(2s);
    EXPECT_EQ(network_.traffic(b_).overtaking, 0U);
  });
}

TEST_F(NetworkTest, impairments_of_both_ends_and_of_several_faults_add_up) {
  run([this] {
    network_.impair(a_, {.latency = 10ms});
    network_.impair(b_, {.latency = 20ms});
    network_.impair(b_, {.latency = 40ms});
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(70ms);
    EXPECT_EQ(delivered_, 0);
    wait(3ms);
    EXPECT_EQ(delivered_, 1);
    network_.mend(b_, {.latency = 20ms});
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(53ms);
    EXPECT_EQ(delivered_, 2);
  });
}

}  // namespace
}  // namespace aftershock::sim
