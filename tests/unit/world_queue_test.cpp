// The simulated queue: at least once, pending entries, outage.
#include "tests/unit/queue_fixture.h"

namespace aftershock::sim {
namespace {

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

TEST_F(QueueTest, what_a_dead_client_waited_for_comes_to_another_after_its_visibility) {
  run([this] {
    Process& other = kernel_.create_process("other");
    QueueClient dead(kernel_, network_, other, here_, cluster_, 5s);
    kernel_.spawn(other, "receiver",
                  [&dead] { static_cast<void>(dead.receive(1, 60s, std::chrono::seconds(30))); });
    wait(1s);
    kernel_.kill(other);
    publish(1, 1);
    EXPECT_TRUE(receive(1, 0s).empty()) << "or nobody ate it";
    const Entries entries = receive(1, 60s);
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_LT(kernel_.now(), SimTime(1s + 31s));
  });
}

TEST_F(QueueTest, an_outage_refuses_and_resets_and_keeps_what_is_stored) {
  run([this] {
    ASSERT_TRUE(client_.publish({attempt(1)}));
    server_.set_outage(true);
    EXPECT_FALSE(client_.publish({attempt(2)}));
    EXPECT_FALSE(client_.receive(1, 1s, 30s));
    EXPECT_EQ(server_.gate().refused(), 2U);
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
