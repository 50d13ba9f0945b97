#include "harness/worlds/barrier_watch.h"

#include <algorithm>
#include <optional>

namespace aftershock {

using delta::AttemptState;

namespace {

/// The moment that an attempt's row is at when it has just come to this state.
std::optional<Barrier> moment_of(const delta::Attempt& row) {
  switch (row.state) {
    case AttemptState::leased: return Barrier::kLeaseGranted;
    case AttemptState::starting: return Barrier::kAttemptStarting;
    case AttemptState::running: return Barrier::kAttemptRunning;
    case AttemptState::uploading: return Barrier::kAttemptUploading;
    case AttemptState::cancel_requested: return Barrier::kCancelRequested;
    case AttemptState::succeeded:
    case AttemptState::failed: return Barrier::kAttemptEnded;
    case AttemptState::lost: return Barrier::kLeaseExpired;
    case AttemptState::waiting:
    case AttemptState::queued:
    case AttemptState::timed_out:
    case AttemptState::cancelled:
    case AttemptState::skipped: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t BarrierWatch::arm(Barrier barrier, std::uint32_t skip, Action action) {
  armed_.push_back({++last_id_, barrier, skip, std::move(action)});
  return last_id_;
}

void BarrierWatch::disarm(std::uint64_t id) {
  std::erase_if(armed_, [id](const Armed& armed) { return armed.id == id; });
}

void BarrierWatch::on_opened(std::uint64_t client) {
  if (!armed_.empty()) reached(Barrier::kTransactionOpen, {client, {}});
}

void BarrierWatch::on_commit(const sim::CommitView& commit) {
  if (armed_.empty()) return;
  reached(Barrier::kCommitDurable, {commit.client, {}});
  for (std::size_t i = 0; i < commit.writes.attempts.size(); ++i) {
    const delta::Attempt& row = commit.writes.attempts[i].row;
    const delta::Attempt* before = commit.before.attempts[i];
    if (before != nullptr && before->state == row.state) continue;
    if (const auto moment = moment_of(row)) reached(*moment, {commit.client, row.runner});
  }
}

void BarrierWatch::reached(Barrier barrier, const AtBarrier& who) {
  std::vector<Action> due;
  std::erase_if(armed_, [&](Armed& armed) {
    if (armed.barrier != barrier) return false;
    if (armed.skip > 0) {
      --armed.skip;
      return false;
    }
    due.push_back(std::move(armed.action));
    return true;
  });
  for (const Action& action : due) action(who);
}

}  // namespace aftershock
