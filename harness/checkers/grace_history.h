// The grace that was in force at a moment, as a transaction of that moment read it.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>

#include "harness/checkers/checker.h"

namespace aftershock {

/// A transaction reads the control row under its locks, but without locking it: a sweep that
/// becomes durable between its reading and its commit does not bind it.
class GraceHistory {
 public:
  explicit GraceHistory(const delta::Settings& settings)
      : settings_(settings), longest_ttl_(settings.lease_ttl) {}

  void on_commit(const CommitView& view) {
    if (!view.writes.control) return;
    known_.push_back({view.now, *view.writes.control});
    longest_ttl_ = std::max(longest_ttl_, view.writes.control->policy.lease_ttl);
    if (known_.size() > kMost) known_.pop_front();
  }

  /// What was known is void; the row has been as it is since its last sweep.
  void on_rewind(const sim::Tables& tables) {
    known_ = {{tables.control().last_sweep, tables.control()}};
  }

  /// The row's grace; or, when nobody has swept for more than half a TTL and a grace is to be had,
  /// one TTL from now, which the next sweep writes down. None: no control row was seen that was
  /// durable before `now`.
  std::optional<delta::DbTime> at(delta::DbTime now) const {
    for (auto entry = known_.rbegin(); entry != known_.rend(); ++entry) {
      if (entry->durable_at >= now) continue;
      const delta::Control& control = entry->control;
      const delta::Policy& policy = control.policy;
      const bool overridden = policy.lease_ttl > delta::Duration(0) && now < policy.lease_ttl_until;
      const delta::Duration ttl = overridden ? policy.lease_ttl : settings_.lease_ttl;
      const bool gap = now - control.last_sweep > std::min(ttl, settings_.lease_ttl) / 2;
      if (!gap || !control.grace_available) return control.grace_until;
      return std::max(control.grace_until, now + ttl);
    }
    return std::nullopt;
  }

  /// The longest TTL that was ever in force.
  delta::Duration longest_ttl() const { return longest_ttl_; }

 private:
  static constexpr std::size_t kMost = 16;  ///< more sweeps than one transaction can outlive

  struct Entry {
    delta::DbTime durable_at;
    delta::Control control;
  };
  const delta::Settings& settings_;
  delta::Duration longest_ttl_;
  std::deque<Entry> known_;
};

}  // namespace aftershock
