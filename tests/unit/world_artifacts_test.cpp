// The simulated artifact store and secrets store: what their faults do to a client.
#include "simulator/world/artifact_server.h"

#include <gtest/gtest.h>

#include "simulator/world/secret_server.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;
using delta::content_of;

class StoresTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void wait(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }
  /// Whether the put failed, and may be tried again.
  bool fails(const delta::Content& content, bool retryable) {
    const auto done = client_.put("a", content);
    return !done && done.error().retryable == retryable;
  }
  bool is_gone(const std::string& path) {
    const auto found = client_.get(path);
    return found && !*found;
  }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 1ms, 0}};
  HostId here_ = network_.add_host("here");
  ArtifactServer server_{kernel_, network_.add_host("artifacts")};
  ArtifactClient client_{
      {kernel_, network_, kernel_.main_process(), here_, server_.host()}, server_, 5s};
  SecretServer secret_server_{kernel_, network_.add_host("secrets")};
  SecretClient secrets_{{kernel_, network_, kernel_.main_process(), here_, secret_server_.host()},
                        secret_server_,
                        5s};
};

TEST_F(StoresTest, contents_come_back_as_they_were_put) {
  run([this] {
    ASSERT_TRUE(client_.put("a", content_of("one")));
    ASSERT_TRUE(client_.put("b", {77, 5, {}, "file"}));
    EXPECT_EQ(client_.get("a").value(), content_of("one"));
    EXPECT_EQ(client_.get("b").value(), (delta::Content{77, 5, {}, "file"}));
    EXPECT_TRUE(is_gone("c"));
  });
}

TEST_F(StoresTest, errors_are_worth_a_retry_and_end_when_they_are_lifted) {
  run([this] {
    server_.gate().add_errors(1'000'000);
    EXPECT_TRUE(fails(content_of("one"), true));
    EXPECT_FALSE(client_.get("a"));
    EXPECT_EQ(server_.gate().failed(), 2U);
    server_.gate().add_errors(-1'000'000);
    EXPECT_TRUE(client_.put("a", content_of("one")));
  });
}

TEST_F(StoresTest, a_slow_store_answers_later_or_too_late) {
  run([this] {
    server_.gate().add_latency(2s);
    EXPECT_TRUE(client_.put("a", content_of("one")));
    EXPECT_GE(kernel_.now(), SimTime(2s));
    server_.gate().add_latency(8s);
    EXPECT_TRUE(fails(content_of("two"), true));
    wait(10s);
    server_.gate().add_latency(-10s);
    EXPECT_EQ(client_.get("a").value(), content_of("two")) << "unknown: it was done after all";
  });
}

TEST_F(StoresTest, without_permission_puts_are_refused_for_good_and_gets_work) {
  run([this] {
    ASSERT_TRUE(client_.put("a", content_of("one")));
    server_.set_read_only(true);
    EXPECT_TRUE(fails(content_of("two"), false));
    EXPECT_EQ(client_.get("a").value(), content_of("one"));
    EXPECT_EQ(server_.counters().denied, 1U);
    server_.set_read_only(false);
    EXPECT_TRUE(client_.put("a", content_of("two")));
  });
}

TEST_F(StoresTest, retention_deletes_what_is_older_and_only_that) {
  run([this] {
    ASSERT_TRUE(client_.put("old", content_of("one")));
    wait(20s);
    ASSERT_TRUE(client_.put("new", content_of("two")));
    server_.add_retention(10s);
    EXPECT_TRUE(is_gone("old"));
    EXPECT_FALSE(is_gone("new"));
    wait(12s);
    EXPECT_TRUE(is_gone("new"));
    EXPECT_EQ(server_.counters().expired, 2U);
    EXPECT_EQ(server_.expired(), (std::set<std::string>{"new", "old"}));
    server_.remove_retention(10s);
    ASSERT_TRUE(client_.put("old", content_of("one")));
    wait(60s);
    EXPECT_FALSE(is_gone("old"));
    EXPECT_FALSE(server_.expired().contains("old"));
  });
}

TEST_F(StoresTest, a_flipped_bit_is_found_by_the_digest) {
  run([this] {
    server_.add_damage(1'000'000);
    ASSERT_TRUE(client_.put("a", content_of("one")));
    ASSERT_TRUE(client_.put("b", {77, 5, {}, "file"}));
    server_.add_damage(-1'000'000);
    for (const std::string path : {"a", "b"}) {
      const auto found = client_.get(path);
      ASSERT_FALSE(found) << path;
      EXPECT_FALSE(found.error().retryable);
    }
    EXPECT_EQ(server_.objects().at("a").content.size, 3U);
    EXPECT_EQ(server_.counters().served_damaged, 2U);
  });
}

TEST_F(StoresTest, a_part_of_an_upload_is_invisible_or_found_by_the_digest) {
  run([this] {
    server_.add_partial_uploads(1'000'000);
    EXPECT_TRUE(fails(content_of("one"), true));
    EXPECT_TRUE(is_gone("a"));
    server_.set_leaves_parts(true);
    EXPECT_TRUE(fails(content_of("one"), true));
    EXPECT_FALSE(client_.get("a"));
    server_.add_partial_uploads(-1'000'000);
    ASSERT_TRUE(client_.put("a", content_of("one")));
    EXPECT_EQ(client_.get("a").value(), content_of("one"));
    EXPECT_EQ(server_.counters().cut, 2U);
  });
}

TEST_F(StoresTest, a_secret_is_given_to_who_asks_unless_it_is_unknown_or_the_store_is_away) {
  run([this] {
    secret_server_.add("KEY", "value");
    EXPECT_EQ(secrets_.get("KEY").value(), "value");
    const auto unknown = secrets_.get("OTHER");
    ASSERT_FALSE(unknown);
    EXPECT_FALSE(unknown.error().retryable);
    secret_server_.set_outage(true);
    const auto away = secrets_.get("KEY");
    ASSERT_FALSE(away);
    EXPECT_TRUE(away.error().retryable);
    EXPECT_EQ(secret_server_.gate().refused(), 1U);
    secret_server_.set_outage(false);
    EXPECT_TRUE(secrets_.get("KEY"));
  });
}

}  // namespace
}  // namespace aftershock::sim
