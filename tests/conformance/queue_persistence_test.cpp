// What a queue still has after its process was killed, and what its replica has: the simulated one
// and a real redis-server answer the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "orchestrator/adapters/redis_queue.h"
#include "platform/threads.h"
#include "simulator/world/process_runtime.h"
#include "simulator/world/queue_client.h"
#include "tests/live/redis_by_hand.h"

namespace delta {
namespace {

using aftershock::sim::Fsync;
using aftershock::sim::Persistence;

constexpr Duration kOneHour = 1h;

struct QueueSetup {
  Persistence persistence = Persistence::append_only;
  Fsync fsync = Fsync::always;
  bool replica = false;
};

/// A queue whose server can be killed, with SIGKILL.
class MortalQueue {
 public:
  virtual ~MortalQueue() = default;
  virtual void run(const std::function<void()>& body) = 0;
  virtual void sleep(Duration time) = 0;
  /// Of the server that is the primary now.
  virtual Queue& client() = 0;
  /// The newest snapshot is of what there is now.
  virtual void save() = 0;
  virtual void kill_and_start() = 0;

  // With a replica
  /// Waits until it has all that the primary has.
  virtual void catch_up() = 0;
  /// It is told nothing more.
  virtual void cut_off() = 0;
  virtual void kill_and_promote() = 0;
  /// The one that was killed is there again, and follows the new primary.
  virtual void bring_back() = 0;
  /// What that one says to a client.
  virtual std::expected<void, QueueError> publish_to_replica(AttemptId attempt) = 0;
};

class ModelQueue final : public MortalQueue {
 public:
  explicit ModelQueue(const QueueSetup& setup)
      : cluster_(kernel_, network_, hosts(setup),
                 {.persistence = setup.persistence, .fsync = setup.fsync},
                 {.replicas = setup.replica ? 1U : 0U, .address_ttl = 0s}) {}

  void run(const std::function<void()>& body) override {
    kernel_.run([&body] { body(); });
  }
  void sleep(Duration time) override { kernel_.sleep_until(kernel_.now() + time); }
  Queue& client() override { return client_; }
  void save() override { sleep(1min); }
  void kill_and_start() override {
    cluster_.primary().crash(1ms, aftershock::sim::CrashKind::process);
    sleep(1ms);
  }
  void catch_up() override { sleep(1s); }
  void cut_off() override {
    network_.cut(cluster_.host(0), cluster_.host(1));
    network_.cut(cluster_.host(1), cluster_.host(0));
  }
  void kill_and_promote() override {
    cluster_.primary().crash(10s, aftershock::sim::CrashKind::process);
    bool promoted = false;
    cluster_.promote([&promoted](const auto& outcome) { promoted = outcome.has_value(); });
    sleep(2s);
    ASSERT_TRUE(promoted);
  }
  void bring_back() override { sleep(20s); }
  std::expected<void, QueueError> publish_to_replica(AttemptId attempt) override {
    aftershock::sim::QueueServer& replica = cluster_.server(1 - cluster_.primary_index());
    const auto done = aftershock::sim::remote_call<bool>(
        {kernel_, network_, kernel_.main_process(), here_, replica.host()}, 5s,
        [&replica, attempt](auto& reply) { replica.publish({attempt}, reply); });
    if (!done) return std::unexpected(QueueError{"refused"});
    return {};
  }

 private:
  std::vector<aftershock::sim::HostId> hosts(const QueueSetup& setup) {
    std::vector<aftershock::sim::HostId> all{network_.add_host("queue")};
    if (setup.replica) all.push_back(network_.add_host("replica"));
    return all;
  }

  aftershock::sim::Kernel kernel_{{.seed = 1}};
  aftershock::sim::Network network_{kernel_, {1ms, 1ms, 0}};
  aftershock::sim::HostId here_ = network_.add_host("here");
  aftershock::sim::QueueCluster cluster_;
  aftershock::sim::QueueClient client_{kernel_, network_, kernel_.main_process(),
                                       here_,   cluster_, 5s};
};

class RealQueue final : public MortalQueue {
 public:
  explicit RealQueue(const QueueSetup& setup) {
    for (std::size_t i = 0; i < (setup.replica ? 2 : 1); ++i) start_new(i, setup);
    if (setup.replica) follow(1, 0);
  }

  void run(const std::function<void()>& body) override { body(); }
  void sleep(Duration time) override {
    runtime_.ports().clock.sleep_until(runtime_.ports().clock.now() + time);
  }
  Queue& client() override { return *clients_.at(primary_); }
  void save() override { RedisByHand (*servers_.at(primary_))({"SAVE"}); }
  void kill_and_start() override {
    servers_.at(primary_)->kill();
    servers_.at(primary_)->start();
  }
  void catch_up() override {
    RedisByHand hand(*servers_.at(primary_));
    hand({"SET", "marker", "set"});
    while (hand({"WAIT", "1", "5000"}) == "0") {
    }
  }
  void cut_off() override {
    constexpr const char* kNobodyThere = "1";
    RedisByHand (*servers_.at(1 - primary_))({"REPLICAOF", "127.0.0.1", kNobodyThere});
  }
  void kill_and_promote() override {
    servers_.at(primary_)->kill();
    primary_ = 1 - primary_;
    RedisByHand (*servers_.at(primary_))({"REPLICAOF", "NO", "ONE"});
  }
  void bring_back() override {
    servers_.at(1 - primary_)->start();
    follow(1 - primary_, primary_);
    catch_up();
  }
  std::expected<void, QueueError> publish_to_replica(AttemptId attempt) override {
    return clients_.at(1 - primary_)->publish({attempt});
  }

