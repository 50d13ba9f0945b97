// The HTTP client against servers that misbehave: above all, what it says about whether a request
// may have been done.
#include "platform/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/live/raw_server.h"

namespace delta {
namespace {

using test::Connection;
using test::RawServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";

/// Answers every request with its own first line.
void echo(Connection& connection) {
  for (;;) {
    const std::string request = connection.read_request();
    if (request.empty()) return;
    connection.answer(request.substr(0, request.find("\r\n")));
  }
}
/// Reads a request and says this, then closes.
RawServer::Behaviour says(std::string text) {
  return [text = std::move(text)](Connection& connection) {
    connection.read_request();
    connection.send(text);
  };
}

class HttpClientTest : public testing::Test {
 protected:
  void expect_failure(const HttpRequest& request, HttpFailure kind, const std::string& detail) {
    const auto reply = client_.call(request);
    ASSERT_FALSE(reply) << request.method << " " << request.url << ": " << reply->status;
    EXPECT_EQ(reply.error().kind, kind) << reply.error().detail;
    EXPECT_THAT(reply.error().detail, HasSubstr(detail));
  }
  void expect_failure(RawServer::Behaviour behaviour, HttpFailure kind, const std::string& detail) {
    const RawServer server(std::move(behaviour));
    expect_failure({.url = server.url(), .timeout = 200ms}, kind, detail);
  }
  std::string body_of(const HttpRequest& request) {
    const auto reply = client_.call(request);
    return reply ? reply->body : reply.error().detail;
  }

