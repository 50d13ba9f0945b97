// What a stream queue holds, and the changes that lead from one content to the next: its disk keeps
// copies of the one, its replicas are sent the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "core/ids.h"
#include "simulator/kernel/virtual_time.h"

namespace aftershock::sim {

enum class EntryKind : std::uint8_t { plain, copy, poison };

struct StreamEntry {
  std::uint64_t id = 0;  ///< grows, also over crashes and promotions
  delta::AttemptId attempt;
  EntryKind kind = EntryKind::plain;
};

struct QueueChange {
  enum class Kind : std::uint8_t {
    add,
    hold,     ///< added, and kept back so that others overtake it
    release,  ///< of what was kept back
    take,     ///< by a receiver, for the first time or again
    finish,   ///< acknowledged
    drop,
  };

  Kind kind = Kind::add;
  SimTime at{};
  StreamEntry entry = {};               ///< that is added or held
  std::vector<std::uint64_t> ids = {};  ///< all others: whose, in ascending order
};

class QueueImage {
 public:
  struct Pending {
    StreamEntry entry;
    SimTime taken_at;
  };

  /// The only way to change one. Ids that are not there are passed over.
  void apply(const QueueChange& change);
  /// As a server finds it at its start: nothing is kept back, all is in the order of its ids.
  void sort();

  const std::deque<StreamEntry>& unread() const { return unread_; }
  const std::map<std::uint64_t, StreamEntry>& held() const { return held_; }
  const std::map<std::uint64_t, Pending>& pending() const { return pending_; }
  std::size_t size() const { return unread_.size() + held_.size() + pending_.size(); }
  std::set<std::uint64_t> ids() const;
  std::uint64_t last_id() const { return last_id_; }

 private:
  void add(const StreamEntry& entry);
  void take(std::uint64_t id, SimTime now);
  void drop(const std::vector<std::uint64_t>& ids);

  std::deque<StreamEntry> unread_;  ///< nobody took them yet
  std::map<std::uint64_t, StreamEntry> held_;
  std::map<std::uint64_t, Pending> pending_;  ///< taken, not acknowledged
  std::uint64_t last_id_ = 0;
};

/// What somebody finds who knew `before`.
struct QueueLoss {
  std::uint64_t lost = 0;      ///< entries that are not there any more
  std::uint64_t returned = 0;  ///< entries that are there again: they had been acknowledged
};
QueueLoss loss_between(const QueueImage& before, const QueueImage& after);

}  // namespace aftershock::sim
