#include "tests/conformance/queue_conformance.h"

#include <gmock/gmock.h>

#include <numeric>
#include <set>

namespace delta {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

void QueueConformance::together(const Bodies& bodies) {
  struct Count {
    std::unique_ptr<Monitor> monitor;
    std::size_t running;
  };
  Tasks& tasks = world_->runtime().tasks;
  const auto count = std::make_shared<Count>(tasks.make_monitor(), bodies.size());
  for (const auto& body : bodies) {
    tasks.spawn("together", [count, body] {
      body();
      const Lock lock(*count->monitor);
      --count->running;
      count->monitor->notify_all();
    });
  }
  const Lock lock(*count->monitor);
  while (count->running > 0) count->monitor->wait_until(kNoDeadline);
}

void QueueConformance::publish(std::uint64_t first, std::uint64_t last, std::size_t by) {
  std::vector<AttemptId> attempts;
  for (const std::uint64_t number : range(first, last)) attempts.push_back(attempt(number));
  const auto published = client(by).publish(attempts);
  EXPECT_TRUE(published) << published.error().detail;
}

std::vector<QueueEntry> QueueConformance::receive(std::uint32_t most, Duration wait,
                                                  Duration visibility, std::size_t by) {
  const MonoTime deadline = now() + wait;
  auto received = client(by).receive(most, wait, visibility);
  while (received && received->empty() && now() < deadline) {
    received = client(by).receive(most, deadline - now(), visibility);  // it may be empty early
  }
  EXPECT_TRUE(received) << received.error().detail;
  if (!received) return {};
  for (const QueueEntry& entry : *received) {
    EXPECT_NE(entry.id, 0U) << "which the dispatcher uses for entries that are not the queue's";
  }
  return *received;
}

void QueueConformance::acknowledge(const std::vector<QueueEntry>& entries, std::size_t by) {
  std::vector<std::uint64_t> ids;
  for (const QueueEntry& entry : entries) ids.push_back(entry.id);
  const auto done = client(by).acknowledge(ids);
  EXPECT_TRUE(done) << done.error().detail;
}

std::vector<std::uint64_t> QueueConformance::numbers(const std::vector<QueueEntry>& entries) {
  std::vector<std::uint64_t> found;
  for (const QueueEntry& entry : entries) found.push_back(entry.attempt.lo);
  return found;
}

std::vector<std::uint64_t> QueueConformance::range(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> found(last + 1 - first);
  std::iota(found.begin(), found.end(), first);
  return found;
}

void QueueConformance::expect_empty() {
  sleep(kSoon);
  EXPECT_THAT(numbers(receive(1000, 0ms, kOverdue)), IsEmpty());
}

namespace {

TEST_P(QueueConformance, gives_out_each_entry_once_and_in_order) {
  run([this] {
    publish(1, 4);
    publish(5, 10);
    EXPECT_EQ(numbers(receive(4, 0ms, kOneHour)), range(1, 4));
    EXPECT_EQ(numbers(receive(100, kLongWait, kOneHour)), range(5, 10));
    EXPECT_THAT(receive(100, 0ms, kOneHour), IsEmpty());
  });
}

TEST_P(QueueConformance, a_whole_id_comes_back) {
  run([this] {
    const AttemptId id{0xfedcba9876543210, 0x0123456789abcdef};
    ASSERT_TRUE(client().publish({id}));
    const auto entries = receive(1, 0ms, kOneHour);
    ASSERT_THAT(entries, SizeIs(1));
    EXPECT_EQ(entries[0].attempt, id);
  });
}

TEST_P(QueueConformance, the_same_attempt_twice_is_two_entries) {
  run([this] {
    ASSERT_TRUE(client().publish({attempt(1), attempt(1)}));
    const auto entries = receive(5, 0ms, kOneHour);
    ASSERT_THAT(numbers(entries), ElementsAre(1, 1));
    acknowledge({entries[0]});
    sleep(kSoon);
    const auto again = receive(5, 0ms, kOverdue);
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].id, entries[1].id);
  });
}

TEST_P(QueueConformance, is_empty_when_the_wait_has_passed) {
  run([this] {
    const MonoTime before = now();
    EXPECT_THAT(receive(10, 30ms, kOneHour), IsEmpty());
    EXPECT_GE(now() - before, 30ms);
    publish(1, 1);
    EXPECT_THAT(receive(10, 0ms, kOneHour), SizeIs(1));
    EXPECT_THAT(receive(10, 30ms, kOneHour), IsEmpty()) << "while somebody holds one";
    EXPECT_GE(now() - before, 60ms);
  });
}

