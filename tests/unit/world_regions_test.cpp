// Regions of the simulated network: what their borders add, what cuts them, and names that move.
#include <gtest/gtest.h>

#include <algorithm>

#include "simulator/world/addressed_transport.h"
#include "simulator/world/network.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

class RegionsTest : public testing::Test {
 protected:
  RegionsTest() {
    network_.set_border({20ms, 30ms, 0});
    for (const HostId host : {a_, b_}) network_.put_in(west_, host);
    network_.put_in(east_, c_);
  }

  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void wait(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }
  /// How long a message takes; none: it is lost.
  std::optional<delta::Duration> time_of(HostId from, HostId to) {
    const SimTime sent = kernel_.now();
    std::optional<delta::Duration> time;
    network_.send(from, to, [&] { time = kernel_.now() - sent; });
    wait(100ms);
    return time;
  }

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 2ms, 0}};
  RegionId west_ = network_.add_region("west");
  RegionId east_ = network_.add_region("east");
  HostId a_ = network_.add_host("a");
  HostId b_ = network_.add_host("b");
  HostId c_ = network_.add_host("c");
  HostId outside_ = network_.add_host("outside");
};

TEST_F(RegionsTest, a_border_takes_its_time_besides_the_link) {
  run([this] {
    for (int i = 0; i < 20; ++i) {
      const auto far = time_of(a_, c_);
      ASSERT_TRUE(far.has_value());
      EXPECT_GE(*far, 21ms);
      EXPECT_LE(*far, 32ms);
      EXPECT_LE(time_of(a_, b_).value(), 2ms);
      EXPECT_LE(time_of(a_, outside_).value(), 2ms);
    }
  });
}

TEST_F(RegionsTest, loss_at_a_border_delays) {
  network_.set_border({20ms, 20ms, 500'000});
  run([this] {
    int late = 0;
    for (int i = 0; i < 50; ++i) {
      network_.send(a_, c_, [&late, sent = kernel_.now(), this] {
        if (kernel_.now() - sent > 100ms) ++late;
      });
    }
    wait(60s);
    EXPECT_GT(late, 5);
  });
}

TEST_F(RegionsTest, a_cut_border_loses_one_direction_and_counts_it_in_both_places) {
  run([this] {
    network_.cut_border(west_, east_);
    EXPECT_FALSE(time_of(a_, c_).has_value());
    EXPECT_TRUE(time_of(c_, a_).has_value());
    EXPECT_TRUE(time_of(a_, b_).has_value());
    EXPECT_TRUE(time_of(a_, outside_).has_value());
    EXPECT_EQ(network_.lost_at_border(west_), 1U);
    EXPECT_EQ(network_.lost_at_border(east_), 1U);
    EXPECT_EQ(network_.lost_at_border(kNowhere), 0U);
  });
}

TEST_F(RegionsTest, two_cuts_of_a_border_are_mended_one_by_one) {
  network_.cut_border(west_, kNowhere);
  network_.cut_border(west_, kNowhere);
  network_.mend_border(west_, kNowhere);
  EXPECT_FALSE(network_.connected(a_, outside_));
  network_.mend_border(west_, kNowhere);
  EXPECT_TRUE(network_.connected(a_, outside_));
}

TEST_F(RegionsTest, a_loss_inside_a_region_is_none_at_its_border) {
  run([this] {
    network_.cut(a_, b_);
    EXPECT_FALSE(time_of(a_, b_).has_value());
    EXPECT_EQ(network_.lost_at_border(west_), 0U);
  });
}

TEST_F(RegionsTest, a_host_without_a_region_draws_as_if_there_were_none) {
  Kernel other{{.seed = 1}};
  Network plain{other, {1ms, 2ms, 0}};
  const HostId d = plain.add_host("d");
  const HostId e = plain.add_host("e");
  delta::Duration without{};
  other.run([&] {
    plain.send(d, e, [&] { without = other.now().time_since_epoch(); });
    other.sleep_until(SimTime(1s));
  });
  run([&] { EXPECT_EQ(time_of(a_, outside_), without); });
}

class CachedNameTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    kernel_.run([&body] { body(); });
  }
  void wait(delta::Duration time) { kernel_.sleep_until(kernel_.now() + time); }

  Kernel kernel_{{.seed = 1}};
  HostId a_{1};
  HostId b_{2};
};

TEST_F(CachedNameTest, each_host_believes_what_it_looked_up_until_that_is_too_old) {
  run([this] {
    CachedName<int> name(kernel_, 10s, 1);
    EXPECT_EQ(name.resolve(a_), 1);
    wait(6s);
    EXPECT_EQ(name.resolve(b_), 1);
    name.move(2);
    EXPECT_EQ(name.value(), 2);
    EXPECT_EQ(name.resolve(a_), 1);
    EXPECT_EQ(name.resolve(HostId{3}), 2) << "who asks now for the first time";
    EXPECT_EQ(name.stale_until(), SimTime(16s));
    wait(4s);
    EXPECT_EQ(name.resolve(a_), 2);
    EXPECT_EQ(name.resolve(b_), 1);
    wait(6s);
    EXPECT_EQ(name.resolve(b_), 2);
    EXPECT_LE(name.stale_until(), kernel_.now());
  });
}

TEST_F(CachedNameTest, without_a_ttl_nobody_believes_anything_old) {
  run([this] {
    CachedName<int> name(kernel_, 0s, 1);
    EXPECT_EQ(name.resolve(a_), 1);
    name.move(2);
    EXPECT_EQ(name.resolve(a_), 2);
    EXPECT_EQ(name.stale_until(), SimTime{});
  });
}

/// Answers nothing, and remembers who was asked.
class Asked final : public delta::Transport {
 public:
  std::size_t endpoints() const override { return 4; }
  std::expected<delta::Response, delta::CallError> call(std::size_t endpoint, delta::Request,
                                                        delta::Duration) override {
    asked.push_back(endpoint);
    return std::unexpected(delta::CallError{delta::CallFailure::not_sent, ""});
  }
  std::vector<std::size_t> asked;
};

TEST_F(CachedNameTest, a_transport_counts_the_endpoints_behind_its_name) {
  run([this] {
    Asked all;
    EndpointName name(kernel_, 0s, {0, 1, 2});
    AddressedTransport found(all, name, a_);
    EXPECT_EQ(found.endpoints(), 3U);
    (void)found.call(2, delta::MetricsRequest{}, 1s);
    name.move({3});
    EXPECT_EQ(found.endpoints(), 1U);
    // A client that counted before the move still asks for its second.
    (void)found.call(1, delta::MetricsRequest{}, 1s);
    EXPECT_EQ(all.asked, (std::vector<std::size_t>{2, 3}));
  });
}

}  // namespace
}  // namespace aftershock::sim
