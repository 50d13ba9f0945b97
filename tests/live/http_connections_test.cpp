// The HTTP client's connections: kept, lost, sent on twice or not, shared by threads and stopped;
// and bodies that are files or are received in pieces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mman.h>

#include <condition_variable>

#include "platform/http_client.h"
#include "tests/live/raw_server.h"

namespace delta {
namespace {

using test::Connection;
using test::RawServer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

void answer_all(Connection& connection) {
  while (!connection.read_request().empty()) connection.answer("done");
}
/// The server's first connection ends instead of a second answer; later ones work.
void die_at_second_request(Connection& connection) {
  if (connection.number() > 1) return answer_all(connection);
  connection.read_request();
  connection.answer("done");
  connection.read_request();
}
/// A file in memory.
struct MemoryFile {
  explicit MemoryFile(const std::string& contents)
      : file{memfd_create("test", MFD_CLOEXEC), contents.size()} {
    CHECK(write(file.descriptor, contents.data(), contents.size()) ==
          static_cast<ssize_t>(contents.size()));
  }
  ~MemoryFile() { close(file.descriptor); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  HttpFile file;
};
/// A door that opens once.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

class HttpConnectionsTest : public testing::Test {
 protected:
  std::string outcome_of(const HttpRequest& request) {
    const auto reply = client_.call(request);
    if (reply) return std::to_string(reply->status) + " " + reply->body;
    constexpr std::array kNames = {"bad request", "not sent", "no reply", "too large"};
    return kNames.at(static_cast<std::size_t>(reply.error().kind));
  }