  HttpClient client_{{.connect_timeout = 300ms, .max_reply = 100'000}};
};

TEST_F(HttpClientTest, sends_what_it_is_told_and_reads_the_answer) {
  const RawServer server(
      says("HTTP/1.1 404 Gone: really\r\nX-One: 1\r\nx-one:2 \r\nEmpty:\r\nContent-Length: "
           "3\r\n\r\nno\n"));
  const auto reply = client_.call({.method = "POST",
                                   .url = server.url("/a%20b/../c?d=e"),
                                   .headers = {{"Authorization", "Bearer x"}, {"X-Empty", ""}},
                                   .body = "contents"});
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->body, "no\n");
  EXPECT_THAT(reply->headers,
              ElementsAre(Pair("content-length", "3"), Pair("empty", ""), Pair("x-one", "1, 2")));
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0],
            "POST /a%20b/../c?d=e HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                "\r\nUser-Agent: delta\r\nAccept: */*\r\nAuthorization: Bearer x\r\nX-Empty:\r\n"
                "Content-Length: 8\r\n\r\ncontents");
}

TEST_F(HttpClientTest, every_method_has_the_body_it_needs) {
  const RawServer server([](Connection& connection) {
    while (!connection.read_request().empty()) connection.send("HTTP/1.1 204 Done\r\n\r\n");
  });
  for (const std::string method : {"GET", "HEAD", "DELETE", "POST", "PUT"}) {
    const auto reply = client_.call({.method = method, .url = server.url("/")});
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_THAT(server.requests().back(), StartsWith(method + " / HTTP/1.1\r\n"));
    const bool has_body = method == "POST" || method == "PUT";
    EXPECT_EQ(server.requests().back().contains("Content-Length: 0\r\n"), has_body) << method;
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, what_no_server_saw_is_not_sent) {
  const RawServer gone(echo);
  gone.refuse_connections();
  expect_failure({.method = "POST", .url = gone.url()}, HttpFailure::not_sent,
                 "http://127.0.0.1:" + std::to_string(gone.port()));
  expect_failure({.url = "http://nowhere.invalid/"}, HttpFailure::not_sent, "nowhere.invalid");
}

TEST_F(HttpClientTest, a_server_that_accepts_nobody_is_not_sent) {
  // The kernel drops whoever comes when the queue is full.
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = RawServer::loopback();
  auto* any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(listener, any, size), 0);
  ASSERT_EQ(listen(listener, 0), 0);
  ASSERT_EQ(getsockname(listener, any, &size), 0);
  std::vector<int> queue;
  for (int i = 0; i < 4; ++i) {
    queue.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    connect(queue.back(), any, size);
  }
  expect_failure({.url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port))},
                 HttpFailure::not_sent, "Timeout");
  for (const int waiting : queue) close(waiting);
  close(listener);
}

TEST_F(HttpClientTest, a_failed_tls_handshake_is_not_sent) {
  const auto hang = [](Connection& connection) { connection.hang(); };
  const auto reply_in_plain = [](Connection& connection) { connection.answer("plain"); };
  const auto close_it = [](Connection&) {};
  for (const RawServer::Behaviour& behaviour :
       {RawServer::Behaviour(hang), RawServer::Behaviour(reply_in_plain),
        RawServer::Behaviour(close_it)}) {
    const RawServer server(behaviour);
    expect_failure({.url = "https://127.0.0.1:" + std::to_string(server.port())},
                   HttpFailure::not_sent, "https://127.0.0.1");
  }
}

TEST_F(HttpClientTest, what_was_sent_and_not_wholly_answered_is_no_reply) {
  const auto no_reply = HttpFailure::no_reply;
  expect_failure([](Connection&) {}, no_reply, "http://127.0.0.1");
  expect_failure(says(""), no_reply, "Empty reply");
  expect_failure(says("HTTP/1.1 200"), no_reply, "");
  expect_failure(says(std::string(kHead)), no_reply, "");
  expect_failure(says(std::string(kHead) + "half"), no_reply, "");
  expect_failure(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n"),
                 no_reply, "");
  expect_failure(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), no_reply,
                 "");
  expect_failure(says("HTTP/1.1 100 Continue\r\n\r\n"), no_reply, "");
  expect_failure(says("220 mail.example.org ESMTP\r\n"), no_reply, "");
  expect_failure(says(std::string(70'000, '\xff')), no_reply, "");
}

TEST_F(HttpClientTest, a_reset_connection_is_no_reply) {
  expect_failure(
      [](Connection& connection) {
        connection.read_request();
        const linger at_once{1, 0};
        setsockopt(connection.socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      },
      HttpFailure::no_reply, "");
}

TEST_F(HttpClientTest, an_answer_that_does_not_come_in_time_is_no_reply) {
  expect_failure([](Connection& connection) { connection.hang(); }, HttpFailure::no_reply,
                 "timed out");
  expect_failure(
      [](Connection& connection) {
        connection.send(kHead);
        connection.hang();
      },
      HttpFailure::no_reply, "timed out");
  const auto drip = [](Connection& connection) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (connection.send("x")) std::this_thread::sleep_for(5ms);
  };
  expect_failure(drip, HttpFailure::no_reply, "timed out");
}

TEST_F(HttpClientTest, more_than_is_wanted_is_too_large) {
  const auto endless = [](std::string first, std::string more) {
    return [first = std::move(first), more = std::move(more)](Connection& connection) {
      connection.read_request();
      connection.send(first);
      while (connection.send(more)) {
      }
    };
  };
  const std::string many(10'000, 'x');
  const auto too_large = HttpFailure::too_large;
  expect_failure(says("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\nx"), too_large,
                 "too large");
  expect_failure(endless("HTTP/1.1 200 OK\r\n\r\n", many), too_large, "too large");
  expect_failure(
      endless("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n", "2710\r\n" + many + "\r\n"),
      too_large, "too large");
  expect_failure(endless("HTTP/1.1 200 OK\r\n", "Name: value\r\n"), too_large, "headers");
  expect_failure(endless("HTTP/1.1 200 OK\r\nName: ", many), too_large, "");
  expect_failure(endless("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"),
                 too_large, "headers");
}

TEST_F(HttpClientTest, as_much_as_is_allowed_is_not_too_large) {
  const RawServer server([](Connection& connection) {
    while (!connection.read_request().empty()) connection.answer(std::string(100'000, 'x'));
  });
  EXPECT_EQ(body_of({.url = server.url()}), std::string(100'000, 'x'));
  expect_failure({.url = server.url(), .max_reply = 99'999}, HttpFailure::too_large, "too large");
}

TEST_F(HttpClientTest, an_interim_answer_and_a_redirect_are_not_followed) {
  const RawServer server(
      says("HTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
           "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"));
  const auto reply = client_.call({.url = server.url()});
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->status, 302);
  EXPECT_THAT(reply->headers, ElementsAre(Pair("content-length", "0"), Pair("location", "/other")));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(HttpClientTest, a_malformed_request_is_refused_here) {
  const RawServer server(echo);
  for (const std::string url :
       {"", "no url", "127.0.0.1", "ftp://127.0.0.1/", "file:///etc/passwd", "http://",
        "http://user:secret@127.0.0.1/", "http://127.0.0.1:99999/"}) {
    expect_failure({.url = url}, HttpFailure::bad_request, "malformed URL");
  }
  expect_failure({.url = server.url(std::string("/\0x", 3))}, HttpFailure::bad_request, "URL");
  expect_failure({.url = server.url("/a b")}, HttpFailure::bad_request, "URL");
  expect_failure({.url = server.url("/\r\nX: y")}, HttpFailure::bad_request, "URL");
  for (const std::string method : {"", "G T", "get", "GET\r\n"}) {
    expect_failure({.method = method, .url = server.url()}, HttpFailure::bad_request, "method");
  }
  expect_failure({.url = server.url(), .headers = {{"a", "b\r\nc: d"}}}, HttpFailure::bad_request,
                 "header");
  expect_failure({.url = server.url(), .headers = {{"a: b", "c"}}}, HttpFailure::bad_request,
                 "header");
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpClientTest, the_environment_names_no_proxy) {
  const RawServer proxy(echo);
  const RawServer server(echo);
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("all_proxy", proxy.url().c_str(), 1);
  EXPECT_EQ(body_of({.url = server.url("/a")}), "GET /a HTTP/1.1");
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(HttpClientTest, errors_do_not_tell_secrets) {
  const RawServer server(says(""));
  const auto reply =
      client_.call({.url = server.url("/secret1"), .headers = {{"Authorization", "secret2"}}});
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().detail, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace delta