TEST_P(QueueConformance, a_waiting_receiver_wakes_when_somebody_publishes) {
  run([this] {
    const MonoTime before = now();
    together({[this] { EXPECT_THAT(numbers(receive(5, kLongWait, kOneHour)), ElementsAre(1)); },
              [this] {
                sleep(kSoon);
                publish(1, 1);  // by the same client: its receive is in nobody's way
              }});
    EXPECT_LT(now() - before, kLongWait);
  });
}

TEST_P(QueueConformance, nobody_waits_any_more_in_a_process_that_ends) {
  run([this] {
    const MonoTime before = now();
    const auto wait = [this] {
      const auto received = client().receive(5, kLongWait, kOneHour);
      ASSERT_TRUE(received) << received.error().detail;
      EXPECT_THAT(*received, IsEmpty());
    };
    together({wait, wait, [this] {
                sleep(kSoon);
                client().stop_waiting();
              }});
    wait();
    EXPECT_LT(now() - before, kLongWait);
    publish(1, 2);
    const auto entries = receive(5, 0ms, kOneHour);
    EXPECT_THAT(numbers(entries), ElementsAre(1, 2)) << "nobody who waited has taken them";
    acknowledge(entries);
    expect_empty();
  });
}

TEST_P(QueueConformance, of_several_waiting_receivers_each_gets_its_own) {
  run([this] {
    std::vector<std::vector<QueueEntry>> taken(kClients);
    Bodies bodies;
    for (std::size_t by = 0; by < kClients; ++by) {
      bodies.push_back([this, &taken, by] { taken[by] = receive(1, kLongWait, kOneHour, by); });
    }
    bodies.push_back([this] {
      sleep(kSoon);
      publish(1, kClients);
    });
    together(bodies);
    std::set<std::uint64_t> all;
    for (const auto& entries : taken) {
      ASSERT_THAT(entries, SizeIs(1));
      all.insert(entries[0].attempt.lo);
    }
    EXPECT_THAT(all, SizeIs(kClients));
  });
}

TEST_P(QueueConformance, what_is_held_is_nobody_elses_within_its_visibility) {
  run([this] {
    publish(1, 3);
    EXPECT_THAT(receive(2, 0ms, kOneHour), SizeIs(2));
    sleep(kSoon);
    EXPECT_THAT(numbers(receive(5, 0ms, kOneHour, 1)), ElementsAre(3));
    EXPECT_THAT(receive(5, kSoon, kOneHour, 1), IsEmpty());
    EXPECT_THAT(receive(5, 0ms, kOneHour), IsEmpty()) << "not even its holder's";
  });
}

TEST_P(QueueConformance, what_is_not_acknowledged_comes_again_to_another_and_to_its_holder) {
  run([this] {
    publish(1, 2);
    const auto first = receive(5, 0ms, kOneHour);
    sleep(kSoon);
    const auto second = receive(5, 0ms, kOverdue, 1);
    ASSERT_EQ(numbers(second), range(1, 2));
    EXPECT_EQ(second[0].id, first[0].id);
    EXPECT_THAT(receive(5, 0ms, kOneHour, 2), IsEmpty()) << "it is held anew";
    sleep(kSoon);
    EXPECT_EQ(numbers(receive(5, 0ms, kOverdue, 1)), range(1, 2));
  });
}

TEST_P(QueueConformance, a_waiting_receiver_gets_what_becomes_overdue) {
  run([this] {
    const MonoTime before = now();
    publish(1, 1);
    EXPECT_THAT(receive(1, 0ms, kOneHour), SizeIs(1));
    EXPECT_THAT(numbers(receive(5, kLongWait, 100ms, 1)), ElementsAre(1));
    EXPECT_GE(now() - before, 50ms) << "clocks of servers are coarse";
    EXPECT_LT(now() - before, kLongWait);
  });
}

TEST_P(QueueConformance, gives_no_more_than_asked_and_the_overdue_first) {
  run([this] {
    publish(1, 5);
    EXPECT_THAT(receive(5, 0ms, kOneHour), SizeIs(5));
    publish(6, 10);
    sleep(kSoon);
    EXPECT_EQ(numbers(receive(7, 0ms, kOverdue, 1)), range(1, 7));
    EXPECT_EQ(numbers(receive(7, 0ms, kOneHour, 2)), range(8, 10));
  });
}

TEST_P(QueueConformance, many_that_are_held_hide_none_that_is_overdue) {
  run([this] {
    constexpr Duration kVisibility = 100ms;
    publish(1, 50);
    EXPECT_THAT(receive(50, 0ms, kOneHour), SizeIs(50));
    sleep(2 * kVisibility);
    const MonoTime before = now();
    EXPECT_EQ(numbers(receive(49, 0ms, kVisibility, 1)), range(1, 49));
    const auto last = numbers(receive(1, 0ms, kVisibility, 2));
    ASSERT_THAT(last, SizeIs(1));
    EXPECT_TRUE(last[0] == 50 || now() - before >= kVisibility) << last[0];
  });
}

