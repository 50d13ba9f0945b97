#include "harness/engine/work_redone.h"

#include <algorithm>

namespace aftershock {

using namespace delta;

namespace {

/// The commit that took the try away gave its job another.
bool is_tried_again(const WriteSet& writes, const Attempt& lost) {
  return std::ranges::any_of(writes.attempts, [&lost](const AttemptWrite& write) {
    return write.row.run == lost.run && write.row.job == lost.job && write.row.number > lost.number;
  });
}

}  // namespace

void WorkRedone::on_command_end(AttemptId attempt, std::size_t command, Duration now) {
  const auto found = open_.find(attempt);
  if (found != open_.end()) found->second.ended[command] = now;
}

void WorkRedone::on_runner_end(RunnerId runner, Duration now) {
  for (auto& [id, open] : open_) {
    if (open.runner == runner && !open.stopped) open.stopped = now;
  }
}

void WorkRedone::on_commit(const WriteSet& writes, Duration now) {
  for (const AuditEvent& event : writes.audit) {
    const auto* message = std::get_if<SaveCheckpoint>(&event.what.message);
    const auto found = open_.find(event.attempt);
    if (message == nullptr || event.refused || found == open_.end()) continue;
    // Work that went on until the checkpoint was accepted is not in it.
    const auto step = found->second.ended.find(message->checkpoint.steps - 1);
    if (step != found->second.ended.end()) found->second.saved = step->second;
  }
  for (const AttemptWrite& write : writes.attempts) {
    const Attempt& row = write.row;
    if (row.state == AttemptState::starting) open_.try_emplace(row.id, Open{row.runner, now});
    const auto found = open_.find(row.id);
    if (found == open_.end() || !is_terminal(row.state)) continue;
    if (row.state == AttemptState::lost && is_tried_again(writes, row)) count(found->second, now);
    open_.erase(found);
  }
}

void WorkRedone::count(const Open& lost, Duration now) {
  const Duration redone = std::max(Duration{}, lost.stopped.value_or(now) - lost.saved);
  ++report_.attempts;
  report_.longest = std::max(report_.longest, redone);
  report_.total += redone;
}

}  // namespace aftershock
