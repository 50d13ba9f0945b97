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

/// What a connection needs to be told when the server ends.
class Closable {
 public:
  virtual ~Closable() = default;
  /// Any thread: closes it unless it is in the middle of a request.
  virtual void close_if_idle() = 0;
  /// The server's threads have ended: it waits for no answer any more.
  virtual void abandon() = 0;
};

/// Shared by the connections of a server, and by the answers that they wait for, which may outlive
/// the server.
struct ConnectionContext {
  ConnectionContext(ServerOptions given, Handler& its_handler)
      : options(std::move(given)), handler(its_handler) {}

  /// Those that are open now.
  std::list<std::weak_ptr<Closable>> present();

  const ServerOptions options;
  Handler& handler;
  std::atomic<std::uint64_t> open = 0;
  std::atomic<std::uint64_t> bad_requests = 0;
  std::atomic<bool> draining = false;
  std::mutex mutex;
  std::condition_variable closed;          ///< one of them
  std::list<std::weak_ptr<Closable>> all;  ///< guarded by the mutex
  bool gone = false;                       ///< guarded by it too: there is no server any more
};
using SharedContext = std::shared_ptr<ConnectionContext>;

/// Keeps itself alive until it is closed.
void start_connection(const SharedContext& context, tcp::socket socket);
void start_tls_connection(const SharedContext& context, tcp::socket socket,
                          asio::ssl::context& tls);

}  // namespace delta::http
