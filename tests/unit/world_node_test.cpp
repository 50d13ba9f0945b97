// Nodes: supervised processes and their restart policies; the API endpoint in front of them.
#include "simulator/world/node.h"

#include <gtest/gtest.h>

#include "simulator/world/api_endpoint.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

/// Counts its ticks; stops when asked to.
class Ticker final : public Program {
 public:
  Ticker(ProcessRuntime& runtime, int& ticks) {
    runtime.spawn("tick", [this, &runtime, &ticks] {
      while (!stopping_) {
        runtime.sleep_until(runtime.now() + 1s);
        ++ticks;
      }
      stopped_ = true;
    });
  }
  void stop() override { stopping_ = true; }
  bool stopped() const override { return stopped_; }

 private:
  bool stopping_ = false;
  bool stopped_ = false;
};

class NodeTest : public testing::Test {
 protected:
  Node make(RestartPolicy policy) {
    return {kernel_,
            network_,
            network_.add_host("n"),
            "n",
            policy,
            [this](ProcessRuntime& runtime) { return std::make_unique<Ticker>(runtime, ticks_); },
            [this] { ++ended_; }};
  }
  void wait(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 1ms, 0}};
  int ticks_ = 0;
  int ended_ = 0;
};

TEST_F(NodeTest, a_killed_process_does_nothing_more_and_comes_back_by_its_policy) {
  Node node = make({RestartWhen::always, 5s});
  kernel_.run([&] {
    node.start();
    wait(3500ms);
    EXPECT_EQ(ticks_, 3);
    node.kill();
    EXPECT_EQ(node.process(), nullptr);
    EXPECT_EQ(ended_, 1);
    wait(4900ms);
    EXPECT_EQ(ticks_, 3);
    wait(2s);
    EXPECT_EQ(ticks_, 4);
    EXPECT_EQ(node.incarnation(), 2U);
    EXPECT_EQ(node.ends(), 1U);
  });
}

TEST_F(NodeTest, on_failure_restarts_after_a_kill_and_not_after_a_graceful_stop) {
  Node node = make({RestartWhen::on_failure, 1s});
  kernel_.run([&] {
    node.start();
    node.kill();
    wait(2s);
    ASSERT_NE(node.process(), nullptr);
    node.stop(30s);
    wait(60s);
    EXPECT_EQ(node.process(), nullptr);
    EXPECT_EQ(node.incarnation(), 2U);
  });
}

TEST_F(NodeTest, never_stays_down) {
  Node node = make({RestartWhen::never, 1s});
  kernel_.run([&] {
    node.start();
    node.kill();
    wait(60s);
    EXPECT_EQ(node.process(), nullptr);
  });
}

TEST_F(NodeTest, a_paused_process_stands_still_and_goes_on) {
  Node node = make({RestartWhen::never, 1s});
  kernel_.run([&] {
    node.start();
    wait(2500ms);
    const Process* paused = node.pause();
    wait(60s);
    EXPECT_EQ(ticks_, 2);
    node.resume(paused);
    wait(1500ms);
    EXPECT_EQ(ticks_, 4);
  });
}

TEST_F(NodeTest, two_pauses_are_lifted_one_by_one_and_never_for_a_later_process) {
  Node node = make({RestartWhen::always, 1s});
  kernel_.run([&] {
    node.start();
    const Process* first = node.pause();
    node.pause();
    node.resume(first);
    wait(10s);
    EXPECT_EQ(ticks_, 0);
    node.kill();
    wait(1500ms);
    const Process* second = node.pause();
    EXPECT_NE(second, first);
    node.resume(first);
    wait(10s);
    EXPECT_EQ(ticks_, 0);
    node.resume(second);
    wait(2s);
    EXPECT_GT(ticks_, 0);
  });
}

TEST_F(NodeTest, requests_are_refused_without_a_process_and_reset_when_it_dies) {
  Node node = make({RestartWhen::never, 1s});
  const HostId client = network_.add_host("client");
  ApiEndpoint endpoint(kernel_, network_, node.host());
  const std::vector<ApiEndpoint*> endpoints{&endpoint};
  SimTransport transport(network_, kernel_.main_process(), client, endpoints);
  kernel_.run([&] {
    auto refused = transport.call(0, delta::GetRunRequest{}, 10s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, delta::CallFailure::not_sent);
    node.start();
    endpoint.listen(*node.process(), [](delta::Request, delta::Responder) { /* never answers */ });
    kernel_.at(kernel_.now() + 1s, [&] {
      node.kill();
      endpoint.close();
    });
    auto reset = transport.call(0, delta::GetRunRequest{}, 10s);
    ASSERT_FALSE(reset);
    EXPECT_EQ(reset.error().kind, delta::CallFailure::no_reply);
    EXPECT_LT(kernel_.now(), SimTime(2s)) << "the reset, not the timeout, ends the call";
  });
}

TEST_F(NodeTest, a_paused_server_answers_after_it_was_resumed) {
  Node node = make({RestartWhen::never, 1s});
  const HostId client = network_.add_host("client");
  ApiEndpoint endpoint(kernel_, network_, node.host());
  const std::vector<ApiEndpoint*> endpoints{&endpoint};
  SimTransport transport(network_, kernel_.main_process(), client, endpoints);
  kernel_.run([&] {
    node.start();
    endpoint.listen(*node.process(),
                    [](delta::Request, delta::Responder respond) { respond(delta::Response{}); });
    const Process* paused = node.pause();
    EXPECT_FALSE(transport.call(0, delta::GetRunRequest{}, 5s));
    kernel_.at(kernel_.now() + 1s, [&node, paused] { node.resume(paused); });
    EXPECT_TRUE(transport.call(0, delta::GetRunRequest{}, 5s));
  });
}

}  // namespace
}  // namespace aftershock::sim