  HttpClient client_;
};

TEST_F(HttpConnectionsTest, a_connection_is_kept_for_the_next_call_of_any_thread) {
  const RawServer server(answer_all);
  for (int i = 0; i < 3; ++i) {
    std::thread([&] { EXPECT_EQ(outcome_of({.url = server.url()}), "200 done"); }).join();
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpConnectionsTest, each_server_keeps_its_own) {
  const RawServer one(answer_all);
  const RawServer other(answer_all);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(outcome_of({.url = one.url()}), "200 done");
    EXPECT_EQ(outcome_of({.url = other.url()}), "200 done");
  }
  EXPECT_EQ(one.connections(), 1);
  EXPECT_EQ(other.connections(), 1);
}

TEST_F(HttpConnectionsTest, no_more_are_kept_than_is_allowed) {
  HttpClient client({.max_idle_connections = 1});
  const RawServer one(answer_all);
  const RawServer other(answer_all);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(client.call({.url = one.url()}));
    EXPECT_TRUE(client.call({.url = other.url()}));
  }
  EXPECT_EQ(one.connections(), 2);
  EXPECT_EQ(other.connections(), 2);
}

TEST_F(HttpConnectionsTest, one_that_was_closed_between_two_calls_is_replaced) {
  const RawServer server([](Connection& connection) {
    connection.read_request();
    connection.answer("done");
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(outcome_of({.method = "POST", .url = server.url()}), "200 done");
    std::this_thread::sleep_for(20ms);  // until its end arrived
  }
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(HttpConnectionsTest, a_post_is_not_sent_twice) {
  const RawServer server(die_at_second_request);
  EXPECT_EQ(outcome_of({.method = "POST", .url = server.url(), .body = "1"}), "200 done");
  EXPECT_EQ(outcome_of({.method = "POST", .url = server.url(), .body = "2"}), "no reply");
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(outcome_of({.method = "POST", .url = server.url(), .body = "3"}), "200 done");
}

TEST_F(HttpConnectionsTest, what_can_be_done_twice_is_sent_again) {
  const MemoryFile contents(std::string(300'000, 'x'));
  for (const HttpRequest& again :
       {HttpRequest{.method = "GET"}, HttpRequest{.method = "PUT", .body = "contents"},
        HttpRequest{.method = "PUT", .file = contents.file}}) {
    const RawServer server(die_at_second_request);
    EXPECT_EQ(outcome_of({.url = server.url("/first")}), "200 done");
    HttpRequest request = again;
    request.url = server.url("/second");
    EXPECT_EQ(outcome_of(request), "200 done");
    const std::vector<std::string> seen = server.requests();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_THAT(seen[1], HasSubstr(" /second "));
    EXPECT_EQ(seen[2], seen[1]);
  }
}

TEST_F(HttpConnectionsTest, sent_once_and_then_refused_is_no_reply) {
  // The server dies after it has done what was asked: libcurl's own error tells of the refusal.
  for (const std::string method : {"GET", "POST"}) {
    RawServer* dying = nullptr;
    Gate ready;
    RawServer server([&](Connection& connection) {
      connection.read_request();
      connection.answer("done");
      connection.read_request();
      ready.wait();
      dying->refuse_connections();
    });
    dying = &server;
    ready.open();
    EXPECT_EQ(outcome_of({.url = server.url()}), "200 done");
    EXPECT_EQ(outcome_of({.method = method, .url = server.url()}), "no reply") << method;
    EXPECT_EQ(server.requests().size(), 2U);
    EXPECT_EQ(outcome_of({.url = server.url()}), "not sent");
  }
}

TEST_F(HttpConnectionsTest, a_file_is_sent_as_a_body) {
  const RawServer server(answer_all);
  const std::string contents(2'500'000, 'x');
  const MemoryFile file(contents);
  EXPECT_EQ(outcome_of({.method = "PUT", .url = server.url(), .file = file.file}), "200 done");
  const HttpFile empty{file.file.descriptor, 0};
  EXPECT_EQ(outcome_of({.method = "POST", .url = server.url(), .file = empty}), "200 done");
  const std::vector<std::string> seen = server.requests();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_THAT(seen[0], StartsWith("PUT / HTTP/1.1\r\n"));
  EXPECT_TRUE(seen[0].ends_with("\r\n\r\n" + contents));
  EXPECT_THAT(seen[1], HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(HttpConnectionsTest, a_file_that_became_shorter_is_no_whole_request) {
  const RawServer server(answer_all);
  const MemoryFile file("short");
  const HttpFile longer{file.file.descriptor, 10};
  EXPECT_EQ(outcome_of({.method = "PUT", .url = server.url(), .file = longer}), "no reply");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpConnectionsTest, a_large_answer_is_received_in_pieces) {
  const std::string contents(3'000'000, 'x');
  const RawServer server([&](Connection& connection) {
    connection.read_request();
    connection.answer(contents);
  });
  std::string received;
  const auto take = [&](std::string_view piece) {
    received += piece;
    return true;
  };
  EXPECT_EQ(outcome_of({.url = server.url(), .receive = take}), "200 ");
  EXPECT_EQ(received, contents);
  const auto refuse = [](std::string_view) { return false; };
  EXPECT_EQ(outcome_of({.url = server.url(), .receive = refuse}), "no reply");
  EXPECT_EQ(outcome_of({.url = server.url(), .receive = take, .max_reply = 1000}), "too large");
}

TEST_F(HttpConnectionsTest, an_answer_that_stalls_is_no_reply) {
  const RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (connection.send("x")) std::this_thread::sleep_for(10ms);
  });
  EXPECT_EQ(outcome_of({.url = server.url(), .timeout = 60s, .stall = 1s}), "no reply");
}

TEST_F(HttpConnectionsTest, the_body_of_an_error_is_not_received_in_pieces) {
  const RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 3\r\n\r\nwhy");
  });
  const auto never = [](std::string_view) {
    ADD_FAILURE();
    return true;
  };
  EXPECT_EQ(outcome_of({.url = server.url(), .receive = never, .max_reply = 1}), "503 why");
  HttpClient strict({.max_reply = 2});
  const auto reply = strict.call({.url = server.url(), .receive = never, .max_reply = 1000});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, HttpFailure::too_large);
}

TEST_F(HttpConnectionsTest, stop_ends_what_runs_and_refuses_what_comes) {
  Gate asked;
  const RawServer server([&](Connection& connection) {
    connection.read_request();
    asked.open();
    connection.hang();
  });
  std::thread caller([&] {
    EXPECT_EQ(outcome_of({.method = "POST", .url = server.url(), .timeout = 60s}), "no reply");
  });
  asked.wait();
  EXPECT_FALSE(client_.is_stopped());
  const auto started = std::chrono::steady_clock::now();
  client_.stop();
  caller.join();
  EXPECT_LT(std::chrono::steady_clock::now() - started, 5s);
  EXPECT_TRUE(client_.is_stopped());
  EXPECT_EQ(outcome_of({.url = server.url()}), "not sent");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpConnectionsTest, many_threads_call_at_once) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 50;
  const RawServer server([](Connection& connection) {
    for (;;) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      connection.answer(request.substr(request.rfind('\n') + 1));
    }
  });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int call = 0; call < kCalls; ++call) {
        const std::string body = std::to_string(thread) + "/" + std::to_string(call);
        EXPECT_EQ(outcome_of({.method = "POST", .url = server.url(), .body = body}), "200 " + body);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server.requests().size(), static_cast<std::size_t>(kThreads * kCalls));
  EXPECT_LE(server.connections(), kThreads);
}

TEST_F(HttpConnectionsTest, stop_meets_many_threads) {
  const RawServer server(answer_all);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      while (outcome_of({.url = server.url()}) == "200 done") {
      }
    });
  }
  std::this_thread::sleep_for(50ms);
  client_.stop();
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HttpConnectionsTest, started_processes_do_not_inherit_connections) {
  const RawServer server(answer_all);
  EXPECT_EQ(outcome_of({.url = server.url()}), "200 done");
  int found = 0;
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != server.port()) continue;
    ++found;
    EXPECT_NE(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace delta
