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
  Impl(ServerOptions options, Handler& handler)
      : context(std::make_shared<ConnectionContext>(std::move(options), handler)),
        pool(context->options.threads),
        acceptor(asio::make_strand(pool)) {}

  void open_tls();
  void listen();
  void accept();
  void accept_later();
  void start(tcp::socket socket);

  const SharedContext context;
  std::optional<asio::ssl::context> tls;
  asio::thread_pool pool;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  std::atomic<std::uint64_t> refused = 0;
};

void Server::Impl::open_tls() {
  const ServerOptions& options = context->options;
  if (options.certificate_file.empty()) return;
  using asio::ssl::context;
  tls.emplace(context::tls_server);
  tls->set_options(context::default_workarounds | context::no_tlsv1 | context::no_tlsv1_1);
  tls->use_certificate_chain_file(options.certificate_file);
  tls->use_private_key_file(options.key_file, context::pem);
  // 34 kB less for each connection that rests.
  SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
}

void Server::Impl::listen() {
  const tcp::endpoint endpoint(asio::ip::make_address(context->options.address),
                               context->options.port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen(asio::socket_base::max_listen_connections);
  port = acceptor.local_endpoint().port();
}

void Server::Impl::accept() {
  // Each connection has a strand: its steps never run side by side.
  acceptor.async_accept(asio::make_strand(pool),
                        [this](beast::error_code error, tcp::socket socket) {
                          if (!acceptor.is_open()) return;
                          if (error) return accept_later();
                          start(std::move(socket));
                          accept();
                        });
}

void Server::Impl::accept_later() {
  // Out of descriptors or memory: an immediate next try would spin until somebody frees some.
  auto pause =
      std::make_shared<asio::steady_timer>(acceptor.get_executor(), std::chrono::milliseconds(100));
  pause->async_wait([this, pause](beast::error_code) {
    if (acceptor.is_open()) accept();
  });
}

void Server::Impl::start(tcp::socket socket) {
  if (context->open.load() >= context->options.most_connections) {
    ++refused;
    return;  // closed by its destructor
  }
  beast::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (tls) {
    start_tls_connection(context, std::move(socket), *tls);
  } else {
    start_connection(context, std::move(socket));
  }
}

Server::Server(ServerOptions options, Handler& handler)
    : impl_(std::make_unique<Impl>(std::move(options), handler)) {
  try {
    impl_->open_tls();
    impl_->listen();
  } catch (const boost::system::system_error& error) {
    const ServerOptions& given = impl_->context->options;
    throw std::runtime_error("cannot serve " + given.address + ":" + std::to_string(given.port) +
                             ": " + error.what());
  }
  impl_->accept();
}

Server::~Server() {
  {
    const std::lock_guard lock(impl_->context->mutex);
    impl_->context->gone = true;
  }
  impl_->pool.stop();
  impl_->pool.join();
  for (const auto& connection : impl_->context->present()) {
    if (const auto open_one = connection.lock()) open_one->abandon();
  }
}

std::uint16_t Server::port() const { return impl_->port; }

ServerCounters Server::counters() const {
  return {impl_->context->open, impl_->refused, impl_->context->bad_requests};
}

bool Server::drain(Duration patience) {
  asio::post(impl_->acceptor.get_executor(), [this] {
    beast::error_code ignored;
    impl_->acceptor.close(ignored);
  });
  ConnectionContext& context = *impl_->context;
  context.draining = true;
  for (const auto& connection : context.present()) {
    if (const auto open_one = connection.lock()) open_one->close_if_idle();
  }
  std::unique_lock lock(context.mutex);
  return context.closed.wait_for(lock, patience, [&context] { return context.open == 0; });
}

}  // namespace delta::http
