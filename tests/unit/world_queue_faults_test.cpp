// What faults do to the simulated queue: lose, duplicate, reorder, stall, trim, poison.
#include <algorithm>

#include "tests/unit/queue_fixture.h"

namespace aftershock::sim {
namespace {

using Numbers = std::vector<std::uint64_t>;

constexpr std::int32_t kAll = 1'000'000;

TEST_F(QueueTest, loses_what_is_stored_and_what_is_published_meanwhile) {
  run([this] {
    publish(1, 3);
    ASSERT_EQ(receive(1, 0s).size(), 1U);  // pending is stored too
    server_.add_loss(kAll);
    EXPECT_EQ(server_.depth(), 0U);
    publish(4, 4);
    EXPECT_EQ(server_.counters().lost, 4U);
    server_.add_loss(-kAll);
    publish(5, 5);
    EXPECT_EQ(drain(), (Numbers{5}));
  });
}

TEST_F(QueueTest, loses_only_a_share_if_only_a_share_is_asked_for) {
  run([this] {
    publish(1, 1000);
    server_.add_loss(kAll / 4);
    EXPECT_GT(server_.counters().lost, 200U);
    EXPECT_LT(server_.counters().lost, 300U);
    EXPECT_EQ(server_.depth(), 1000 - server_.counters().lost);
  });
}

TEST_F(QueueTest, stores_entries_twice) {
  run([this] {
    server_.add_copies(kAll);
    publish(1, 2);
    EXPECT_EQ(server_.counters().copies_taken, 0U) << "nobody saw one yet";
    EXPECT_EQ(drain(), (Numbers{1, 1, 2, 2}));
    EXPECT_EQ(server_.counters().copies_taken, 2U);
    server_.add_copies(-kAll);
    publish(3, 3);
    EXPECT_EQ(drain(), (Numbers{3}));
  });
}

TEST_F(QueueTest, hands_out_in_another_order_and_loses_nothing) {
  run([this] {
    server_.add_reordering(kAll / 2, 5s);
    publish(1, 100);
    Numbers all = drain();
    wait(6s);
    const Numbers later = drain();
    all.insert(all.end(), later.begin(), later.end());
    EXPECT_FALSE(std::ranges::is_sorted(all));
    EXPECT_GT(server_.counters().overtaken, 10U);
    std::ranges::sort(all);
    Numbers wanted;
    for (std::uint64_t i = 1; i <= 100; ++i) wanted.push_back(i);
    EXPECT_EQ(all, wanted);
  });
}

TEST_F(QueueTest, a_stalled_queue_takes_entries_and_gives_them_out_when_it_goes_on) {
  run([this] {
    server_.set_stalled(true);
    publish(1, 1);
    EXPECT_TRUE(receive(1, 10s).empty());
    EXPECT_GT(server_.counters().withheld, 0U);
    kernel_.at(kernel_.now() + 3s, [this] { server_.set_stalled(false); });
    EXPECT_EQ(receive(1, 10s).size(), 1U);
    EXPECT_LT(kernel_.now(), SimTime(14s));
  });
}

TEST_F(QueueTest, a_limit_keeps_the_newest_of_what_nobody_took) {
  run([this] {
    server_.add_limit(2);
    publish(1, 5);
    EXPECT_EQ(drain(), (Numbers{4, 5}));
    EXPECT_EQ(server_.counters().trimmed, 3U);
    server_.remove_limit(2);
    publish(6, 9);
    EXPECT_EQ(drain().size(), 4U);
  });
}

TEST_F(QueueTest, poison_is_handed_out_like_any_entry) {
  run([this] {
    server_.poison(4);
    const Entries entries = receive(10, 0s);
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(std::ranges::count_if(entries, [](const auto& e) { return e.attempt.is_nil(); }), 2);
    ASSERT_TRUE(client_.acknowledge({entries[0].id}));
    EXPECT_EQ(server_.counters().poison_taken, 4U);
    EXPECT_EQ(server_.counters().poison_finished, 1U);
  });
}

}  // namespace
}  // namespace aftershock::sim
