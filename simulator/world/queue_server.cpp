#include "simulator/world/queue_server.h"

#include <algorithm>

namespace aftershock::sim {

void QueueServer::publish(const std::vector<delta::AttemptId>& attempts,
                          const ReplyTo<bool>& reply) {
  gate_.pass(reply, [this, attempts, reply] {
    for (const delta::AttemptId attempt : attempts) {
      if (happens(loss_ppm_)) {
        ++counters_.lost;
        if (observer_ != nullptr) observer_->on_lost(attempt, depth());
        continue;
      }
      const bool twice = happens(copy_ppm_);
      accept(attempt, Kind::plain);
      if (twice) accept(attempt, Kind::copy);
    }
    trim();
    reply(true);
    serve_waiting();
  });
}

void QueueServer::receive(std::uint32_t most, delta::Duration wait, delta::Duration visibility,
                          const ReplyTo<Entries>& reply) {
  gate_.pass(reply, [this, most, wait, visibility, reply] {
    Entries taken = take(most, visibility);
    if (!taken.empty() || wait <= delta::Duration(0)) return reply(std::move(taken));
    receivers_.push_back({most, kernel_.now() + wait, visibility, reply});
    arm(kernel_.now() + wait);
    arm_for_pending();
  });
}

void QueueServer::acknowledge(const std::vector<std::uint64_t>& ids, const ReplyTo<bool>& reply) {
  gate_.pass(reply, [this, ids, reply] {
    for (const std::uint64_t id : ids) finish(id);
    reply(true);
  });
}

void QueueServer::forget_receivers_gone() {
  std::erase_if(receivers_, [](const Receiver& receiver) { return receiver.reply.settled(); });
}

delta::QueueEntry QueueServer::hand_out(const Entry& entry) {
  last_taken_ = std::max(last_taken_, entry.id);
  if (entry.kind == Kind::copy) ++counters_.copies_taken;
  if (entry.kind == Kind::poison) ++counters_.poison_taken;
  if (observer_ != nullptr) observer_->on_receive(entry.attempt, depth());
  return {entry.id, entry.attempt};
}

Entries QueueServer::take(std::uint32_t most, delta::Duration visibility) {
  Entries taken;
  const SimTime now = kernel_.now();
  if (stalled_.on()) {
    if (!entries_.empty()) ++counters_.withheld;
    return taken;
  }
  for (auto& [id, pending] : pending_) {
    if (taken.size() >= most) break;
    if (pending.taken_at + visibility > now) continue;
    pending.taken_at = now;
    taken.push_back(hand_out(pending.entry));
  }
  while (taken.size() < most && !entries_.empty()) {
    const Entry entry = entries_.front();
    entries_.pop_front();
    pending_[entry.id] = {entry, now};
    taken.push_back(hand_out(entry));
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
      pending_, {}, [](const auto& pending) { return pending.second.taken_at; });
  const SimTime next = oldest->second.taken_at + receivers_.front().visibility;
  if (next > kernel_.now()) arm(next);
}

void QueueServer::reset_receivers() {
  for (const Receiver& receiver : receivers_) receiver.reply.fail(CallEnd::reset);
  receivers_.clear();
}

namespace {

constexpr std::string_view kName = "the queue";

}  // namespace

std::expected<void, delta::QueueError> QueueClient::publish(
    const std::vector<delta::AttemptId>& attempts) {
  const auto done = remote_call<bool>(route_, timeout_, [&server = server_, attempts](auto& reply) {
    server.publish(attempts, reply);
  });
  if (!done) return std::unexpected(delta::QueueError{describe(done.error(), kName)});
  return {};
}

std::expected<Entries, delta::QueueError> QueueClient::receive(std::uint32_t most,
                                                               delta::Duration wait,
                                                               delta::Duration visibility) {
  const auto exchange = std::make_shared<Exchange<Entries>>();
  std::erase_if(receiving_, [](const auto& earlier) { return earlier.expired(); });
  receiving_.push_back(exchange);
  if (stopped_) wait = {};
  auto received = remote_call<Entries>(
      route_, wait + timeout_,
      [&server = server_, most, wait, visibility](auto& reply) {
        server.receive(most, wait, visibility, reply);
      },
      exchange);
  if (!received) return std::unexpected(delta::QueueError{describe(received.error(), kName)});
  return std::move(*received);
}

void QueueClient::stop_waiting() {
  stopped_ = true;
  for (const auto& receiving : receiving_) {
    const auto exchange = receiving.lock();
    if (exchange == nullptr || !exchange->end_with({})) continue;
    route_.network.send(route_.from, route_.to,
                        [&server = server_] { server.forget_receivers_gone(); });
  }
}

std::expected<void, delta::QueueError> QueueClient::acknowledge(
    const std::vector<std::uint64_t>& ids) {
  const auto done = remote_call<bool>(
      route_, timeout_, [&server = server_, ids](auto& reply) { server.acknowledge(ids, reply); });
  if (!done) return std::unexpected(delta::QueueError{describe(done.error(), kName)});
  return {};
}

}  // namespace aftershock::sim
