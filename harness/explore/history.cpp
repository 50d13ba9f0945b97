#include "harness/explore/history.h"

#include "core/rng.h"

namespace aftershock {

void History::on_commit(const delta::WriteSet& writes) {
  for (const delta::RunWrite& write : writes.runs) {
    const std::uint64_t number = number_of(write.row.id);
    if (write.expected == write.row.state) continue;
    add(number);
    add(static_cast<std::uint64_t>(write.row.state));
  }
  for (const delta::AttemptWrite& write : writes.attempts) {
    const delta::Attempt& row = write.row;
    if (write.expected && write.expected->state == row.state) continue;  // a renewal
    add(number_of(row.run));
    add(std::uint64_t{row.job} << 32 | row.number);
    add(static_cast<std::uint64_t>(row.state));
    add(runners_.try_emplace(row.runner, runners_.size()).first->second);
  }
}

void History::add(std::uint64_t value) { digest_ = delta::mix64(digest_ ^ delta::mix64(value)); }

std::uint64_t History::number_of(delta::RunId run) {
  return runs_.try_emplace(run, runs_.size()).first->second;
}

}  // namespace aftershock
