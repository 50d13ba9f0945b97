// The HTTP client and certificates: whom it trusts, and that nothing is sent to anybody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <filesystem>

#include "platform/http_client.h"
#include "tests/live/raw_server.h"

namespace delta {
namespace {

using test::Connection;
using test::RawServer;
using testing::HasSubstr;

template <class Type, void (*kFree)(Type*)>
struct Freed {
  void operator()(Type* pointer) const { kFree(pointer); }
};
template <class Type, void (*kFree)(Type*)>
using Owned = std::unique_ptr<Type, Freed<Type, kFree>>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Session = Owned<SSL, SSL_free>;

/// For this address only, signed by itself, for an hour.
Certificate certificate_for(const char* address, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -60);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, key);
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  const std::string names = std::string("IP:") + address;
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  CHECK(extension != nullptr && X509_add_ext(x509, extension, -1) == 1);
  X509_EXTENSION_free(extension);
  CHECK(X509_sign(x509, key, EVP_sha256()) > 0);
  return certificate;
}

/// Speaks TLS with a certificate for `address`, whichever it has, and answers "secure".
class TlsServer {
 public:
  explicit TlsServer(const char* address)
      : key_(EVP_EC_gen("P-256")), certificate_(certificate_for(address, key_.get())) {
    CHECK(SSL_CTX_use_certificate(context_.get(), certificate_.get()) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context_.get(), key_.get()) == 1);
    FILE* file = fopen(ca_file_.c_str(), "w");
    CHECK(file != nullptr && PEM_write_X509(file, certificate_.get()) == 1);
    fclose(file);
  }
  ~TlsServer() { std::filesystem::remove(ca_file_); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(server_.port()) + "/"; }
  const std::string& ca_file() const { return ca_file_; }
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

  Key key_;
  Certificate certificate_;
  Context context_{SSL_CTX_new(TLS_server_method())};
  const std::string ca_file_ =
      testing::TempDir() + "http_tls_test." + std::to_string(getpid()) + ".pem";
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
