// The HTTP client and certificates: whom it trusts, and that nothing is sent to anybody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include "platform/http_client.h"
#include "tests/live/certificate.h"
#include "tests/live/raw_server.h"

namespace delta {
namespace {

using test::Connection;
using test::RawServer;
using testing::HasSubstr;

using Context = test::Owned<SSL_CTX, SSL_CTX_free>;
using Session = test::Owned<SSL, SSL_free>;

/// Speaks TLS with a certificate for `address`, whichever it has, and answers "secure".
class TlsServer {
 public:
  explicit TlsServer(const char* address) : certificate_(address) {
    CHECK(SSL_CTX_use_certificate(context_.get(), certificate_.x509()) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context_.get(), certificate_.key()) == 1);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(server_.port()) + "/"; }
  const std::string& ca_file() const { return certificate_.file(); }
  /// Those that came through, deciphered.
  std::vector<std::string> requests() const { return server_.requests(); }

 private:
  void serve(Connection& connection) {
    // Here only: OpenSSL's own sockets raise it, and the client's must not.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    const Session session(SSL_new(context_.get()));
    SSL_set_fd(session.get(), connection.socket());
    if (SSL_accept(session.get()) != 1) return;
    char text[4096];
    int size = 0;
    while ((size = SSL_read(session.get(), text, sizeof(text))) > 0) {
      server_.remember({text, static_cast<std::size_t>(size)});
      const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure";
      SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
    }
  }

  test::Certificate certificate_;
  Context context_{SSL_CTX_new(TLS_server_method())};
  RawServer server_{[this](Connection& connection) { serve(connection); }};
};

void expect_not_sent(const HttpOptions& options, const TlsServer& server) {
  HttpClient client(options);
  const auto reply = client.call({.url = server.url()});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, HttpFailure::not_sent) << reply.error().detail;
  EXPECT_THAT(reply.error().detail, HasSubstr("ertificate"));
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpTls, a_known_certificate_is_trusted_and_its_connection_kept) {
  const TlsServer server("127.0.0.1");
  HttpClient client({.ca_file = server.ca_file()});
  for (int i = 0; i < 2; ++i) {
    const auto reply = client.call({.url = server.url()});
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->body, "secure");
  }
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(HttpTls, an_unknown_certificate_gets_no_request) {
  expect_not_sent({}, TlsServer("127.0.0.1"));
}

TEST(HttpTls, a_certificate_for_somebody_else_gets_no_request) {
  const TlsServer server("127.0.0.2");
  expect_not_sent({.ca_file = server.ca_file()}, server);
}

TEST(HttpTls, a_ca_file_that_is_not_there_is_named) {
  const TlsServer server("127.0.0.1");
  HttpClient client({.ca_file = "/nowhere/ca.pem"});
  const auto reply = client.call({.url = server.url()});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, HttpFailure::not_sent);
  EXPECT_THAT(reply.error().detail, HasSubstr("/nowhere/ca.pem"));
}

TEST(HttpTls, without_verification_anybody_is_trusted) {
  const TlsServer server("127.0.0.2");
  HttpClient client({.verify = false});
  EXPECT_TRUE(client.call({.url = server.url()}));
}

}  // namespace
}  // namespace delta
