// The Redis queue when its server dies, hangs, forgets, refuses and holds what nobody should.
#include "orchestrator/adapters/redis_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "tests/live/fake_redis.h"
#include "tests/live/redis_by_hand.h"

namespace delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Duration kSoon = 20ms;    // what was taken before such a sleep
constexpr Duration kOverdue = 5ms;  // is overdue after it with this visibility
constexpr Duration kOneHour = 1h;
constexpr Duration kLongWait = 60s;
const std::string kStream = "delta:dispatch";

class RedisQueueTest : public testing::Test {
 protected:
  /// `timeout`: of each round trip.
  RedisQueue& start(RedisOptions server, Duration timeout = 60s, RedisQueueOptions options = {}) {
    server_.emplace(std::move(server));
    options.port = server_->port();
    options.command_timeout = timeout;
    return queue_.emplace(std::move(options));
  }
  RedisByHand by_hand() const { return RedisByHand(*server_); }

  static AttemptId attempt(std::uint64_t number) { return {7, number}; }
  void publish(const std::vector<AttemptId>& attempts) {
    const auto published = queue_->publish(attempts);
    EXPECT_TRUE(published) << published.error().detail;
  }
  std::vector<QueueEntry> receive(Duration visibility = kOneHour) {
    const auto received = queue_->receive(100, 0ms, visibility);
    EXPECT_TRUE(received) << received.error().detail;
    return received.value_or(std::vector<QueueEntry>{});
  }
  static std::vector<std::uint64_t> numbers(const std::vector<QueueEntry>& entries) {
    std::vector<std::uint64_t> found;
    for (const QueueEntry& entry : entries) found.push_back(entry.attempt.lo);
    return found;
  }
  std::string publish_error() {
    const auto published = queue_->publish({attempt(99)});
    return published ? "no error" : published.error().detail;
  }
  std::string receive_error(Duration wait = 0ms) {
    const auto received = queue_->receive(100, wait, kOneHour);
    return received ? "no error" : received.error().detail;
  }
  /// While somebody waits for an entry, by the server's own account, runs `disturb`.
  std::string error_of_a_wait(Duration wait, const std::function<void()>& disturb) {
    std::string error;
    std::atomic<bool> ended = false;
    std::thread waiting([&] {
      error = receive_error(wait);
      ended = true;
    });
    RedisByHand watch = by_hand();
    while (watch.info("blocked_clients") != "1" && !ended) std::this_thread::sleep_for(1ms);
    disturb();
    waiting.join();
    return error;
  }

  std::optional<RedisServer> server_;
  std::optional<RedisQueue> queue_;
};

TEST_F(RedisQueueTest, nobody_there_is_an_error_until_somebody_is) {
  start({});
  server_->stop();
  EXPECT_THAT(publish_error(), HasSubstr("127.0.0.1:" + std::to_string(server_->port())));
  EXPECT_THAT(publish_error(), HasSubstr("Connection refused"));
  EXPECT_THAT(receive_error(), HasSubstr("Connection refused"));
  EXPECT_FALSE(queue_->acknowledge({1}));
  server_->start();
  publish({attempt(1)});
  EXPECT_THAT(numbers(receive()), ElementsAre(1));
}

TEST_F(RedisQueueTest, a_killed_server_that_keeps_its_data_goes_on_where_it_was) {
  start({.append_only = true});
  publish({attempt(1), attempt(2)});
  const auto held = receive();
  ASSERT_THAT(held, SizeIs(2));
  publish({attempt(3)});
  server_->kill();
  server_->start();
  EXPECT_THAT(numbers(receive()), ElementsAre(3)) << "no error: the old connection is seen dead";
  ASSERT_TRUE(queue_->acknowledge({held[0].id}));
  std::this_thread::sleep_for(kSoon);
  EXPECT_THAT(numbers(receive(kOverdue)), ElementsAre(2, 3));
}

TEST_F(RedisQueueTest, a_killed_server_that_lost_its_data_has_its_group_made_again) {
  start({});
  publish({attempt(1)});
  server_->kill();
  EXPECT_THAT(publish_error(), HasSubstr("Connection refused"));
  server_->start();
  EXPECT_THAT(receive(), IsEmpty());
  publish({attempt(2)});
  EXPECT_THAT(numbers(receive()), ElementsAre(2));
}

