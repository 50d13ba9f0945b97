// A session is a socket shared with the packets under way, and one statement at a time.
#include "simulator/world/database_client.h"

#include <optional>
#include <utility>

namespace aftershock::sim {

using namespace delta;

namespace {

/// The client's end of a connection. Packets under way keep it after the session has gone.
struct Socket final : Connection {
  Socket(Kernel& the_kernel, Network& the_network, const Process& owner, HostId own_host,
         DatabaseServer& the_server)
      : kernel(the_kernel),
        network(the_network),
        process(owner),
        host(own_host),
        server(the_server) {
    network.opened(*this, host, server.host());
  }

  Kernel& kernel;
  Network& network;
  const Process& process;
  HostId host;
  DatabaseServer& server;
  std::optional<BackendId> backend;  ///< none: not connected, or refused
  bool is_standby = false;           ///< what it told at the beginning
  bool broken = false;
  bool closed = false;
  WaitQueue woken;

  using Connection::found_broken;

  void wake() { woken.notify_all(); }

  bool reset() override {
    if (broken || closed) return false;
    broken = true;
    wake();
    if (backend) {
      // As the next event: the server's end holds the last reference to some sockets.
      kernel.at(kernel.now(),
                [this_server = &server, id = *backend] { this_server->disconnect(id); });
    }
    return true;
  }

  /// Has the server's host end the connection: sent by the operating system, so it works for a
  /// dead process too.
  void send_close() {
    network.send(host, server.host(),
                 [this_server = &server, id = *backend] { this_server->disconnect(id); });
  }
};
using SharedSocket = std::shared_ptr<Socket>;

/// From the server's host to the client's.
void send_reset(const SharedSocket& socket) {
  socket->network.send(socket->server.host(), socket->host, [socket] {
    socket->broken = true;
    socket->wake();
  });
}

/// The acknowledgements of TCP tell the client's host that its request has arrived. So a slow
/// answer breaks no connection, but a lost request or answer does.
bool still_served(const Socket& socket) {
  return socket.backend && socket.server.is_working(*socket.backend) &&
         socket.network.connected(socket.host, socket.server.host()) &&
         socket.network.connected(socket.server.host(), socket.host);
}

/// Suspends until `arrived`. False: the connection broke, nothing came in time, or the process
/// was killed.
bool await(Socket& socket, const bool& arrived, Duration timeout) {
  SimTime deadline = socket.kernel.now() + timeout;
  while (!arrived && !socket.broken) {
    if (socket.kernel.wait(socket.woken, deadline) || arrived) continue;
    if (!socket.process.alive() || !still_served(socket)) return false;
    deadline = socket.kernel.now() + timeout;
  }
  return arrived;
}

/// One round trip. Shared by the waiting fiber and its packets, since either may go first.
template <class Request, class Answer>
struct Exchange {
  using Start = bool (DatabaseServer::*)(BackendId, Request, Done<Answer>);

  SharedSocket socket;
  Start start;
  Request request;
  std::optional<Answer> answer;
  bool arrived = false;
};

template <class Request, class Answer>
void deliver(const std::shared_ptr<Exchange<Request, Answer>>& exchange) {
  Socket& socket = *exchange->socket;
  const auto done = [exchange](Answer answer) {
    exchange->answer.emplace(std::move(answer));
    Socket& end = *exchange->socket;
    end.network.send(end.server.host(), end.host, [exchange] {
      exchange->arrived = true;
      exchange->socket->wake();
    });
  };
  if (!(socket.server.*exchange->start)(*socket.backend, std::move(exchange->request), done)) {
    send_reset(exchange->socket);
  }
}

class SimulatedSession final : public Session {
 public:
  SimulatedSession(SharedSocket socket, const DatabaseClientOptions& options)
      : socket_(std::move(socket)), options_(options) {}
  SimulatedSession(const SimulatedSession&) = delete;
  SimulatedSession& operator=(const SimulatedSession&) = delete;
  ~SimulatedSession() override {
    socket_->closed = true;
    if (socket_->backend) socket_->send_close();
  }

  std::expected<Opened, DbError> open(const OpenRequest& request) override {
    return answer_or_error(
        call<OpenRequest, std::expected<Opened, DbError>>(&DatabaseServer::start_open, request));
  }

