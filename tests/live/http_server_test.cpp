// The HTTP server alone, with a handler that a test scripts: framing, limits, timeouts, its end.
#include "orchestrator/adapters/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/live/http_by_hand.h"

namespace delta::http {
namespace {

using test::becomes;
using test::HandClient;
using test::HandReply;
using test::request_text;
using testing::HasSubstr;

/// Says what it was asked; keeps the answer to /wait, refuses /no, sends a file for /file.
class Script final : public Handler {
 public:
  std::optional<Reply> refuse(const Head& head) override {
    if (head.method == "HEAD" || head.method == "BREW") {
      return Reply{.status = 405, .body = "no method\n", .headers = {{"Allow", "GET, POST"}}};
    }
    if (head.target == "/no") return Reply{.status = 401, .body = "no\n"};
    return std::nullopt;
  }
  void handle(Head head, std::string body, Answer answer) override {
    ++handled;
    if (head.target == "/wait") {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(answer));
      return;
    }
    if (head.target == "/file") return answer({.body = "not this", .file = file});
    if (head.target == "/large") return answer({.body = std::string(8 << 20, 'x')});
    answer({.content_type = "text/plain", .body = head.method + " " + head.target + " " + body});
  }

  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  std::vector<Answer> take_waiting() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }

  std::atomic<int> handled = 0;
  std::string file;

 private:
  std::mutex mutex_;
  std::vector<Answer> waiting_;
};

class HttpServer : public testing::Test {
 protected:
  void restart(ServerOptions options) {
    server_.reset();
    server_.emplace(std::move(options), script_);
  }
  HandClient connect() { return HandClient(server_->port()); }
  HandReply ask(const std::string& text) { return connect().ask(text); }
  bool has_no_connections() {
    return becomes([this] { return server_->counters().connections == 0; });
  }

  Script script_;
  std::optional<Server> server_{std::in_place, ServerOptions{}, script_};
};

