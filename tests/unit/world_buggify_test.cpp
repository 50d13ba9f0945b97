// BUGGIFY: enabled by a quarter of the seeds, off without a draw, and harmless to what it delays.
#include "simulator/world/buggify.h"

#include <gtest/gtest.h>

#include "simulator/world/database_client.h"
#include "simulator/world/world.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

template <class Visit>
void for_each_site(Visit visit) {
  for (std::size_t i = 0; i < kBuggifySiteNames.size(); ++i) visit(static_cast<BuggifySite>(i));
}

/// Finds a seed whose run has this site and no other.
std::uint64_t seed_with(BuggifySite site) {
  for (std::uint64_t seed = 1;; ++seed) {
    const Kernel kernel({.seed = seed});
    const Buggify buggify(kernel);
    bool alone = true;
    for_each_site(
        [&](BuggifySite each) { alone = alone && buggify.enabled(each) == (each == site); });
    if (alone) return seed;
  }
}

TEST(Buggify, a_quarter_of_the_runs_has_each_site_and_sites_are_independent) {
  std::array<int, kBuggifySiteNames.size()> enabled{};
  std::array<int, kBuggifySiteNames.size() + 1> together{};
  constexpr int runs = 2000;
  for (int seed = 1; seed <= runs; ++seed) {
    const Kernel kernel({.seed = static_cast<std::uint64_t>(seed)});
    const Buggify buggify(kernel);
    std::size_t count = 0;
    for_each_site([&](BuggifySite site) {
      if (!buggify.enabled(site)) return;
      ++enabled[static_cast<std::size_t>(site)];
      ++count;
    });
    ++together[count];
  }
  for (const int count : enabled) EXPECT_NEAR(count, runs / 4, 100);
  EXPECT_GT(together[0], 0);
  EXPECT_GT(together[3], 0);
}

TEST(Buggify, a_site_fires_now_and_then_if_enabled_and_never_otherwise) {
  for_each_site([](BuggifySite site) {
    const Kernel kernel({.seed = seed_with(site)});
    Buggify buggify(kernel);
    std::uint64_t fired = 0;
    for (int i = 0; i < 20'000; ++i) fired += buggify.fires(site) ? 1U : 0U;
    EXPECT_GT(fired, 0U) << kBuggifySiteNames[static_cast<std::size_t>(site)];
    EXPECT_LT(fired, 10'000U);
    EXPECT_EQ(buggify.fired(site), fired);
    for_each_site([&buggify](BuggifySite other) {
      if (buggify.enabled(other)) return;
      for (int i = 0; i < 1000; ++i) EXPECT_FALSE(buggify.fires(other));
    });
  });
}

TEST(Buggify, a_delay_is_counted_when_it_is_one) {
  const Kernel kernel({.seed = seed_with(BuggifySite::slow_packet)});
  Buggify buggify(kernel);
  std::uint64_t delays = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (buggify.delay(BuggifySite::slow_packet) > 0ns) ++delays;
  }
  EXPECT_GT(delays, 0U);
  EXPECT_EQ(buggify.fired(BuggifySite::slow_packet), delays);
}

TEST(Buggify, a_world_has_it_only_when_asked) {
  Kernel kernel({.seed = 1});
  const World plain(kernel, {});
  EXPECT_EQ(plain.network.buggify(), nullptr);
  const World unlucky(kernel, {.links = {}, .database = {}, .buggify = true});
  EXPECT_NE(unlucky.network.buggify(), nullptr);
}

/// A network in a run with one site.
class BuggifySiteTest : public testing::Test {
 protected:
  void use(BuggifySite site) {
    kernel_ = std::make_unique<Kernel>(KernelOptions{.seed = seed_with(site)});
    buggify_ = std::make_unique<Buggify>(*kernel_);
    network_ = std::make_unique<Network>(*kernel_, LinkQuality{1ms, 1ms, 0}, buggify_.get());
    here_ = network_->add_host("here");
    there_ = network_->add_host("there");
  }

  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<Buggify> buggify_;
  std::unique_ptr<Network> network_;
  HostId here_{};
  HostId there_{};
};

TEST_F(BuggifySiteTest, slow_packet_delays_a_few) {
  use(BuggifySite::slow_packet);
  std::uint64_t slow = 0;
  kernel_->run([&] {
    for (int i = 0; i < 2000; ++i) {
      network_->send(here_, there_, [&slow, sent = kernel_->now(), this] {
        if (kernel_->now() - sent > 1ms) ++slow;
      });
    }
    kernel_->sleep_until(SimTime(10s));
  });
  EXPECT_GT(slow, 0U);
  EXPECT_EQ(slow, buggify_->fired(BuggifySite::slow_packet));
}

TEST_F(BuggifySiteTest, slow_fsync_makes_a_few_commits_wait) {
  use(BuggifySite::slow_fsync);
  DatabaseServer server(*kernel_, there_, {}, buggify_.get());
  DatabaseClient client(*kernel_, *network_, kernel_->main_process(), here_, server, {});
  std::uint64_t slow = 0;
  kernel_->run([&] {
    auto session = client.connect();
    ASSERT_TRUE(session);
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE((*session)->open({}));
      const SimTime sent = kernel_->now();
      ASSERT_EQ((*session)->commit({}).outcome, delta::CommitOutcome::committed);
      if (kernel_->now() - sent >= 20ms) ++slow;
    }
  });
  EXPECT_GT(slow, 0U);
  EXPECT_EQ(slow, buggify_->fired(BuggifySite::slow_fsync));
}

TEST_F(BuggifySiteTest, reset_at_connect_refuses_a_few_calls_that_nobody_saw) {
  use(BuggifySite::reset_at_connect);
  std::uint64_t refused = 0;
  std::uint64_t seen = 0;
  constexpr std::uint64_t calls = 2000;
  kernel_->run([&] {
    for (std::uint64_t i = 0; i < calls; ++i) {
      const auto answer =
          remote_call<bool>({*kernel_, *network_, kernel_->main_process(), here_, there_}, 10s,
                            [&seen](const ReplyTo<bool>& reply) {
                              ++seen;
                              reply(true);
                            });
      if (!answer) ++refused;
    }
  });
  EXPECT_GT(refused, 0U);
  EXPECT_EQ(refused, buggify_->fired(BuggifySite::reset_at_connect));
  EXPECT_EQ(seen, calls - refused);
}

TEST_F(BuggifySiteTest, slow_first_response_is_of_the_first_only) {
  use(BuggifySite::slow_first_response);
  kernel_->run([&] {
    ApiEndpoint endpoint(*kernel_, *network_, there_);
    const std::vector<ApiEndpoint*> endpoints{&endpoint};
    SimTransport transport(*network_, kernel_->main_process(), here_, endpoints);
    for (int i = 0; i < 50; ++i) {
      Process& process = kernel_->create_process("server");
      endpoint.listen(process,
                      [](delta::Request, delta::Responder respond) { respond(delta::Response{}); });
      const auto fired = buggify_->fired(BuggifySite::slow_first_response);
      for (const bool first : {true, false, false}) {
        const SimTime sent = kernel_->now();
        ASSERT_TRUE(transport.call(0, delta::GetRunRequest{}, 1min));
        const bool fires = buggify_->fired(BuggifySite::slow_first_response) > fired;
        EXPECT_EQ(kernel_->now() - sent >= 100ms, first && fires);
      }
      endpoint.close();
      kernel_->kill(process);
    }
    EXPECT_GT(buggify_->fired(BuggifySite::slow_first_response), 0U);
  });
}

}  // namespace
}  // namespace aftershock::sim
