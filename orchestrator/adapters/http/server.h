// An HTTP/1.1 server on a few threads: connections that wait for an answer hold no thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/time.h"

namespace delta::http {

/// What is known before the body is read.
struct Head {
  std::string method;  ///< "GET"
  std::string target;  ///< path and query, as sent
  std::string authorization;
  std::string idempotency_key;
  std::string accept;
};
struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string file = {};  ///< sent in place of the body
  std::vector<std::pair<std::string, std::string>> headers = {};
};
/// Called exactly once, from any thread.
using Answer = std::function<void(Reply)>;

/// Thread: any; never blocks.
class Handler {
 public:
  virtual ~Handler() = default;
  /// A refusal that needs no body: who may not ask must not send megabytes either.
  virtual std::optional<Reply> refuse(const Head& head) = 0;
  virtual void handle(Head head, std::string body, Answer answer) = 0;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any that is free
  std::uint32_t threads = 2;
  std::uint32_t most_connections = 20'000;
  std::uint64_t most_body_bytes = 1 << 20;
  std::uint32_t most_header_bytes = 16 << 10;
  Duration read_timeout = 15s;  ///< from a request's first byte to its last
  Duration idle_timeout = 75s;  ///< between requests of a connection
  Duration write_timeout = 30s;
  std::string certificate_file = {};  ///< PEM chain; with key_file: TLS 1.2 or newer
  std::string key_file = {};
};

struct ServerCounters {
  std::uint64_t connections = 0;          ///< open now
  std::uint64_t refused_connections = 0;  ///< more than most_connections
  std::uint64_t bad_requests = 0;         ///< not HTTP, too large or too slow
};

class Server {
 public:
  /// Throws std::runtime_error, in words, when it cannot listen or read its certificate.
  Server(ServerOptions options, Handler& handler);
  /// Closes whatever is open.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  ServerCounters counters() const;
  /// Takes no more connections; each open one is closed after the answer that it waits for.
  /// True when all are closed, false when the time is over.
  bool drain(Duration patience);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace delta::http
