// The simulated network: latency, partitions that swallow, loss that only delays.
#include "simulator/world/network.h"

#include <gtest/gtest.h>

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
    EXPECT_EQ(network_.swallowed(a_), 1U);
    EXPECT_EQ(network_.swallowed(b_), 1U);
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
    network_.add_loss(b_, 500'000);
    for (int i = 0; i < 200; ++i) network_.send(a_, b_, [this] { ++delivered_; });
    wait(150ms);
    EXPECT_LT(delivered_, 150);
    EXPECT_GT(delivered_, 50);
    wait(60s);
    EXPECT_EQ(delivered_, 200);
    EXPECT_GT(network_.retransmitted(b_), 50U);
    network_.remove_loss(b_, 500'000);
    const auto before = network_.retransmitted(b_);
    network_.send(a_, b_, [] {});
    EXPECT_EQ(network_.retransmitted(b_), before);
  });
}

TEST_F(NetworkTest, what_is_lost_each_time_that_it_is_sent_never_arrives) {
  run([this] {
    network_.add_loss(b_, 1'000'000);
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(10min);
    EXPECT_EQ(delivered_, 0);
    EXPECT_GT(network_.retransmitted(b_), 0U);
  });
}

TEST_F(NetworkTest, an_added_delay_slows_every_packet_until_it_is_removed) {
  run([this] {
    network_.add_delay(a_, 50ms, 10ms);
    network_.send(a_, b_, [this] { ++delivered_; });
    wait(40ms);
    EXPECT_EQ(delivered_, 0);
    wait(23ms);
    EXPECT_EQ(delivered_, 1);
    network_.remove_delay(a_, 50ms, 10ms);
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

}  // namespace
}  // namespace aftershock::sim
