#include "orchestrator/adapters/http/server.h"

#include <atomic>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <stdexcept>

#include "orchestrator/adapters/http/connection.h"

namespace delta::http {

struct Server::Impl {
  Impl(ServerOptions given, Handler& handler)
      : options(std::move(given)),
        shared{options, handler, {}, {}, {}, {}},
        pool(options.threads),
        acceptor(asio::make_strand(pool)) {}

  void open_tls();
  void listen();
  void accept();
  void start(tcp::socket socket);

  ServerOptions options;
  ConnectionContext shared;
  std::optional<asio::ssl::context> tls;
  asio::thread_pool pool;
  tcp::acceptor acceptor;
  std::atomic<std::uint64_t> refused = 0;
};

void Server::Impl::open_tls() {
  if (options.certificate_file.empty()) return;
  using asio::ssl::context;
  tls.emplace(context::tls_server);
  tls->set_options(context::default_workarounds | context::no_tlsv1 | context::no_tlsv1_1);
  tls->use_certificate_chain_file(options.certificate_file);
  tls->use_private_key_file(options.key_file, context::pem);
}

void Server::Impl::listen() {
  const tcp::endpoint endpoint(asio::ip::make_address(options.address), options.port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen(asio::socket_base::max_listen_connections);
}

void Server::Impl::accept() {
  // Each connection has a strand: its steps never run side by side.
  acceptor.async_accept(asio::make_strand(pool), [this](beast::error_code error,
                                                        tcp::socket socket) {
    if (!acceptor.is_open()) return;
    if (!error) start(std::move(socket));
    if (error == asio::error::no_descriptors) {
      // Out of descriptors: an immediate next try would spin until somebody closes one.
      auto pause = std::make_shared<asio::steady_timer>(acceptor.get_executor(),
                                                        std::chrono::milliseconds(100));
      pause->async_wait([this, pause](beast::error_code) { accept(); });
      return;
    }
    accept();
  });
}

void Server::Impl::start(tcp::socket socket) {
  if (shared.open.load() >= options.most_connections) {
    ++refused;
    return;  // closed by its destructor
  }
  beast::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (tls) {
    start_tls_connection(shared, std::move(socket), *tls);
  } else {
    start_connection(shared, std::move(socket));
  }
}

Server::Server(ServerOptions options, Handler& handler)
    : impl_(std::make_unique<Impl>(std::move(options), handler)) {
  try {
    impl_->open_tls();
    impl_->listen();
  } catch (const boost::system::system_error& error) {
    impl_->pool.stop();
    throw std::runtime_error("cannot serve " + impl_->options.address + ":" +
                             std::to_string(impl_->options.port) + ": " + error.what());
  }
  impl_->accept();
}

Server::~Server() {
  impl_->pool.stop();
  impl_->pool.join();
}

std::uint16_t Server::port() const { return impl_->acceptor.local_endpoint().port(); }

ServerCounters Server::counters() const {
  return {impl_->shared.open, impl_->refused, impl_->shared.bad_requests};
}

bool Server::drain(Duration patience) {
  asio::post(impl_->acceptor.get_executor(), [this] {
    beast::error_code ignored;
    impl_->acceptor.close(ignored);
  });
  impl_->shared.draining = true;
  impl_->shared.close_idle();
  std::unique_lock lock(impl_->shared.mutex);
  return impl_->shared.closed.wait_for(lock, patience,
                                       [this] { return impl_->shared.open.load() == 0; });
}

}  // namespace delta::http
