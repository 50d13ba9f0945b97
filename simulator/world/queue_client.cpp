#include "simulator/world/queue_client.h"

namespace aftershock::sim {

namespace {

delta::QueueError error_of(CallEnd end) { return {describe(end, "the queue")}; }

}  // namespace

std::expected<void, delta::QueueError> QueueClient::publish(
    const std::vector<delta::AttemptId>& attempts) {
  QueueServer& server = address_.resolve(host_);
  const auto done = remote_call<bool>(route_to(server), timeout_, [&server, attempts](auto& reply) {
    server.publish(attempts, reply);
  });
  if (!done) return std::unexpected(error_of(done.error()));
  return {};
}

std::expected<Entries, delta::QueueError> QueueClient::receive(std::uint32_t most,
                                                               delta::Duration wait,
                                                               delta::Duration visibility) {
  QueueServer& server = address_.resolve(host_);
  const auto exchange = std::make_shared<Exchange<Entries>>();
  std::erase_if(receiving_, [](const auto& earlier) { return earlier.exchange.expired(); });
  receiving_.push_back({&server, exchange});
  if (stopped_) wait = {};
  auto received = remote_call<Entries>(
      route_to(server), wait + timeout_,
      [&server, most, wait, visibility](auto& reply) {
        server.receive(most, wait, visibility, reply);
      },
      exchange);
  if (!received) return std::unexpected(error_of(received.error()));
  return std::move(*received);
}

void QueueClient::stop_waiting() {
  stopped_ = true;
  for (const Receiving& receiving : receiving_) {
    const auto exchange = receiving.exchange.lock();
    if (exchange == nullptr || !exchange->end_with({})) continue;
    network_.send(host_, receiving.server->host(),
                  [server = receiving.server] { server->forget_receivers_gone(); });
  }
}

std::expected<void, delta::QueueError> QueueClient::acknowledge(
    const std::vector<std::uint64_t>& ids) {
  QueueServer& server = address_.resolve(host_);
  const auto done = remote_call<bool>(
      route_to(server), timeout_, [&server, ids](auto& reply) { server.acknowledge(ids, reply); });
  if (!done) return std::unexpected(error_of(done.error()));
  return {};
}

}  // namespace aftershock::sim
