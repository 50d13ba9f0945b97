// One connection of the HTTP server: reads a request, waits for its answer, writes it, again.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <condition_variable>
#include <list>
#include <mutex>

#include "orchestrator/adapters/http/server.h"

namespace delta::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

/// What a connection needs to be told when the server drains.
class Closable {
 public:
  virtual ~Closable() = default;
  /// Any thread: closes it unless it is in the middle of a request.
  virtual void close_if_idle() = 0;
};

/// Shared by the connections of a server.
struct ConnectionContext {
  const ServerOptions& options;
  Handler& handler;
  std::atomic<std::uint64_t> open;
  std::atomic<std::uint64_t> bad_requests;
  std::atomic<bool> draining;
  std::list<std::weak_ptr<Closable>> all = {};  ///< guarded by the mutex
  std::mutex mutex = {};
  std::condition_variable closed = {};

  void close_idle();
};

/// Keeps itself alive until it is closed.
void start_connection(ConnectionContext& context, tcp::socket socket);
void start_tls_connection(ConnectionContext& context, tcp::socket socket,
                          asio::ssl::context& tls);

}  // namespace delta::http
