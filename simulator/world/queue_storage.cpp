// What the queue keeps, and how faults make it lose, repeat, reorder and forget.
#include <algorithm>

#include "simulator/world/queue_server.h"

namespace aftershock::sim {

namespace {

// Redis' own defaults: a snapshot a minute under load, the append-only file flushed each second.
constexpr delta::Duration kSnapshotInterval{60'000'000'000};
constexpr delta::Duration kFlushInterval{1'000'000'000};

/// The last multiple of `interval`.
SimTime last_full(SimTime now, delta::Duration interval) {
  return now - now.time_since_epoch() % interval;
}

}  // namespace

bool QueueServer::happens(std::int32_t ppm) {
  return ppm > 0 && rng_.chance_ppm(static_cast<std::uint32_t>(ppm));
}

void QueueServer::accept(delta::AttemptId attempt, Kind kind) {
  const Entry entry{next_id_++, attempt, kernel_.now(), kind};
  if (happens(reorder_ppm_)) {
    hold(entry);
  } else {
    entries_.push_back(entry);
  }
  if (observer_ != nullptr) observer_->on_publish(attempt, depth());
}

void QueueServer::hold(const Entry& entry) {
  held_[entry.id] = entry;
  kernel_.at(kernel_.now() + rng_.between(delta::Duration(0), reorder_delay_),
             [this, id = entry.id] { release(id); });
}

void QueueServer::release(std::uint64_t id) {
  const auto found = held_.find(id);
  if (found == held_.end()) return;  // lost meanwhile
  if (last_taken_ > id) ++counters_.overtaken;
  entries_.push_back(found->second);
  held_.erase(found);
  serve_waiting();
}

void QueueServer::trim() {
  if (limits_.empty()) return;
  while (entries_.size() > *limits_.begin()) {
    const delta::AttemptId lost = entries_.front().attempt;
    entries_.pop_front();
    ++counters_.trimmed;
    if (observer_ != nullptr) observer_->on_lost(lost, depth());
  }
}

void QueueServer::finish(std::uint64_t id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  if (found->second.entry.kind == Kind::poison) ++counters_.poison_finished;
  finished_.push_back({found->second, kernel_.now()});
  pending_.erase(found);
  if (observer_ != nullptr)
    observer_->on_acknowledge(finished_.back().pending.entry.attempt, depth());
  // No snapshot is older than this.
  while (finished_.front().acknowledged_at + kSnapshotInterval < kernel_.now()) {
    finished_.pop_front();
  }
}

void QueueServer::set_outage(bool on) {
  gate_.set_outage(on);
  if (on) reset_receivers();
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
  std::erase_if(entries_, [this](const Entry&) { return happens(loss_ppm_); });
  std::erase_if(held_, [this](const auto&) { return happens(loss_ppm_); });
  std::erase_if(pending_, [this](const auto&) { return happens(loss_ppm_); });
  counters_.lost += before - depth();
  if (observer_ != nullptr && depth() != before) observer_->on_depth(before, depth());
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
    accept(nobodys, Kind::poison);
  }
  serve_waiting();
}

void QueueServer::crash(delta::Duration downtime, Persistence persistence) {
  set_outage(true);
  forget(persistence);
  kernel_.at(kernel_.now() + downtime, [this] { set_outage(false); });
}

void QueueServer::power_off(Persistence persistence) {
  powered_ = false;
  counters_.abandoned += receivers_.size();
  receivers_.clear();
  forget(persistence);
}

void QueueServer::forget(Persistence persistence) {
  const std::size_t before = depth();
  switch (persistence) {
    case Persistence::none: forget_all(); break;
    case Persistence::snapshot: restore(last_full(kernel_.now(), kSnapshotInterval)); break;
    case Persistence::append_only: restore(last_full(kernel_.now(), kFlushInterval)); break;
  }
  if (observer_ != nullptr) observer_->on_depth(before, depth());
}

void QueueServer::forget_all() {
  counters_.lost += depth();
  entries_.clear();
  held_.clear();
  pending_.clear();
  finished_.clear();
}

void QueueServer::restore(SimTime saved_at) {
  const std::size_t before = depth();
  std::map<std::uint64_t, Entry> unread = std::move(held_);
  held_.clear();
  for (const Entry& entry : entries_) unread[entry.id] = entry;
  for (const Finished& finished : finished_) {
    const Entry& entry = finished.pending.entry;
    if (finished.acknowledged_at <= saved_at || entry.published_at > saved_at) continue;
    ++counters_.returned;
    pending_[entry.id] = finished.pending;
  }
  finished_.clear();
  const std::size_t returned = pending_.size() + unread.size() - before;
  std::erase_if(pending_, [&](const auto& pending) {
    if (pending.second.taken_at <= saved_at) return false;
    unread[pending.first] = pending.second.entry;
    return true;
  });
  std::erase_if(unread, [&](const auto& entry) { return entry.second.published_at > saved_at; });
  entries_.clear();
  for (const auto& [id, entry] : unread) entries_.push_back(entry);
  counters_.lost += before + returned - depth();
}

}  // namespace aftershock::sim
