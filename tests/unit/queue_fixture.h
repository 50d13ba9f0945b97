// A simulated queue with one client, for the tests of the queue.
#pragma once

#include <gtest/gtest.h>

#include "simulator/world/queue_client.h"

namespace aftershock::sim {

using namespace std::chrono_literals;

class QueueTest : public testing::Test {
 protected:
  explicit QueueTest(const QueueOptions& options = {},
                     const QueueReplicationOptions& replication = {})
      : cluster_(kernel_, network_, add_hosts(replication.replicas), options, replication) {}

  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void wait(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }
  Entries receive(std::uint32_t most, delta::Duration wait) {
    auto received = client_.receive(most, wait, 30s);
    EXPECT_TRUE(received.has_value());
    return received.value_or(Entries{});
  }
  /// Receives everything at once and acknowledges it.
  std::vector<std::uint64_t> drain() {
    std::vector<std::uint64_t> attempts;
    std::vector<std::uint64_t> ids;
    for (const delta::QueueEntry& entry : receive(1000, 0s)) {
      attempts.push_back(entry.attempt.lo);
      ids.push_back(entry.id);
    }
    EXPECT_TRUE(client_.acknowledge(ids));
    return attempts;
  }
  static delta::AttemptId attempt(std::uint64_t number) { return {0, number}; }
  void publish(std::uint64_t first, std::uint64_t last) {
    std::vector<delta::AttemptId> attempts;
    for (std::uint64_t i = first; i <= last; ++i) attempts.push_back(attempt(i));
    EXPECT_TRUE(client_.publish(attempts));
  }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 1ms, 0}};
  HostId here_ = network_.add_host("here");
  QueueCluster cluster_;
  QueueServer& server_ = cluster_.primary();  ///< at first
  QueueClient client_{kernel_, network_, kernel_.main_process(), here_, cluster_, 5s};

 private:
  std::vector<HostId> add_hosts(std::uint32_t replicas) {
    std::vector<HostId> hosts;
    for (std::uint32_t i = 0; i <= replicas; ++i) {
      hosts.push_back(network_.add_host("queue-" + std::to_string(i)));
    }
    return hosts;
  }
};

}  // namespace aftershock::sim
