#include "harness/engine/lease_history.h"

namespace aftershock {

using namespace delta;

namespace {

std::string attempt_text(const Attempt& row) {
  return short_name(row.run) + "/" + std::to_string(row.job) +
         (row.number > 1 ? " try " + std::to_string(row.number) : "");
}

}  // namespace

void LeaseHistory::on_commit(const WriteSet& writes, Duration now) {
  for (const AttemptWrite& write : writes.attempts) {
    const Attempt& row = write.row;
    const auto found = open_.find(row.id);
    if (is_live(row.state)) {
      if (found != open_.end()) continue;
      open_[row.id] = leases_.size();
      leases_.push_back({name_of_(row.runner), attempt_text(row), now});
    } else if (found != open_.end()) {
      LeaseReport& lease = leases_[found->second];
      lease.until = now;
      lease.ended = name_of(row.state);
      open_.erase(found);
    }
  }
}

void LeaseHistory::on_rewind(const std::function<bool(AttemptId)>& is_live, Duration now) {
  std::erase_if(open_, [&](const auto& open) {
    if (is_live(open.first)) return false;
    leases_[open.second].until = now;
    leases_[open.second].ended = "undone";
    return true;
  });
}

void LeaseHistory::fill(const Bounds& when, Duration zero, ActivityReport& report) const {
  for (const LeaseReport& lease : leases_) {
    const bool held =
        lease.from - zero <= when.upper && (!lease.until || *lease.until - zero >= when.lower);
    if (!held) continue;
    if (report.leases.size() == kMostLeases) {
      ++report.leases_left_out;
      continue;
    }
    report.leases.push_back(lease);
    report.leases.back().from -= zero;
    if (report.leases.back().until) *report.leases.back().until -= zero;
  }
}

}  // namespace aftershock
