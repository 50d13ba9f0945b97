// Connections: what a reset breaks at both ends, and what it leaves alone.
#include "simulator/world/connection.h"

#include <gtest/gtest.h>

#include "simulator/world/database_client.h"
#include "simulator/world/remote_call.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

class ConnectionTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void after(delta::Duration time, Callback action) {
    kernel_.at(kernel_.now() + time, std::move(action));
  }
  /// A call that is served after `service`.
  std::expected<bool, CallEnd> call(delta::Duration service) {
    return remote_call<bool>({kernel_, network_, kernel_.main_process(), client_, server_}, 1min,
                             [this, service](const ReplyTo<bool>& reply) {
                               ++served_;
                               after(service, [reply] { reply(true); });
                             });
  }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 1ms, 0}};
  HostId client_ = network_.add_host("client");
  HostId server_ = network_.add_host("server");
  HostId other_ = network_.add_host("other");
  DatabaseServer database_{kernel_, server_, {}};
  int served_ = 0;
};

TEST_F(ConnectionTest, a_reset_ends_a_call_at_once_and_is_counted_when_the_client_sees_it) {
  run([this] {
    after(10s, [this] { network_.reset(server_); });
    after(10s, [this] { EXPECT_EQ(network_.traffic(client_).resets, 0U); });
    const auto answer = call(30s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error(), CallEnd::reset);
    EXPECT_EQ(kernel_.now(), SimTime(10s));
    EXPECT_EQ(network_.traffic(client_).resets, 1U);
    EXPECT_EQ(network_.traffic(server_).resets, 1U);
  });
}

TEST_F(ConnectionTest, a_reset_of_either_end_breaks_it_and_of_another_host_does_not) {
  run([this] {
    after(1s, [this] { network_.reset(other_); });
    EXPECT_TRUE(call(2s));
    after(1s, [this] { network_.reset(client_); });
    EXPECT_FALSE(call(2s));
  });
}

TEST_F(ConnectionTest, a_request_under_way_is_lost_and_so_is_an_answer) {
  run([this] {
    after(500us, [this] { network_.reset(server_); });
    EXPECT_FALSE(call(10ms));
    kernel_.sleep_until(kernel_.now() + 1s);
    EXPECT_EQ(served_, 0);
    after(11500us, [this] { network_.reset(server_); });
    EXPECT_FALSE(call(10ms));
    EXPECT_EQ(served_, 1);
  });
}

TEST_F(ConnectionTest, a_call_that_is_over_is_not_broken_by_a_later_reset) {
  run([this] {
    EXPECT_TRUE(call(1s));
    network_.reset(server_);
    EXPECT_TRUE(call(1s));
    EXPECT_EQ(network_.traffic(server_).resets, 0U);
  });
}

TEST_F(ConnectionTest, a_database_session_breaks_and_its_locks_are_free) {
  DatabaseClient client(kernel_, network_, kernel_.main_process(), client_, database_, {});
  run([&] {
    auto session = client.connect();
    ASSERT_TRUE(session);
    ASSERT_TRUE((*session)->open({}));
    EXPECT_EQ(database_.connections(), 1U);
    network_.reset(client_);
    kernel_.sleep_until(kernel_.now() + 1ms);
    EXPECT_EQ(database_.connections(), 0U) << "the server's end is told, too";
    EXPECT_EQ(network_.traffic(server_).resets, 0U) << "the client has not looked";
    EXPECT_EQ((*session)->commit({}).outcome, delta::CommitOutcome::not_committed);
    EXPECT_EQ(network_.traffic(server_).resets, 1U);
    EXPECT_FALSE((*session)->find({}));
    EXPECT_EQ(network_.traffic(server_).resets, 1U) << "once for each connection";
  });
}

TEST_F(ConnectionTest, a_commit_under_way_is_unknown_after_a_reset) {
  DatabaseClient client(kernel_, network_, kernel_.main_process(), client_, database_, {});
  run([&] {
    auto session = client.connect();
    ASSERT_TRUE(session);
    ASSERT_TRUE((*session)->open({}));
    after(500us, [this] { network_.reset(server_); });
    EXPECT_EQ((*session)->commit({}).outcome, delta::CommitOutcome::unknown);
    EXPECT_EQ(network_.traffic(server_).resets, 1U);
  });
}

}  // namespace
}  // namespace aftershock::sim