 private:
  void start_new(std::size_t index, const QueueSetup& setup) {
    constexpr std::array<const char*, 3> kFsync{"always", "everysec", "no"};
    servers_.at(index).emplace(
        RedisOptions{.append_only = setup.persistence == Persistence::append_only,
                     .fsync = kFsync.at(static_cast<std::size_t>(setup.fsync))});
    clients_.at(index).emplace(
        RedisQueueOptions{.port = servers_.at(index)->port(), .command_timeout = 60s});
  }
  void follow(std::size_t replica, std::size_t primary) {
    RedisByHand (*servers_.at(primary))({"CONFIG", "SET", "repl-diskless-sync-delay", "0"});
    const std::string port = std::to_string(servers_.at(primary)->port());
    RedisByHand (*servers_.at(replica))({"REPLICAOF", "127.0.0.1", port});
  }

  ThreadRuntime runtime_;
  std::array<std::optional<RedisServer>, 2> servers_;
  std::array<std::optional<RedisQueue>, 2> clients_;
  std::size_t primary_ = 0;
};

struct Maker {
  const char* name;
  std::unique_ptr<MortalQueue> (*make)(const QueueSetup& setup);
};

class QueuePersistence : public testing::TestWithParam<Maker> {
 protected:
  using Numbers = std::vector<std::uint64_t>;

  void run(const QueueSetup& setup, const std::function<void()>& body) {
    queue_ = GetParam().make(setup);
    queue_->run(body);
  }
  void publish(std::uint64_t number) {
    EXPECT_TRUE(queue_->client().publish({AttemptId{7, number}}));
  }
  std::vector<QueueEntry> receive(std::uint32_t most, Duration visibility = kOneHour) {
    auto received = queue_->client().receive(most, 0ms, visibility);
    EXPECT_TRUE(received);
    return received.value_or(std::vector<QueueEntry>{});
  }
  void acknowledge(const QueueEntry& entry) {
    EXPECT_TRUE(queue_->client().acknowledge({entry.id}));
  }
  static Numbers numbers(const std::vector<QueueEntry>& entries) {
    Numbers found;
    for (const QueueEntry& entry : entries) found.push_back(entry.attempt.lo);
    return found;
  }
  /// 1 is acknowledged, 2 is taken, 3 waits; all of it before the moment that matters.
  void fill() {
    for (const std::uint64_t number : {1U, 2U, 3U, 4U}) publish(number);
    const std::vector<QueueEntry> taken = receive(2);
    ASSERT_EQ(numbers(taken), (Numbers{1, 2}));
    acknowledge(taken[0]);
    taken_ = taken[1];
  }
  /// After it: 2 is acknowledged, 3 is taken, 5 waits.
  void go_on() {
    acknowledge(taken_);
    ASSERT_EQ(numbers(receive(1)), (Numbers{3}));
    publish(5);
  }
  void expect(const Numbers& waiting, const Numbers& taken) {
    EXPECT_EQ(numbers(receive(100)), waiting);
    queue_->sleep(20ms);
    Numbers all = numbers(receive(100, 5ms));
    std::erase_if(
        all, [&](std::uint64_t one) { return std::ranges::find(waiting, one) != waiting.end(); });
    EXPECT_EQ(all, taken);
  }

  std::unique_ptr<MortalQueue> queue_;
  QueueEntry taken_;
};

TEST_P(QueuePersistence, an_append_only_file_has_all_that_was_answered_however_it_is_synced) {
  for (const Fsync fsync : {Fsync::always, Fsync::every_second, Fsync::never}) {
    run({.fsync = fsync}, [this] {
      fill();
      go_on();
      queue_->kill_and_start();
      expect({4, 5}, {3});
    });
  }
}

TEST_P(QueuePersistence, a_snapshot_has_what_there_was_when_it_was_taken) {
  run({.persistence = Persistence::snapshot}, [this] {
    fill();
    queue_->save();
    go_on();
    queue_->kill_and_start();
    expect({3, 4}, {2});
  });
}

TEST_P(QueuePersistence, without_either_nothing_is_left) {
  run({.persistence = Persistence::none}, [this] {
    fill();
    queue_->kill_and_start();
    expect({}, {});
    publish(9);
    expect({9}, {});
  });
}

TEST_P(QueuePersistence, a_replica_that_kept_up_loses_nothing) {
  run({.replica = true}, [this] {
    fill();
    go_on();
    queue_->catch_up();
    queue_->kill_and_promote();
    expect({4, 5}, {3});
  });
}

TEST_P(QueuePersistence, a_replica_that_was_cut_off_has_what_it_was_told) {
  run({.replica = true}, [this] {
    fill();
    queue_->catch_up();
    queue_->cut_off();
    go_on();
    queue_->kill_and_promote();
    expect({3, 4}, {2});
  });
}

TEST_P(QueuePersistence, the_old_primary_comes_back_as_a_copy_and_not_as_a_second_queue) {
  run({.replica = true}, [this] {
    fill();
    queue_->catch_up();
    queue_->kill_and_promote();
    publish(5);
    queue_->bring_back();
    EXPECT_FALSE(queue_->publish_to_replica({7, 9}));
    queue_->kill_and_promote();
    expect({3, 4, 5}, {2});
  });
}

INSTANTIATE_TEST_SUITE_P(
    , QueuePersistence,
    testing::Values(Maker{"model",
                          [](const QueueSetup& setup) -> std::unique_ptr<MortalQueue> {
                            return std::make_unique<ModelQueue>(setup);
                          }},
                    Maker{"redis",
                          [](const QueueSetup& setup) -> std::unique_ptr<MortalQueue> {
                            return std::make_unique<RealQueue>(setup);
                          }}),
    [](const auto& which) { return std::string(which.param.name); });

}  // namespace
}  // namespace delta
