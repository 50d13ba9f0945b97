// The grace that the control row gave at a moment, as a transaction of that moment read it.
#pragma once

#include <deque>
#include <optional>

#include "harness/checkers/checker.h"

namespace aftershock {

/// A transaction reads the control row under its locks, but without locking it: a grace that
/// becomes durable between its reading and its commit does not bind it.
class GraceHistory {
 public:
  void on_commit(const CommitView& view) {
    if (!view.writes.control) return;
    const delta::DbTime grace = view.writes.control->grace_until;
    if (!known_.empty() && known_.back().grace_until == grace) return;
    known_.push_back({view.now, grace});
    if (known_.size() > kMost) known_.pop_front();
  }

  /// None: no control row was seen that was durable before `now`.
  std::optional<delta::DbTime> at(delta::DbTime now) const {
    for (auto entry = known_.rbegin(); entry != known_.rend(); ++entry) {
      if (entry->durable_at < now) return entry->grace_until;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kMost = 8;  ///< far more than one transaction can outlive

  struct Entry {
    delta::DbTime durable_at;
    delta::DbTime grace_until;
  };
  std::deque<Entry> known_;
};

}  // namespace aftershock
