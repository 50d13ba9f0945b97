#include "simulator/world/queue_server.h"

#include <algorithm>

namespace aftershock::sim {

/// READONLY, in Redis' words.
template <class Answer>
bool QueueServer::refuses(const ReplyTo<Answer>& reply) {
  if (!follows_) return false;
  ++counters_.read_only;
  reply.fail(CallEnd::error);
  return true;
}

void QueueServer::publish(const std::vector<delta::AttemptId>& attempts,
                          const ReplyTo<bool>& reply) {
  gate_.pass(reply, [this, attempts, reply] {
    if (refuses(reply)) return;
    for (const delta::AttemptId attempt : attempts) {
      if (happens(loss_ppm_)) {
        ++counters_.lost;
        if (observer_ != nullptr) observer_->on_lost(attempt, depth());
        continue;
      }
      const bool twice = happens(copy_ppm_);
      accept(attempt, EntryKind::plain);
      if (twice) accept(attempt, EntryKind::copy);
    }
    trim();
    reply(true);
    serve_waiting();
  });
}

void QueueServer::receive(std::uint32_t most, delta::Duration wait, delta::Duration visibility,
                          const ReplyTo<Entries>& reply) {
  gate_.pass(reply, [this, most, wait, visibility, reply] {
    if (refuses(reply)) return;
    Entries taken = take(most, visibility);
    if (!taken.empty() || wait <= delta::Duration(0)) return reply(std::move(taken));
    receivers_.push_back({most, kernel_.now() + wait, visibility, reply});
    arm(kernel_.now() + wait);
    arm_for_pending();
  });
}

void QueueServer::acknowledge(const std::vector<std::uint64_t>& ids, const ReplyTo<bool>& reply) {
  gate_.pass(reply, [this, ids, reply] {
    if (refuses(reply)) return;
    for (const std::uint64_t id : ids) finish(id);
    reply(true);
  });
}

void QueueServer::forget_receivers_gone() {
  std::erase_if(receivers_, [](const Receiver& receiver) { return receiver.reply.settled(); });
}

delta::QueueEntry QueueServer::hand_out(const StreamEntry& entry) {
  last_taken_ = std::max(last_taken_, entry.id);
  if (entry.kind == EntryKind::copy) ++counters_.copies_taken;
  if (entry.kind == EntryKind::poison) ++counters_.poison_taken;
  if (observer_ != nullptr) observer_->on_receive(entry.attempt, depth());
  return {entry.id, entry.attempt};
}

Entries QueueServer::take(std::uint32_t most, delta::Duration visibility) {
  Entries taken;
  const SimTime now = kernel_.now();
  if (stalled_.on()) {
    if (!image_.unread().empty()) ++counters_.withheld;
    return taken;
  }
  const auto hand = [this, &taken](const StreamEntry entry) {
    change(QueueChange::Kind::take, {entry.id});
    taken.push_back(hand_out(entry));
  };
  for (const auto& [id, pending] : image_.pending()) {
    if (taken.size() >= most) break;
    if (pending.taken_at + visibility <= now) hand(pending.entry);
  }
  while (taken.size() < most && !image_.unread().empty()) hand(image_.unread().front());
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
  if (receivers_.empty() || image_.pending().empty()) return;
  const auto oldest = std::ranges::min_element(
      image_.pending(), {}, [](const auto& pending) { return pending.second.taken_at; });
  const SimTime next = oldest->second.taken_at + receivers_.front().visibility;
  if (next > kernel_.now()) arm(next);
}

void QueueServer::reset_receivers() {
  for (const Receiver& receiver : receivers_) receiver.reply.fail(CallEnd::reset);
  receivers_.clear();
}

}  // namespace aftershock::sim
