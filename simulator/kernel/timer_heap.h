// When fibers and events are due: a 4-ary heap ordered by (time, sequence).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulator/kernel/virtual_time.h"

namespace aftershock::sim {

/// What a timer may belong to. It has at most one timer at a time.
struct Timed {
  enum class Kind : std::uint8_t { fiber, event };

  explicit Timed(Kind kind_of) : kind(kind_of) {}

  std::uint64_t armed = 0;  ///< sequence number of its timer; 0: none
  bool late = false;        ///< it was due before, and its timer ends the delay of that wake-up
  Kind kind;
};

/// Cancelling only forgets the sequence number; the entry goes when it comes up, or when more
/// than half of the heap is such entries. A target must outlive its entries, cancelled or not.
class TimerHeap {
 public:
  void arm(SimTime when, Timed& target) {
    target.armed = ++sequence_;
    const Entry entry{static_cast<std::uint64_t>(when.time_since_epoch().count()), sequence_,
                      &target};
    entries_.push_back(entry);
    sift_up(entries_.size() - 1, entry);
  }

  /// Does nothing when `target` has no timer.
  void disarm(Timed& target) {
    if (target.armed == 0) return;
    target.armed = 0;
    ++stale_;
    if (entries_.size() >= kCompactFrom && stale_ * 2 > entries_.size()) compact();
  }

  /// Whether any timer is armed; if so, it is at next().
  bool any() {
    while (!entries_.empty() && is_stale(entries_.front())) {
      --stale_;
      remove_first();
    }
    return !entries_.empty();
  }

  /// Of the first timer. Only after any() was true.
  SimTime next() const {
    return SimTime(delta::Duration(static_cast<std::int64_t>(entries_.front().time)));
  }

  /// Takes the first timer. Only after any() was true.
  Timed& pop() {
    Timed& target = *entries_.front().target;
    target.armed = 0;
    remove_first();
    return target;
  }

  /// Entries held, cancelled ones included.
  std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::size_t kArity = 4;
  static constexpr std::size_t kCompactFrom = 64;

  struct Entry {
    std::uint64_t time;
    std::uint64_t sequence;
    Timed* target;
  };

  static bool before(const Entry& a, const Entry& b) {
    // One wide comparison: a branch on equal times would be mispredicted at every level.
    __extension__ using Wide = unsigned __int128;
    return ((static_cast<Wide>(a.time) << 64) | a.sequence) <
           ((static_cast<Wide>(b.time) << 64) | b.sequence);
  }
  static bool is_stale(const Entry& entry) { return entry.target->armed != entry.sequence; }

  void sift_up(std::size_t hole, const Entry entry) {
    Entry* entries = entries_.data();
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / kArity;
      if (!before(entry, entries[parent])) break;
      entries[hole] = entries[parent];
      hole = parent;
    }
    entries[hole] = entry;
  }

  /// Which of `count` siblings is the first. By arithmetic, as a tournament: a branch would be
  /// mispredicted every other time.
  static std::size_t first_of(const Entry* siblings, std::size_t count) {
    if (count == kArity) [[likely]] {
      const std::size_t left = before(siblings[1], siblings[0]);
      const std::size_t right = std::size_t{2} + before(siblings[3], siblings[2]);
      const std::size_t take_right = before(siblings[right], siblings[left]);
      return left ^ ((left ^ right) & (std::size_t{0} - take_right));
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < count; ++i) best = before(siblings[i], siblings[best]) ? i : best;
    return best;
  }

  /// The hole sinks to a leaf and the last entry rises from there: fewer comparisons than
  /// sinking that entry, which is usually late.
  void remove_first() {
    const Entry last = entries_.back();
    entries_.pop_back();
    if (entries_.empty()) return;
    Entry* entries = entries_.data();
    const std::size_t size = entries_.size();
    std::size_t hole = 0;
    for (std::size_t child = 1; child < size; child = hole * kArity + 1) {
      child += first_of(entries + child, std::min(kArity, size - child));
      entries[hole] = entries[child];
      hole = child;
    }
    sift_up(hole, last);
  }

  void compact() {
    std::erase_if(entries_, is_stale);
    stale_ = 0;
    // A sorted array is a heap. The order of entries is total, so it is the same everywhere.
    std::sort(entries_.begin(), entries_.end(), before);
  }

  std::vector<Entry> entries_;
  std::uint64_t sequence_ = 0;
  std::size_t stale_ = 0;
};

}  // namespace aftershock::sim
