#include "simulator/world/queue_server.h"

#include <algorithm>

namespace aftershock::sim {

template <class Answer>
bool QueueServer::refuse(const ReplyTo<Answer>& reply) {
  if (!outage_.on()) return false;
  ++refused_;
  reply.fail(CallEnd::refused);
  return true;
}

void QueueServer::publish(const std::vector<delta::AttemptId>& attempts,
                          const ReplyTo<bool>& reply) {
  if (refuse(reply)) return;
  for (const delta::AttemptId attempt : attempts) entries_.push_back({next_id_++, attempt});
  reply(true);
  serve_waiting();
}

void QueueServer::receive(std::uint32_t most, delta::Duration wait, delta::Duration visibility,
                          const ReplyTo<Entries>& reply) {
  if (refuse(reply)) return;
  Entries taken = take(most, visibility);
  if (!taken.empty() || wait <= delta::Duration(0)) return reply(std::move(taken));
  receivers_.push_back({most, kernel_.now() + wait, visibility, reply});
  arm(kernel_.now() + wait);
  arm_for_pending();
}

void QueueServer::acknowledge(const std::vector<std::uint64_t>& ids, const ReplyTo<bool>& reply) {
  if (refuse(reply)) return;
  for (const std::uint64_t id : ids) pending_.erase(id);
  reply(true);
}

Entries QueueServer::take(std::uint32_t most, delta::Duration visibility) {
  Entries taken;
  const SimTime now = kernel_.now();
  for (auto& [id, entry] : pending_) {
    if (taken.size() >= most) break;
    if (entry.taken_at + visibility > now) continue;
    entry.taken_at = now;
    taken.push_back({id, entry.attempt});
  }
  while (taken.size() < most && !entries_.empty()) {
    taken.push_back(entries_.front());
    pending_[entries_.front().id] = {entries_.front().attempt, now};
    entries_.pop_front();
  }
  return taken;
}

void QueueServer::serve_waiting() {
  std::deque<Receiver> still;
  for (Receiver& receiver : receivers_) {
    Entries taken = take(receiver.most, receiver.visibility);
    if (!taken.empty() || receiver.until <= kernel_.now()) {
      receiver.reply(std::move(taken));
    } else {
      still.push_back(std::move(receiver));
    }
  }
  receivers_.swap(still);
}

void QueueServer::arm(SimTime when) {
  if (!timers_.insert(when).second) return;
  kernel_.at(when, [this, when] { on_timer(when); });
}

void QueueServer::on_timer(SimTime when) {
  timers_.erase(when);
  serve_waiting();
  arm_for_pending();
}

/// What others hold may become free while somebody waits.
void QueueServer::arm_for_pending() {
  if (receivers_.empty() || pending_.empty()) return;
  const auto oldest = std::ranges::min_element(
      pending_, {}, [](const auto& entry) { return entry.second.taken_at; });
  const SimTime next = oldest->second.taken_at + receivers_.front().visibility;
  if (next > kernel_.now()) arm(next);
}

void QueueServer::set_outage(bool on) {
  outage_.set(on);
  if (!on) return;
  for (const Receiver& receiver : receivers_) receiver.reply.fail(CallEnd::reset);
  receivers_.clear();
}

namespace {

delta::QueueError error_of(CallEnd end) {
  switch (end) {
    case CallEnd::refused: return {"the queue refuses connections"};
    case CallEnd::reset: return {"the connection to the queue broke"};
    case CallEnd::timeout: return {"the queue does not answer"};
  }
  CHECK(false);
  return {};
}

}  // namespace

std::expected<void, delta::QueueError> QueueClient::publish(
    const std::vector<delta::AttemptId>& attempts) {
  const auto done = remote_call<bool>(route_, timeout_, [&server = server_, attempts](auto& reply) {
    server.publish(attempts, reply);
  });
  if (!done) return std::unexpected(error_of(done.error()));
  return {};
}

std::expected<Entries, delta::QueueError> QueueClient::receive(std::uint32_t most,
                                                               delta::Duration wait,
                                                               delta::Duration visibility) {
  auto received = remote_call<Entries>(route_, wait + timeout_,
                                       [&server = server_, most, wait, visibility](auto& reply) {
                                         server.receive(most, wait, visibility, reply);
                                       });
  if (!received) return std::unexpected(error_of(received.error()));
  return std::move(*received);
}

std::expected<void, delta::QueueError> QueueClient::acknowledge(
    const std::vector<std::uint64_t>& ids) {
  const auto done = remote_call<bool>(
      route_, timeout_, [&server = server_, ids](auto& reply) { server.acknowledge(ids, reply); });
  if (!done) return std::unexpected(error_of(done.error()));
  return {};
}

}  // namespace aftershock::sim
