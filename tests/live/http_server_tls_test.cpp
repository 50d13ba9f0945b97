// The HTTP server over TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/adapters/http/server.h"
#include "platform/http_client.h"
#include "tests/live/certificate.h"
#include "tests/live/http_by_hand.h"

namespace delta::http {
namespace {

using test::becomes;
using test::HandClient;

class Echo final : public Handler {
 public:
  std::optional<Reply> refuse(const Head&) override { return std::nullopt; }
  void handle(Head, std::string body, Answer answer) override { answer({.body = std::move(body)}); }
};

/// A client's session, whose socket is left to the test.
class TlsClient {
 public:
  TlsClient(int port, int newest) : hand_(port) {
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    // Versions that are too old are not even offered with the usual level.
    SSL_CTX_set_security_level(context_.get(), 0);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), hand_.socket());
    is_secure_ = SSL_connect(session_.get()) == 1;
  }

  bool is_secure() const { return is_secure_; }
  bool send(const std::string& text) {
    return SSL_write(session_.get(), text.data(), static_cast<int>(text.size())) > 0;
  }
  std::string read() {
    char buffer[65536];
    const int size = SSL_read(session_.get(), buffer, sizeof(buffer));
    return {buffer, static_cast<std::size_t>(std::max(size, 0))};
  }
  /// The server said that it is the end, so that nobody can have cut it short.
  bool was_told_the_end() {
    char c = 0;
    const int size = SSL_read(session_.get(), &c, 1);
    return SSL_get_error(session_.get(), size) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  HandClient hand_;
  test::Owned<SSL_CTX, SSL_CTX_free> context_{SSL_CTX_new(TLS_client_method())};
  test::Owned<SSL, SSL_free> session_;
  bool is_secure_ = false;
};

class HttpServerTls : public testing::Test {
 protected:
  std::string url() const { return "https://127.0.0.1:" + std::to_string(server_.port()) + "/"; }

  test::Certificate certificate_{"127.0.0.1"};
  Echo echo_;
  Server server_{{.read_timeout = 2s,
                  .certificate_file = certificate_.file(),
                  .key_file = certificate_.key_file()},
                 echo_};
};

TEST_F(HttpServerTls, serves_on_kept_connections) {
  HttpClient client({.ca_file = certificate_.file()});
  for (const std::size_t size : {1UL, 1'000'000UL, 1UL}) {
    const std::string body(size, 'x');
    const auto reply = client.call({.method = "POST", .url = url(), .body = body});
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->body, body);
  }
  EXPECT_EQ(server_.counters().connections, 1U);
}

TEST_F(HttpServerTls, takes_no_version_before_1_2) {
  EXPECT_FALSE(TlsClient(server_.port(), TLS1_1_VERSION).is_secure());
  EXPECT_TRUE(TlsClient(server_.port(), TLS1_2_VERSION).is_secure());
  EXPECT_TRUE(TlsClient(server_.port(), TLS1_3_VERSION).is_secure());
}

TEST_F(HttpServerTls, says_that_it_closes) {
  TlsClient client(server_.port(), TLS1_3_VERSION);
  ASSERT_TRUE(client.send(test::request_text("GET /", "Connection: close\r\n")));
  EXPECT_THAT(client.read(), testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(client.was_told_the_end());
}

TEST_F(HttpServerTls, drains_idle_connections) {
  TlsClient client(server_.port(), TLS1_3_VERSION);
  ASSERT_TRUE(client.send(test::request_text("GET /")));
  client.read();
  const HandClient in_handshake(server_.port());
  EXPECT_TRUE(becomes([this] { return server_.counters().connections == 2; }));
  // The client answers nothing: it is not waited for much longer.
  EXPECT_TRUE(server_.drain(HandClient::patience));
  EXPECT_TRUE(client.was_told_the_end());
}

TEST_F(HttpServerTls, cuts_off_who_does_not_speak_it) {
  HandClient plain(server_.port());
  plain.send(test::request_text("GET /"));
  EXPECT_EQ(plain.reply().status, 0);
  HandClient silent(server_.port());
  EXPECT_TRUE(silent.is_closed_by_peer());
  EXPECT_TRUE(becomes([this] { return server_.counters().connections == 0; }));
  EXPECT_EQ(server_.counters().bad_requests, 2U);
}

}  // namespace
}  // namespace delta::http