TEST_F(RedisQueueTest, a_wait_ends_when_the_server_is_killed) {
  start({});
  EXPECT_THAT(error_of_a_wait(kLongWait, [this] { server_->kill(); }),
              HasSubstr("Redis at 127.0.0.1"));
}

TEST_F(RedisQueueTest, a_server_that_is_stopped_costs_a_timeout_and_is_used_again) {
  start({}, 1s);
  publish({attempt(1)});
  server_->pause();
  EXPECT_THAT(publish_error(), HasSubstr("no answer within 1s"));
  EXPECT_THAT(publish_error(), HasSubstr("no answer within 1s")) << "on a new connection";
  server_->resume();
  publish({attempt(2)});
  const auto entries = numbers(receive());  // and those which nobody knew about
  EXPECT_EQ(entries.front(), 1U);
  EXPECT_EQ(entries.back(), 2U);
}

TEST_F(RedisQueueTest, a_server_that_is_stopped_ends_a_wait_after_its_time) {
  start({}, 1s);
  EXPECT_THAT(error_of_a_wait(1s, [this] { server_->pause(); }), HasSubstr("no answer within "));
}

TEST_F(RedisQueueTest, losing_the_group_is_one_error_and_what_came_meanwhile_is_there) {
  start({});
  EXPECT_THAT(receive(), IsEmpty());
  by_hand()({"FLUSHALL"});
  publish({attempt(1)});
  EXPECT_THAT(receive_error(), HasSubstr("NOGROUP"));
  EXPECT_THAT(numbers(receive()), ElementsAre(1));
}

TEST_F(RedisQueueTest, losing_the_group_ends_a_wait) {
  start({});
  EXPECT_THAT(receive(), IsEmpty());
  EXPECT_THAT(error_of_a_wait(kLongWait, [this] { by_hand()({"FLUSHALL"}); }),
              testing::AnyOf(HasSubstr("NOGROUP"), HasSubstr("UNBLOCKED")));
  publish({attempt(1)});
  EXPECT_THAT(numbers(receive()), ElementsAre(1));
}

TEST_F(RedisQueueTest, the_right_password_opens_and_others_say_so) {
  start({.password = "right"}, 60s, {.password = "right"});
  publish({attempt(1)});
  queue_.emplace(RedisQueueOptions{.port = server_->port(), .password = "wrong"});
  EXPECT_THAT(publish_error(), HasSubstr("WRONGPASS"));
  queue_.emplace(RedisQueueOptions{.port = server_->port()});
  EXPECT_THAT(receive_error(), HasSubstr("NOAUTH"));
  start({}, 60s, {.password = "needless"});
  EXPECT_THAT(publish_error(), HasSubstr("without any password configured"));
}

