#include "simulator/world/queue_image.h"

#include <algorithm>

namespace aftershock::sim {

void QueueImage::apply(const QueueChange& change) {
  switch (change.kind) {
    case QueueChange::Kind::add:
      add(change.entry);
      unread_.push_back(change.entry);
      break;
    case QueueChange::Kind::hold:
      add(change.entry);
      held_[change.entry.id] = change.entry;
      break;
    case QueueChange::Kind::release:
      for (const std::uint64_t id : change.ids) {
        const auto found = held_.extract(id);
        if (!found.empty()) unread_.push_back(found.mapped());
      }
      break;
    case QueueChange::Kind::take:
      for (const std::uint64_t id : change.ids) take(id, change.at);
      break;
    case QueueChange::Kind::finish:
      for (const std::uint64_t id : change.ids) pending_.erase(id);
      break;
    case QueueChange::Kind::drop: drop(change.ids); break;
  }
}

void QueueImage::add(const StreamEntry& entry) { last_id_ = std::max(last_id_, entry.id); }

void QueueImage::take(std::uint64_t id, SimTime now) {
  if (const auto found = pending_.find(id); found != pending_.end()) {
    found->second.taken_at = now;
    return;
  }
  const auto found = std::ranges::find(unread_, id, &StreamEntry::id);  // nearly always the first
  if (found == unread_.end()) return;
  pending_[id] = {*found, now};
  unread_.erase(found);
}

void QueueImage::drop(const std::vector<std::uint64_t>& ids) {
  const auto is_dropped = [&ids](std::uint64_t id) { return std::ranges::binary_search(ids, id); };
  std::erase_if(unread_, [&](const StreamEntry& entry) { return is_dropped(entry.id); });
  std::erase_if(held_, [&](const auto& entry) { return is_dropped(entry.first); });
  std::erase_if(pending_, [&](const auto& entry) { return is_dropped(entry.first); });
}

void QueueImage::sort() {
  for (const auto& [id, entry] : held_) unread_.push_back(entry);
  held_.clear();
  std::ranges::sort(unread_, {}, &StreamEntry::id);
}

std::set<std::uint64_t> QueueImage::ids() const {
  std::set<std::uint64_t> all;
  for (const StreamEntry& entry : unread_) all.insert(entry.id);
  for (const auto& [id, entry] : held_) all.insert(id);
  for (const auto& [id, entry] : pending_) all.insert(id);
  return all;
}

QueueLoss loss_between(const QueueImage& before, const QueueImage& after) {
  const auto missing = [](const std::set<std::uint64_t>& from, const std::set<std::uint64_t>& in) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(from, [&in](std::uint64_t id) { return !in.contains(id); }));
  };
  const std::set<std::uint64_t> known = before.ids();
  const std::set<std::uint64_t> found = after.ids();
  return {missing(known, found), missing(found, known)};
}

}  // namespace aftershock::sim
