// What the queue keeps, and how faults make it lose, repeat, reorder and forget.
#include <algorithm>
#include <utility>

#include "simulator/world/queue_server.h"

namespace aftershock::sim {

bool QueueServer::happens(std::int32_t ppm) {
  return ppm > 0 && rng_.chance_ppm(static_cast<std::uint32_t>(ppm));
}

void QueueServer::change(QueueChange change) {
  if (!left_) disk_.keep(image_, kernel_.now());  // else nothing is written
  change.at = kernel_.now();
  image_.apply(change);
  if (hooks_.on_change) hooks_.on_change(change);
}

void QueueServer::change(QueueChange::Kind kind, std::vector<std::uint64_t> ids) {
  change({.kind = kind, .ids = std::move(ids)});
}

void QueueServer::accept(delta::AttemptId attempt, EntryKind kind) {
  // As in Redis, ids are times: those of a stream that goes back do not come again.
  const auto now = static_cast<std::uint64_t>(kernel_.now().time_since_epoch().count());
  const StreamEntry entry{std::max(image_.last_id() + 1, now), attempt, kind};
  const bool held = happens(reorder_ppm_);
  change({.kind = held ? QueueChange::Kind::hold : QueueChange::Kind::add, .entry = entry});
  if (held) {
    kernel_.at(kernel_.now() + rng_.between(delta::Duration(0), reorder_delay_),
               [this, id = entry.id] { release(id); });
  }
  if (observer_ != nullptr) observer_->on_publish(attempt, depth());
}

void QueueServer::release(std::uint64_t id) {
  if (!image_.held().contains(id)) return;  // lost meanwhile
  if (last_taken_ > id) ++counters_.overtaken;
  change(QueueChange::Kind::release, {id});
  serve_waiting();
}

void QueueServer::trim() {
  if (limits_.empty()) return;
  while (image_.unread().size() > *limits_.begin()) {
    const StreamEntry lost = image_.unread().front();
    change(QueueChange::Kind::drop, {lost.id});
    ++counters_.trimmed;
    if (observer_ != nullptr) observer_->on_lost(lost.attempt, depth());
  }
}

void QueueServer::finish(std::uint64_t id) {
  const auto found = image_.pending().find(id);
  if (found == image_.pending().end()) return;
  const StreamEntry entry = found->second.entry;
  if (entry.kind == EntryKind::poison) ++counters_.poison_finished;
  change(QueueChange::Kind::finish, {id});
  if (observer_ != nullptr) observer_->on_acknowledge(entry.attempt, depth());
}

void QueueServer::set_outage(bool on) {
  gate_.set_outage(on);
  if (on) reset_receivers();
  if (running() && hooks_.on_up) hooks_.on_up();
}

void QueueServer::set_stalled(bool on) {
  stalled_.set(on);
  if (!stalled_.on()) serve_waiting();
}

void QueueServer::add_loss(std::int32_t ppm) {
  loss_ppm_ += ppm;
  if (ppm > 0) lose_stored();
}

void QueueServer::lose_stored() {
  const std::size_t before = depth();
  std::vector<std::uint64_t> lost;
  const auto draw = [&](std::uint64_t id) {
    if (happens(loss_ppm_)) lost.push_back(id);
  };
  for (const StreamEntry& entry : image_.unread()) draw(entry.id);
  for (const auto& [id, entry] : image_.held()) draw(id);
  for (const auto& [id, pending] : image_.pending()) draw(id);
  if (lost.empty()) return;
  counters_.lost += lost.size();
  std::ranges::sort(lost);
  change(QueueChange::Kind::drop, std::move(lost));
  if (observer_ != nullptr) observer_->on_depth(before, depth());
}

void QueueServer::add_reordering(std::int32_t ppm, delta::Duration delay) {
  reorder_ppm_ += ppm;
  reorder_delay_ += delay;
}

void QueueServer::remove_limit(std::uint32_t length) {
  const auto found = limits_.find(length);
  CHECK(found != limits_.end());
  limits_.erase(found);
}

void QueueServer::poison(std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    delta::AttemptId nobodys;
    if (i % 2 == 0) {
      nobodys.hi = rng_.next();
      nobodys.lo = rng_.next();
    }
    accept(nobodys, EntryKind::poison);
  }
  serve_waiting();
}

}  // namespace aftershock::sim
