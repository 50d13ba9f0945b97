// Malformed, oversized, slow and uninvited requests from many connections at once: whoever behaves
// is served all the same, and nothing grows or leaks.
#include <dirent.h>

#include <fstream>
#include <thread>

#include "tests/live/api_fixture.h"

namespace delta {
namespace {

using test::becomes;
using test::HandClient;
using test::request_text;

constexpr int kAttackers = 8;
constexpr int kHeldOpen = 500;
constexpr int kGoodRequests = 100;
/// What the orchestrator may open to its database and its queue when there is more to do: a session
/// for each committer, reader and loop, and as many connections to the queue.
constexpr std::size_t kOwnConnections = 32;

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

class FloodTest : public test::ApiFixture {
 protected:
  void SetUp() override { open_ = open({}, {.read_timeout = 1s}); }

  /// One of each sort. Bad requests that the server must count: the returned number.
  int attack() {
    const int port = open_->server.port();
    const std::string large(2 << 20, 'x');
    const std::string bearer = "Authorization: Bearer " + known_.alice.token + "\r\n";
    const auto answered = [port](const std::string& text, int status) {
      HandClient client(port);
      client.send(text);
      // Who is closed on in the middle of its sending may get no answer at all.
      const int got = client.reply().status;
      EXPECT_TRUE(got == status || got == 0) << got << " for " << text.substr(0, 80);
    };
    answered("nonsense\r\n\r\n", 400);
    answered(std::string(3, '\0') + "\r\n\r\n", 400);
    answered("GET /livez HTTP/1.1\r\nA: " + large, 431);
    answered(request_text("POST /api/v1/runs", bearer, large), 413);
    const int bad = 4;
    answered(request_text("POST /api/v1/runs", {}, std::string(100'000, 'x')), 401);
    answered(request_text("GET /api/v1/runs", "Authorization: Bearer guessed\r\n"), 401);
    answered(request_text("POST /api/v1/runs", bearer + "Idempotency-Key: x\r\n", "[[[[[["), 422);
    answered(request_text("DELETE /api/v1/runs", bearer), 405);
    HandClient gone(port);
    gone.send(request_text("GET /api/v1/runs", bearer));
    gone.reset();
    return bad;
  }
  /// Each holds a connection, with half of a request.
  std::vector<HandClient> hold_connections() {
    std::vector<HandClient> held;
    for (int i = 0; i < kHeldOpen; ++i) {
      held.emplace_back(open_->server.port());
      held.back().send(i % 2 == 0 ? "GET /livez HTTP/1.1\r\nSlow: "
                                  : "POST /api/v1/runs HTTP/1.1\r\nContent-Length: 9\r\n");
    }
    return held;
  }
  void behave() {
    for (int i = 0; i < kGoodRequests; ++i) {
      const RunId run = submit();
      EXPECT_EQ(get(target_of(run)).status, 200);
      EXPECT_EQ(call("GET", "/livez").status, 200);
    }
  }
};

TEST_F(FloodTest, harms_nobody_who_behaves) {
  behave();  // threads, caches and connections that stay are there now
  const std::size_t bytes = resident_bytes();
  const std::size_t descriptors = open_descriptors();
  const std::uint64_t connections = open_->server.counters().connections;
  std::atomic<bool> over = false;
  std::atomic<int> bad = 0;
  std::vector<std::thread> attackers;
  for (int i = 0; i < kAttackers; ++i) {
    attackers.emplace_back([&] {
      do bad += attack();
      while (!over);
    });
  }
  std::vector<HandClient> held = hold_connections();
  behave();
  over = true;
  for (std::thread& attacker : attackers) attacker.join();
  // All who held a connection with half a request are cut off.
  EXPECT_TRUE(becomes([&] { return open_->server.counters().connections <= connections; }));
  held.clear();
  EXPECT_EQ(open_->server.counters().bad_requests, static_cast<std::uint64_t>(bad) + kHeldOpen);
  EXPECT_EQ(open_->server.counters().refused_connections, 0U);
  // A leak would show by the hundred.
  EXPECT_LE(open_descriptors(), descriptors + kOwnConnections);
  // Each attacker has one connection at a time with at most a body (1 MiB) and its own copies of
  // what it sends (6 MiB); what was held is a few kB each; the rest is for the allocator, whose
  // arenas keep what was freed.
  const std::size_t bound = kAttackers * (8 << 20) + (64 << 20);
  EXPECT_LE(resident_bytes(), bytes + bound);
  EXPECT_EQ(call("GET", "/livez").status, 200);
}

}  // namespace
}  // namespace delta
