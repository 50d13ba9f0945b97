// A request over the simulated network and its answer: what every client of a server is made of.
#pragma once

#include <expected>
#include <memory>
#include <optional>

#include "simulator/world/network.h"

namespace aftershock::sim {

enum class CallEnd : std::uint8_t {
  refused,  ///< nobody listens there: the request was not seen
  reset,    ///< the connection broke after the request was sent
  timeout,  ///< no answer in time
  error,    ///< the server answered that it could not do it
};
/// A sentence about a call that ended so; `server`: "the queue".
std::string describe(CallEnd end, std::string_view server);

/// The two ends of one call, shared by the waiting client and the server.
template <class Answer>
struct Exchange final : Connection {
  std::optional<Answer> answer;
  std::optional<CallEnd> end;
  bool arrived = false;  ///< answer or end has crossed the network
  ClockQueue waiter;

  using Connection::found_broken;

  /// The client gives up waiting, with this as its answer. False: the server has answered.
  bool end_with(Answer own) {
    if (answer || end) return false;
    answer.emplace(std::move(own));
    arrived = true;
    waiter.notify_one();
    return true;
  }

 private:
  /// What was under way is lost too.
  bool reset() override {
    if (arrived) return false;
    end = CallEnd::reset;
    arrived = true;
    waiter.notify_one();
    return true;
  }
};

/// The server's end. Answers at most once; the first one counts. Copies share the exchange; the
/// first of them opens the connection.
template <class Answer>
class ReplyTo {
 public:
  ReplyTo(Network& network, HostId server, HostId client,
          std::shared_ptr<Exchange<Answer>> exchange)
      : network_(&network), server_(server), client_(client), exchange_(std::move(exchange)) {
    network.opened(*exchange_, client, server);
  }

  void operator()(Answer answer) const {
    if (settled()) return;
    exchange_->answer.emplace(std::move(answer));
    send_back();
  }
  void fail(CallEnd end) const {
    if (settled()) return;
    exchange_->end = end;
    send_back();
  }
  bool settled() const { return exchange_->answer || exchange_->end; }

 private:
  void send_back() const {
    network_->send(server_, client_, [exchange = exchange_] {
      exchange->arrived = true;
      exchange->waiter.notify_one();
    });
  }

  Network* network_;
  HostId server_;
  HostId client_;
  std::shared_ptr<Exchange<Answer>> exchange_;
};

struct CallRoute {
  Kernel& kernel;
  Network& network;
  Process& client;  ///< must be the running process
  HostId from;
  HostId to;
};

/// Waits for the end of a call that was sent, by the clock of the client's host. Suspends.
template <class Answer>
std::expected<Answer, CallEnd> wait_for_answer(HostClock& clock, Exchange<Answer>& exchange,
                                               delta::Duration timeout) {
  const delta::MonoTime deadline = clock.now() + timeout;
  while (!exchange.arrived) {
    if (!clock.wait(exchange.waiter, deadline)) break;
  }
  if (!exchange.arrived) return std::unexpected(CallEnd::timeout);
  if (exchange.end) {
    exchange.found_broken();
    return std::unexpected(*exchange.end);
  }
  return std::move(*exchange.answer);
}

/// Sends a request, whose arrival is `serve(reply)`, and waits for the answer. Suspends. Inert
/// when the client is dead.
template <class Answer, class Serve>
std::expected<Answer, CallEnd> remote_call(
    const CallRoute& route, delta::Duration timeout, Serve serve,
    std::shared_ptr<Exchange<Answer>> exchange = std::make_shared<Exchange<Answer>>()) {
  if (!route.client.alive() || route.network.fails_to_connect(route.from)) {
    return std::unexpected(CallEnd::refused);
  }
  const ReplyTo<Answer> reply(route.network, route.to, route.from, exchange);
  route.network.send(route.from, route.to, [reply, serve = std::move(serve)]() mutable {
    if (!reply.settled()) serve(reply);
  });
  return wait_for_answer(route.network.clock(route.from), *exchange, timeout);
}

}  // namespace aftershock::sim
