// The simulated queue: at least once, pending entries, outage.
#include "simulator/world/queue_server.h"

#include <gtest/gtest.h>

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

class QueueTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  Entries receive(std::uint32_t most, delta::Duration wait) {
    auto received = client_.receive(most, wait, 30s);
    EXPECT_TRUE(received.has_value());
    return received.value_or(Entries{});
  }
  static delta::AttemptId attempt(std::uint64_t number) { return {0, number}; }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 1ms, 0}};
  HostId here_ = network_.add_host("here");
  QueueServer server_{kernel_, network_.add_host("queue")};
  QueueClient client_{
      {kernel_, network_, kernel_.main_process(), here_, server_.host()}, server_, 5s};
};

TEST_F(QueueTest, hands_out_entries_in_order_and_each_once) {
  run([this] {
    ASSERT_TRUE(client_.publish({attempt(1), attempt(2), attempt(3)}));
    const Entries first = receive(2, 0s);
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].attempt, attempt(1));
    EXPECT_EQ(first[1].attempt, attempt(2));
    EXPECT_EQ(receive(5, 0s).size(), 1U);
    EXPECT_TRUE(receive(5, 0s).empty());
  });
}

TEST_F(QueueTest, a_waiting_receiver_gets_an_entry_as_soon_as_it_is_published) {
  run([this] {
    kernel_.spawn(kernel_.main_process(), "publisher", [this] {
      kernel_.sleep_until(SimTime(10s));
      EXPECT_TRUE(client_.publish({attempt(7)}));
    });
    const Entries entries = receive(1, 60s);
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_LT(kernel_.now(), SimTime(10s + 10ms));
  });
}

TEST_F(QueueTest, an_empty_wait_ends_on_time_and_costs_no_steps_meanwhile) {
  run([this] {
    const std::uint64_t steps = kernel_.steps();
    EXPECT_TRUE(receive(1, 60s).empty());
    EXPECT_GE(kernel_.now(), SimTime(60s));
    EXPECT_LT(kernel_.now(), SimTime(61s));
    EXPECT_LT(kernel_.steps() - steps, 10U);
  });
}

TEST_F(QueueTest, an_entry_that_is_not_acknowledged_comes_again_after_its_visibility) {
  run([this] {
    ASSERT_TRUE(client_.publish({attempt(1)}));
    const Entries first = receive(1, 0s);
    ASSERT_EQ(first.size(), 1U);
    const Entries again = receive(1, 60s);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].attempt, attempt(1));
    EXPECT_GE(kernel_.now(), SimTime(30s));
    EXPECT_LT(kernel_.now(), SimTime(31s));
    ASSERT_TRUE(client_.acknowledge({again[0].id}));
    EXPECT_TRUE(receive(1, 60s).empty());
  });
}

TEST_F(QueueTest, an_outage_refuses_and_resets_and_keeps_what_is_stored) {
  run([this] {
    ASSERT_TRUE(client_.publish({attempt(1)}));
    server_.set_outage(true);
    EXPECT_FALSE(client_.publish({attempt(2)}));
    EXPECT_FALSE(client_.receive(1, 1s, 30s));
    EXPECT_EQ(server_.refused(), 2U);
    server_.set_outage(false);
    EXPECT_EQ(receive(5, 0s).size(), 1U);
  });
}

TEST_F(QueueTest, two_outages_at_once_last_until_the_second_is_lifted) {
  run([this] {
    server_.set_outage(true);
    server_.set_outage(true);
    server_.set_outage(false);
    EXPECT_FALSE(client_.publish({attempt(1)}));
    server_.set_outage(false);
    EXPECT_TRUE(client_.publish({attempt(1)}));
  });
}

TEST_F(QueueTest, a_partition_makes_a_call_fail_by_its_timeout) {
  run([this] {
    network_.cut(here_, server_.host());
    EXPECT_FALSE(client_.publish({attempt(1)}));
    EXPECT_GE(kernel_.now(), SimTime(5s));
    EXPECT_EQ(server_.depth(), 0U);
  });
}

}  // namespace
}  // namespace aftershock::sim