TEST_F(RedisQueueTest, a_replica_and_another_type_of_key_are_errors_in_redis_words) {
  start({});
  by_hand()({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_THAT(publish_error(), HasSubstr("READONLY"));
  by_hand()({"REPLICAOF", "NO", "ONE"});
  by_hand()({"SET", kStream, "text"});
  EXPECT_THAT(publish_error(), HasSubstr("WRONGTYPE"));
}

TEST_F(RedisQueueTest, poisoned_entries_are_nil_and_can_be_acknowledged) {
  start({});
  publish({attempt(1)});
  RedisByHand add = by_hand();
  add({"XADD", kStream, "*", "something", "else"});
  add({"XADD", kStream, "*", "attempt", ""});
  add({"XADD", kStream, "*", "attempt", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"});
  add({"XADD", kStream, "*", "attempt", "00000000000000070000000000000002 "});
  add({"XADD", kStream, "*", "more", "x", "attempt", "00000000000000070000000000000002"});
  const auto entries = receive();
  ASSERT_THAT(numbers(entries), ElementsAre(1, 0, 0, 0, 0, 2));
  std::vector<std::uint64_t> ids;
  for (const QueueEntry& entry : entries) ids.push_back(entry.id);
  EXPECT_TRUE(queue_->acknowledge(ids));
  EXPECT_EQ(add({"XLEN", kStream}), "0");
  std::this_thread::sleep_for(kSoon);
  EXPECT_THAT(receive(kOverdue), IsEmpty());
}

TEST_F(RedisQueueTest, pending_entries_that_were_trimmed_are_forgotten) {
  start({});
  publish({attempt(1), attempt(2), attempt(3)});
  EXPECT_THAT(receive(), SizeIs(3));
  by_hand()({"XTRIM", kStream, "MAXLEN", "1"});
  std::this_thread::sleep_for(kSoon);
  std::vector<QueueEntry> one;
  for (int looks = 0; looks < 3 && one.empty(); ++looks) {
    const auto found = queue_->receive(1, 0ms, kOverdue);
    ASSERT_TRUE(found);
    one = *found;
  }
  EXPECT_THAT(numbers(one), ElementsAre(3)) << "behind two that are gone";
  by_hand()({"XTRIM", kStream, "MAXLEN", "0"});
  std::this_thread::sleep_for(kSoon);
  EXPECT_THAT(receive(kOverdue), IsEmpty());
}

TEST_F(RedisQueueTest, an_entry_whose_id_does_not_fit_comes_once) {
  start({});
  by_hand()({"XADD", kStream, "5000000000000-1", "attempt", "00000000000000070000000000000001"});
  const auto entries = receive();
  ASSERT_THAT(numbers(entries), ElementsAre(1));
  EXPECT_EQ(entries[0].id, 0U);
  EXPECT_TRUE(queue_->acknowledge({0}));
  EXPECT_EQ(by_hand()({"XLEN", kStream}), "0");
  std::this_thread::sleep_for(kSoon);
  EXPECT_THAT(receive(kOverdue), IsEmpty());
  publish({attempt(2)});  // its id follows the large one
  EXPECT_THAT(numbers(receive()), ElementsAre(2));
}

TEST_F(RedisQueueTest, keeps_about_as_many_entries_as_it_may) {
  start({}, 60s, {.most_kept = 200});
  publish(std::vector<AttemptId>(1000, attempt(1)));
  const int kept = std::stoi(by_hand()({"XLEN", kStream}));
  EXPECT_GE(kept, 200);
  EXPECT_LT(kept, 400);
}

TEST_F(RedisQueueTest, acknowledged_entries_leave_the_stream_and_the_group) {
  start({});
  publish({attempt(1), attempt(2)});
  const auto entries = receive();
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_TRUE(queue_->acknowledge({entries[0].id}));
  EXPECT_EQ(by_hand()({"XLEN", kStream}), "1");
  const std::string id = unpack_stream_id(entries[0].id);
  EXPECT_EQ(by_hand()({"XACK", kStream, "delta", id}), "0") << "it is not pending either";
}

TEST_F(RedisQueueTest, calls_one_after_the_other_share_a_connection) {
  start({});
  RedisByHand watch = by_hand();
  const int before = std::stoi(watch.info("total_connections_received"));
  for (std::uint64_t i = 1; i <= 20; ++i) publish({attempt(i)});
  EXPECT_THAT(receive(), SizeIs(20));
  EXPECT_EQ(std::stoi(watch.info("total_connections_received")), before + 1);
}

std::string error_of(const FakeRedis& server, Duration timeout = 60s) {
  RedisQueue queue({.port = server.port(), .command_timeout = timeout});
  const auto published = queue.publish({AttemptId{7, 1}});
  return published ? "no error" : published.error().detail;
}

TEST(RedisQueue, an_old_or_unknown_version_is_refused) {
  EXPECT_THAT(error_of(FakeRedis({FakeRedis::bulk("redis_version:6.2.14\r\n")})),
              HasSubstr("version 6, but Redis 7 or newer is needed"));
  EXPECT_THAT(error_of(FakeRedis({FakeRedis::bulk("something_else:1\r\n")})),
              HasSubstr("version unknown, but Redis 7 or newer is needed"));
}

TEST(RedisQueue, a_server_that_loads_its_data_is_an_error_that_says_so) {
  EXPECT_THAT(error_of(FakeRedis({FakeRedis::bulk("redis_version:7.0.0\r\n"),
                                  "-LOADING Redis is loading the dataset in memory\r\n"})),
              HasSubstr("LOADING Redis is loading"));
}

TEST(RedisQueue, a_server_that_is_no_redis_is_an_error) {
  EXPECT_THAT(error_of(FakeRedis({"HTTP/1.1 400 Bad Request\r\n\r\n"})),
              HasSubstr("Protocol error"));
}

TEST(RedisQueue, an_answer_that_trickles_ends_with_the_timeout_of_the_whole) {
  const FakeRedis server({FakeRedis::bulk(std::string(10'000, 'x'))}, 10ms);
  EXPECT_THAT(error_of(server, 100ms), HasSubstr("no answer within 100ms"));
}

}  // namespace
}  // namespace delta
