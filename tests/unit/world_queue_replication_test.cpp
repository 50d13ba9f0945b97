// The simulated queue with replicas: what they are sent, and what a promotion loses.
#include <algorithm>

#include "tests/unit/queue_fixture.h"

namespace aftershock::sim {
namespace {

using Numbers = std::vector<std::uint64_t>;

class QueueReplicationTest : public QueueTest {
 protected:
  explicit QueueReplicationTest(const QueueReplicationOptions& replication = {.replicas = 2,
                                                                              .address_ttl = 5s})
      : QueueTest({.persistence = Persistence::append_only}, replication) {}

  QueueServer& replica(std::size_t number) { return cluster_.server(number); }
  static Numbers unread(const QueueServer& server) {
    Numbers numbers;
    for (const StreamEntry& entry : server.image().unread()) numbers.push_back(entry.attempt.lo);
    return numbers;
  }
  void cut(std::size_t one, std::size_t other) {
    network_.cut(cluster_.host(one), cluster_.host(other));
    network_.cut(cluster_.host(other), cluster_.host(one));
  }
  void restore(std::size_t one, std::size_t other) {
    network_.restore(cluster_.host(one), cluster_.host(other));
    network_.restore(cluster_.host(other), cluster_.host(one));
  }
  QueueCluster::Outcome promote() {
    std::optional<QueueCluster::Outcome> outcome;
    cluster_.promote([&outcome](QueueCluster::Outcome reached) { outcome = std::move(reached); });
    wait(1s);
    EXPECT_TRUE(outcome);
    return outcome.value_or(std::unexpected("no answer"));
  }
  void lose_primary() { server_.crash(1h, CrashKind::power); }
};

TEST_F(QueueReplicationTest, replicas_hold_what_the_primary_holds) {
  run([this] {
    publish(1, 4);
    const Entries taken = receive(2, 0s);
    ASSERT_TRUE(client_.acknowledge({taken.at(0).id}));
    wait(10ms);
    for (const std::size_t number : {1U, 2U}) {
      EXPECT_EQ(unread(replica(number)), (Numbers{3, 4}));
      EXPECT_EQ(replica(number).image().pending().size(), 1U);
    }
  });
}

TEST_F(QueueReplicationTest, a_replica_refuses_clients) {
  run([this] {
    replica(1).publish({attempt(1)}, ReplyTo<bool>(network_, replica(1).host(), here_,
                                                   std::make_shared<Exchange<bool>>()));
    EXPECT_EQ(replica(1).counters().read_only, 1U);
    EXPECT_EQ(replica(1).depth(), 0U);
  });
}

TEST_F(QueueReplicationTest, the_most_advanced_replica_takes_over_and_clients_find_it_in_time) {
  run([this] {
    cut(0, 1);
    publish(1, 3);
    wait(10ms);
    lose_primary();
    EXPECT_FALSE(client_.publish({attempt(9)}));
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->server, 2U);
    EXPECT_EQ(outcome->loss.lost, 0U);
    EXPECT_FALSE(client_.publish({attempt(9)})) << "what it looked up is still good";
    wait(5s);
    EXPECT_EQ(drain(), (Numbers{1, 2, 3}));
  });
}

TEST_F(QueueReplicationTest, nobody_is_promoted_where_no_replica_runs) {
  run([this] {
    replica(1).crash(1h, CrashKind::process);
    replica(2).crash(1h, CrashKind::process);
    EXPECT_FALSE(promote());
    EXPECT_EQ(cluster_.primary_index(), 0U);
  });
}

TEST_F(QueueReplicationTest, a_replica_that_was_away_is_told_what_it_missed) {
  run([this] {
    cut(0, 1);
    publish(1, 3);
    wait(20s);
    EXPECT_EQ(unread(replica(1)), (Numbers{}));
    restore(0, 1);
    wait(6s);
    EXPECT_EQ(unread(replica(1)), (Numbers{1, 2, 3}));
  });
}

TEST_F(QueueReplicationTest, a_replica_that_was_down_gets_a_copy) {
  run([this] {
    wait(100ms);
    publish(1, 2);
    wait(100ms);
    EXPECT_EQ(unread(replica(1)), (Numbers{1, 2}));
    replica(1).crash(10s, CrashKind::power);
    publish(3, 3);
    wait(20s);
    EXPECT_GT(replica(1).counters().missed, 0U);
    EXPECT_EQ(unread(replica(1)), (Numbers{1, 2, 3})) << "its own file did not have the first two";
  });
}

TEST_F(QueueReplicationTest, the_old_primary_comes_back_as_a_copy) {
  run([this] {
    publish(1, 2);
    wait(10ms);
    server_.crash(20s, CrashKind::process);
    ASSERT_TRUE(promote());
    wait(5s);
    publish(3, 3);
    wait(30s);
    EXPECT_TRUE(server_.follows());
    EXPECT_EQ(unread(server_), (Numbers{1, 2, 3}));
    EXPECT_EQ(unread(replica(2)), (Numbers{1, 2, 3})) << "the other one follows the new primary";
    lose_primary();
    EXPECT_EQ(cluster_.primary_index(), 1U);
  });
}

TEST_F(QueueReplicationTest, what_an_isolated_primary_takes_after_a_promotion_is_lost) {
  run([this] {
    cut(0, 1);
    cut(0, 2);
    publish(1, 2);
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->loss.lost, 2U);
    publish(3, 3);  // it is still found there
    EXPECT_EQ(server_.counters().lost, 2U);
    wait(5s);
    publish(4, 4);
    restore(0, 1);
    wait(10s);
    EXPECT_TRUE(server_.follows());
    EXPECT_EQ(server_.counters().lost, 3U);
    EXPECT_EQ(unread(server_), (Numbers{4}));
    EXPECT_EQ(unread(cluster_.primary()), (Numbers{4}));
  });
}

TEST_F(QueueReplicationTest, a_primary_that_comes_back_with_less_takes_it_from_its_replicas_too) {
  run([this] {
    publish(1, 1);
    wait(1s);
    publish(2, 2);
    wait(10ms);
    EXPECT_EQ(unread(replica(1)), (Numbers{1, 2}));
    server_.crash(1s, CrashKind::power);
    wait(3s);
    EXPECT_EQ(unread(server_), (Numbers{1}));
    EXPECT_EQ(unread(replica(1)), (Numbers{1}));
  });
}

struct LaggingQueue : QueueReplicationTest {
  LaggingQueue() : QueueReplicationTest({.replicas = 1, .delay = 3s, .address_ttl = 0s}) {}
};

TEST_F(LaggingQueue, a_promotion_loses_what_was_under_way_and_brings_back_what_was_finished) {
  run([this] {
    publish(1, 2);
    const Entries taken = receive(1, 0s);
    wait(4s);
    ASSERT_TRUE(client_.acknowledge({taken.at(0).id}));
    publish(3, 4);
    lose_primary();
    const auto outcome = promote();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->loss.lost, 2U);
    EXPECT_EQ(outcome->loss.returned, 1U);
    EXPECT_EQ(server_.counters().lost, 2U) << "by the one that held them";
    EXPECT_EQ(drain(), (Numbers{2}));
    wait(31s);
    EXPECT_EQ(drain(), (Numbers{1}));
  });
}

}  // namespace
}  // namespace aftershock::sim