TEST_P(QueueConformance, what_was_acknowledged_never_comes_again) {
  run([this] {
    publish(1, 3);
    const auto entries = receive(5, 0ms, kOneHour);
    ASSERT_THAT(entries, SizeIs(3));
    acknowledge({entries[0], entries[2]});
    sleep(kSoon);
    const auto again = receive(5, 0ms, kOverdue, 1);
    ASSERT_THAT(numbers(again), ElementsAre(2));
    acknowledge(again, 1);
    expect_empty();
  });
}

TEST_P(QueueConformance, a_holder_may_acknowledge_late_and_anybody_for_it) {
  run([this] {
    publish(1, 2);
    const auto entries = receive(5, 0ms, kOneHour);
    ASSERT_THAT(entries, SizeIs(2));
    sleep(kSoon);
    EXPECT_THAT(receive(5, 0ms, kOverdue, 1), SizeIs(2));
    acknowledge({entries[0]});
    acknowledge({entries[1]}, 3);
    expect_empty();
  });
}

TEST_P(QueueConformance, acknowledging_again_or_what_is_not_there_is_no_error) {
  run([this] {
    publish(1, 1);
    const auto entries = receive(5, 0ms, kOneHour);
    acknowledge(entries);
    acknowledge(entries);
    acknowledge({{12345, {}}});
    publish(2, 2);
    EXPECT_THAT(numbers(receive(5, 0ms, kOneHour)), ElementsAre(2));
  });
}

TEST_P(QueueConformance, nothing_may_be_published_and_acknowledged) {
  run([this] {
    EXPECT_TRUE(client().publish({}));
    EXPECT_TRUE(client().acknowledge({}));
    expect_empty();
  });
}

TEST_P(QueueConformance, an_entry_that_cannot_be_read_is_given_out_with_a_nil_attempt) {
  run([this] {
    publish(1, 1);
    world().add_unreadable();
    publish(2, 2);
    const auto entries = receive(10, 0ms, kOneHour);
    EXPECT_EQ(std::ranges::count_if(entries, [](auto& e) { return e.attempt.is_nil(); }), 1);
    EXPECT_EQ(std::ranges::count(entries, attempt(1), &QueueEntry::attempt), 1);
    EXPECT_EQ(std::ranges::count(entries, attempt(2), &QueueEntry::attempt), 1);
    acknowledge(entries);
    expect_empty();
  });
}

TEST_P(QueueConformance, a_large_batch_goes_through_whole) {
  run([this] {
    constexpr std::uint32_t kMany = 5000;
    publish(1, kMany);
    std::vector<QueueEntry> all;
    while (all.size() < kMany) {
      const auto some = receive(1500, 0ms, kOneHour);
      ASSERT_THAT(some, testing::Not(IsEmpty()));
      ASSERT_LE(some.size(), 1500U);
      all.insert(all.end(), some.begin(), some.end());
    }
    EXPECT_EQ(numbers(all), range(1, kMany));
    acknowledge(all);
    expect_empty();
  });
}

TEST_P(QueueConformance, many_tasks_at_once_handle_every_entry_once) {
  run([this] {
    constexpr std::size_t kPublishers = 4;
    constexpr std::uint64_t kBatches = 25;
    constexpr std::uint64_t kBatch = 4;
    constexpr std::size_t kAll = kPublishers * kBatches * kBatch;
    const std::shared_ptr<Monitor> monitor = world().runtime().tasks.make_monitor();
    std::vector<std::uint64_t> seen;
    Bodies bodies;
    for (std::uint64_t publisher = 0; publisher < kPublishers; ++publisher) {
      bodies.push_back([this, publisher] {
        for (std::uint64_t batch = 0; batch < kBatches; ++batch) {
          const std::uint64_t first = (publisher * kBatches + batch) * kBatch + 1;
          publish(first, first + kBatch - 1, publisher % kClients);
        }
      });
    }
    for (std::size_t taker = 0; taker < 2 * kClients; ++taker) {
      bodies.push_back([this, &seen, monitor, by = taker % kClients] {
        const MonoTime deadline = now() + kLongWait;
        const auto is_over = [&] {
          const Lock lock(*monitor);
          return seen.size() >= kAll || now() >= deadline;
        };
        while (!is_over()) {
          const auto entries = receive(7, kSoon, kOneHour, by);
          acknowledge(entries, by);
          const Lock lock(*monitor);
          for (const std::uint64_t number : numbers(entries)) seen.push_back(number);
        }
      });
    }
    together(bodies);
    std::ranges::sort(seen);
    EXPECT_EQ(seen, range(1, kAll));
    expect_empty();
  });
}

}  // namespace
}  // namespace delta