  CommitResult commit(WriteSet writes) override {
    // Nothing was sent, so nothing happened.
    if (!usable()) return {CommitOutcome::not_committed, unavailable(), {}};
    auto answer = call<WriteSet, CommitResult>(&DatabaseServer::start_commit, std::move(writes));
    if (answer) return std::move(*answer);
    return {CommitOutcome::unknown, unavailable(), {}};
  }

  void rollback() override {
    call<RollbackRequest, RollbackRequest>(&DatabaseServer::start_rollback, {});
  }

  std::expected<Found, DbError> find(const FindRequest& request) override {
    return answer_or_error(
        call<FindRequest, std::expected<Found, DbError>>(&DatabaseServer::start_find, request));
  }

  std::expected<void, DbError> delete_outbox(const std::vector<std::uint64_t>& serials) override {
    return answer_or_error(call<std::vector<std::uint64_t>, std::expected<void, DbError>>(
        &DatabaseServer::start_delete, serials));
  }

  std::expected<std::uint32_t, DbError> purge_operations(PurgeRequest request) override {
    return answer_or_error(call<PurgeRequest, std::expected<std::uint32_t, DbError>>(
        &DatabaseServer::start_purge, request));
  }

  /// Suspends. False: refused, no answer, or a standby.
  bool connect() {
    const auto arrived = std::make_shared<bool>(false);
    socket_->network.send(socket_->host, socket_->server.host(),
                          [socket = socket_, arrived] { dial(socket, arrived); });
    if (!await(*socket_, *arrived, options_.connect_timeout) || !socket_->backend) return false;
    return !socket_->is_standby;  // whoever wants to write has nothing to do there
  }

 private:
  static void dial(const SharedSocket& socket, const std::shared_ptr<bool>& arrived) {
    const auto backend = socket->server.accept(
        {.process = socket->process.id(),
         .on_reset = [socket] { send_reset(socket); },
         .is_open = [socket] { return socket->process.alive() && !socket->closed; }});
    const bool is_standby = socket->server.in_recovery();
    socket->network.send(socket->server.host(), socket->host,
                         [socket, arrived, backend, is_standby] {
                           socket->backend = backend;
                           socket->is_standby = is_standby;
                           *arrived = true;
                           // Whoever dialled has given up, or was killed.
                           if (socket->closed && backend) socket->send_close();
                           socket->wake();
                         });
  }

  bool usable() const {
    if (socket_->broken) socket_->found_broken();
    return socket_->process.alive() && !socket_->broken;
  }

  static DbError unavailable() { return {DbFailure::unavailable, "the connection is broken"}; }

  /// Nothing: the connection broke, and the session is dead.
  template <class Request, class Answer>
  std::optional<Answer> call(typename Exchange<Request, Answer>::Start start, Request request) {
    if (!usable()) return std::nullopt;
    const auto exchange = std::make_shared<Exchange<Request, Answer>>(
        Exchange<Request, Answer>{socket_, start, std::move(request), std::nullopt});
    socket_->network.send(socket_->host, socket_->server.host(), [exchange] { deliver(exchange); });
    if (await(*socket_, exchange->arrived, options_.user_timeout)) {
      return std::move(exchange->answer);
    }
    if (socket_->broken) socket_->found_broken();
    socket_->broken = true;
    return std::nullopt;
  }

  template <class Answer>
  static Answer answer_or_error(std::optional<Answer> answer) {
    if (answer) return std::move(*answer);
    return std::unexpected(unavailable());
  }

  SharedSocket socket_;
  DatabaseClientOptions options_;
};

}  // namespace

DatabaseClient::DatabaseClient(Kernel& kernel, Network& network, const Process& process,
                               HostId host, DatabaseAddress& address, DatabaseClientOptions options)
    : kernel_(kernel),
      network_(network),
      process_(process),
      host_(host),
      address_(address),
      options_(options) {}

std::expected<std::unique_ptr<Session>, DbError> DatabaseClient::connect() {
  if (!process_.alive()) {
    return std::unexpected(DbError{DbFailure::unavailable, "the process is dead"});
  }
  auto socket =
      std::make_shared<Socket>(kernel_, network_, process_, host_, address_.resolve(host_));
  auto session = std::make_unique<SimulatedSession>(std::move(socket), options_);
  if (!session->connect()) {
    return std::unexpected(DbError{DbFailure::unavailable, "could not connect to the database"});
  }
  return session;
}

}  // namespace aftershock::sim
