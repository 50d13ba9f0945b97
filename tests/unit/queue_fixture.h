// A simulated queue with one client, for the tests of the queue.
#pragma once

#include <gtest/gtest.h>

#include "simulator/world/queue_server.h"

namespace aftershock::sim {

using namespace std::chrono_literals;

class QueueTest : public testing::Test {
 protected:
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
  QueueServer server_{kernel_, network_.add_host("queue")};
  QueueClient client_{
      {kernel_, network_, kernel_.main_process(), here_, server_.host()}, server_, 5s};
};

}  // namespace aftershock::sim