TEST_F(HttpServer, keeps_a_connection_for_many_requests) {
  HandClient client = connect();
  for (int i = 0; i < 3; ++i) {
    const HandReply reply = client.ask(request_text("POST /a?b=c", {}, "body"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "POST /a?b=c body");
    EXPECT_TRUE(reply.has("Content-Type: text/plain\r\n")) << reply.head;
  }
  EXPECT_EQ(server_->counters().connections, 1U);
  const HandReply last = client.ask(request_text("GET /last", "Connection: close\r\n"));
  EXPECT_TRUE(last.has("Connection: close\r\n")) << last.head;
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(HttpServer, answers_the_older_protocol_and_closes) {
  HandClient client = connect();
  EXPECT_EQ(client.ask("GET /old HTTP/1.0\r\n\r\n").body, "GET /old ");
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(HttpServer, answers_requests_that_came_together_in_their_order) {
  HandClient client = connect();
  std::string together;
  for (int i = 0; i < 100; ++i) {
    together += request_text("POST /" + std::to_string(i), {}, std::string(1'000, 'x'));
  }
  together += request_text("GET /last");
  std::thread sender([&] { client.send(together); });
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(client.reply().body, HasSubstr("POST /" + std::to_string(i) + " x"));
  }
  EXPECT_EQ(client.reply().body, "GET /last ");
  sender.join();
}

TEST_F(HttpServer, answers_head_without_a_body) {
  HandClient client = connect();
  client.send(request_text("HEAD /a") + request_text("GET /b"));
  const HandReply head = client.reply(false);
  EXPECT_EQ(head.status, 405);
  EXPECT_TRUE(head.has("Allow: GET, POST\r\n"));
  EXPECT_TRUE(head.has("Content-Length: 10\r\n")) << head.head;
  EXPECT_EQ(client.reply().body, "GET /b ");
}

TEST_F(HttpServer, passes_unknown_methods_on) {
  const HandReply reply = ask(request_text("BREW /coffee"));
  EXPECT_EQ(reply.status, 405);
  EXPECT_TRUE(reply.has("Allow: GET, POST\r\n"));
}

TEST_F(HttpServer, says_what_is_not_http) {
  for (const std::string garbage :
       {"\r\n\r\n\r\n", "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n folded\x01\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "\x16\x03\x01\x02\r\n\r\n"}) {
    const auto before = server_->counters().bad_requests;
    HandClient client = connect();
    const HandReply reply = client.ask(garbage);
    EXPECT_EQ(reply.status, 400) << garbage;
    EXPECT_EQ(reply.body, "{\"status\":\"invalid\",\"detail\":\"this is not HTTP/1.1\"}\n");
    EXPECT_TRUE(client.is_closed_by_peer()) << garbage;
    EXPECT_EQ(server_->counters().bad_requests, before + 1) << garbage;
  }
  EXPECT_EQ(script_.handled, 0);
}

TEST_F(HttpServer, refuses_bodies_that_are_too_large) {
  restart({.most_body_bytes = 1'000});
  EXPECT_EQ(ask(request_text("POST /", {}, std::string(1'000, 'x'))).status, 200);
  const std::string chunk = "400\r\n" + std::string(0x400, 'x') + "\r\n";
  for (const std::string& large :
       {request_text("POST /", {}, std::string(1'001, 'x')),
        std::string("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"),
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk}) {
    HandClient client = connect();
    const HandReply reply = client.ask(large);
    EXPECT_EQ(reply.status, 413);
    EXPECT_THAT(reply.body, HasSubstr("larger than 1000 bytes"));
    EXPECT_TRUE(client.is_closed_by_peer());
  }
  EXPECT_EQ(server_->counters().bad_requests, 3U);
  EXPECT_EQ(script_.handled, 1);
}

TEST_F(HttpServer, a_refusal_reaches_whoever_is_still_sending) {
  // Without waiting for the client the socket would be reset, and the answer with it.
  for (const std::string line : {"POST /no", "POST /"}) {
    HandClient client = connect();
    std::thread sender([&] { client.send(request_text(line, {}, std::string(4 << 20, 'x'))); });
    const HandReply reply = client.reply();
    EXPECT_EQ(reply.status, 413);
    client.end_sending();
    sender.join();
    EXPECT_TRUE(client.is_closed_by_peer());
  }
  HandClient client = connect();
  const std::string body(1 << 20, 'x');
  std::thread sender([&] { client.send(request_text("POST /no", {}, body)); });
  EXPECT_EQ(client.reply().status, 401);
  sender.join();
  client.end_sending();
  EXPECT_TRUE(client.is_closed_by_peer());
  EXPECT_EQ(script_.handled, 0);
}

TEST_F(HttpServer, refuses_headers_that_are_too_large) {
  restart({.most_header_bytes = 4'000});
  EXPECT_EQ(ask(request_text("GET /", "A: " + std::string(3'900, 'x') + "\r\n")).status, 200);
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += "A" + std::to_string(i) + ": b\r\n";
  for (const std::string& large : {request_text("GET /", "A: " + std::string(4'000, 'x') + "\r\n"),
                                   request_text("GET /" + std::string(5'000, 'x')),
                                   request_text("GET /", many), std::string(100'000, 'G')}) {
    HandClient client = connect();
    client.send(large);
    EXPECT_EQ(client.reply().status, 431) << large.substr(0, 60);
    client.end_sending();
    EXPECT_TRUE(client.is_closed_by_peer());
  }
  EXPECT_EQ(server_->counters().bad_requests, 4U);
}

TEST_F(HttpServer, reads_bodies_in_chunks) {
  HandClient client = connect();
  const std::string chunked =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.ask(chunked).body, "POST / abcdefg");
}

TEST_F(HttpServer, invites_a_body_that_waits_for_it) {
  HandClient client = connect();
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.reply().status, 100);
  EXPECT_EQ(client.ask("body").body, "POST / body");
  // Who may not ask is not invited.
  client.send("POST /no HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.reply().status, 401);
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(HttpServer, cuts_off_who_sends_a_request_too_slowly) {
  restart({.read_timeout = 300ms});
  for (const std::string start :
       {"G", "GET / HTTP/1.1\r\nA: b", "POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nhalf"}) {
    HandClient client = connect();
    ASSERT_TRUE(client.send(start));
    // A byte now and then does not help.
    std::atomic<bool> over = false;
    std::thread dripper([&] {
      while (!over && client.send("x")) std::this_thread::sleep_for(20ms);
    });
    EXPECT_EQ(client.reply().status, 0) << start;
    over = true;
    dripper.join();
  }
  EXPECT_TRUE(has_no_connections());
  EXPECT_EQ(server_->counters().bad_requests, 3U);
  EXPECT_EQ(script_.handled, 0);
}

TEST_F(HttpServer, closes_who_asks_nothing) {
  restart({.idle_timeout = 100ms});
  HandClient silent = connect();
  HandClient asks = connect();
  EXPECT_EQ(asks.ask(request_text("GET /")).status, 200);
  EXPECT_TRUE(silent.is_closed_by_peer());
  EXPECT_TRUE(asks.is_closed_by_peer());
  EXPECT_TRUE(has_no_connections());
  EXPECT_EQ(server_->counters().bad_requests, 0U);
}

TEST_F(HttpServer, answers_who_has_ended_its_side) {
  HandClient client = connect();
  client.send(request_text("GET /half"));
  client.end_sending();
  EXPECT_EQ(client.reply().body, "GET /half ");
  EXPECT_TRUE(client.is_closed_by_peer());
  HandClient half = connect();
  half.send("GET /half HT");
  half.end_sending();
  EXPECT_TRUE(half.is_closed_by_peer());
  EXPECT_TRUE(has_no_connections());
}

TEST_F(HttpServer, survives_clients_that_go_away) {
  for (int i = 0; i < 20; ++i) {
    HandClient client = connect();
    client.send(request_text("GET /wait"));
    ASSERT_TRUE(becomes([this, i] { return script_.handled == i + 1; }));
    if (i % 2 == 0) client.reset();
  }
  for (Answer& answer : script_.take_waiting()) answer({.body = std::string(1'000, 'x')});
  EXPECT_TRUE(has_no_connections());
  EXPECT_EQ(ask(request_text("GET /")).status, 200);
}

TEST_F(HttpServer, cuts_off_who_does_not_read) {
  restart({.write_timeout = 300ms});
  HandClient client(server_->port(), 4'096);
  client.send(request_text("GET /large"));
  EXPECT_TRUE(becomes([this] { return script_.handled == 1; }));
  EXPECT_TRUE(has_no_connections());
}

TEST_F(HttpServer, sends_a_file_however_long_it_takes) {
  restart({.write_timeout = 500ms});
  const std::string path = testing::TempDir() + "http_server_test." + std::to_string(getpid());
  std::string contents;
  for (int i = 0; i < 1'000'000; ++i) contents += std::to_string(i);
  std::ofstream(path, std::ios::binary) << contents;
  script_.file = path;
  HandClient client(server_->port(), 64 << 10);
  client.send(request_text("GET /file"));
  // Slower in all than the timeout of one piece.
  std::string got;
  char piece[128 << 10];
  while (got.size() < contents.size()) {
    const ssize_t size = recv(client.socket(), piece, sizeof(piece), 0);
    ASSERT_GT(size, 0) << got.size();
    got.append(piece, static_cast<std::size_t>(size));
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(got.ends_with(contents));
  std::filesystem::remove(path);
  EXPECT_EQ(ask(request_text("GET /file")).status, 500);
}

TEST_F(HttpServer, holds_many_idle_connections) {
  std::vector<HandClient> clients;
  for (int i = 0; i < 2'000; ++i) clients.push_back(connect());
  for (const HandClient& client : clients) ASSERT_TRUE(client.is_connected());
  EXPECT_TRUE(becomes([this] { return server_->counters().connections == 2'000; }));
  for (HandClient& client : clients) ASSERT_EQ(client.ask(request_text("GET /")).status, 200);
  clients.clear();
  EXPECT_TRUE(has_no_connections());
}

TEST_F(HttpServer, closes_connections_beyond_its_limit) {
  restart({.most_connections = 2});
  HandClient first = connect();
  HandClient second = connect();
  EXPECT_EQ(first.ask(request_text("GET /")).status, 200);
  EXPECT_EQ(second.ask(request_text("GET /")).status, 200);
  EXPECT_TRUE(connect().is_closed_by_peer());
  EXPECT_EQ(server_->counters().refused_connections, 1U);
  first.close();
  EXPECT_TRUE(becomes([this] { return server_->counters().connections == 1; }));
  EXPECT_EQ(ask(request_text("GET /")).status, 200);
}

TEST_F(HttpServer, drains) {
  HandClient idle = connect();
  EXPECT_EQ(idle.ask(request_text("GET /")).status, 200);
  HandClient silent = connect();
  HandClient waiting = connect();
  waiting.send(request_text("GET /wait"));
  ASSERT_TRUE(becomes([this] { return script_.waiting() == 1; }));
  std::atomic<bool> drained = false;
  std::thread drainer([&] { drained = server_->drain(HandClient::patience); });
  EXPECT_TRUE(idle.is_closed_by_peer());
  EXPECT_TRUE(silent.is_closed_by_peer());
  EXPECT_FALSE(connect().is_connected());
  EXPECT_FALSE(drained);
  script_.take_waiting()[0]({.body = "late"});
  const HandReply reply = waiting.reply();
  EXPECT_EQ(reply.body, "late");
  EXPECT_TRUE(reply.has("Connection: close\r\n"));
  EXPECT_TRUE(waiting.is_closed_by_peer());
  idle.close();
  silent.close();
  waiting.close();
  drainer.join();
  EXPECT_TRUE(drained);
  EXPECT_NE(server_->port(), 0);
}

TEST_F(HttpServer, gives_up_draining) {
  HandClient waiting = connect();
  waiting.send(request_text("GET /wait"));
  ASSERT_TRUE(becomes([this] { return script_.waiting() == 1; }));
  EXPECT_FALSE(server_->drain(50ms));
}

TEST_F(HttpServer, may_end_before_its_answers_come) {
  HandClient waiting = connect();
  waiting.send(request_text("GET /wait"));
  ASSERT_TRUE(becomes([this] { return script_.waiting() == 1; }));
  server_.reset();
  EXPECT_EQ(waiting.reply().status, 0);
  script_.take_waiting()[0]({.body = "too late"});
}

TEST_F(HttpServer, says_why_it_cannot_listen) {
  const auto error_of = [this](ServerOptions options) -> std::string {
    try {
      const Server server(std::move(options), script_);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it serves";
  };
  EXPECT_THAT(error_of({.address = "127.0.0.1", .port = server_->port()}),
              HasSubstr("cannot serve 127.0.0.1:" + std::to_string(server_->port())));
  EXPECT_THAT(error_of({.address = "nowhere"}), HasSubstr("cannot serve nowhere"));
  EXPECT_THAT(error_of({.certificate_file = "/nowhere.pem", .key_file = "/nowhere.key"}),
              HasSubstr("cannot serve"));
}

}  // namespace
}  // namespace delta::http
