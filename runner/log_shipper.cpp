#include "runner/log_shipper.h"

#include <algorithm>

#include "core/api.h"

namespace delta {

LogShipper::LogShipper(const Parts& parts)
    : parts_(parts), monitor_(parts.runtime.tasks.make_monitor()) {}

void LogShipper::add(const Lease& lease, std::shared_ptr<JobLog> log) {
  const AttemptId attempt = lease.ref.attempt;
  std::string path = partial_log_path(lease.ref, hash_token(lease.token));
  const Lock lock(*monitor_);
  entries_[attempt] = {attempt, std::move(path), std::move(log)};
}

void LogShipper::printed(AttemptId attempt) {
  const Lock lock(*monitor_);
  const auto found = entries_.find(attempt);
  if (found == entries_.end() || found->second.due) return;
  found->second.due = parts_.runtime.clock.now() + parts_.interval;
  begin();
}

void LogShipper::release(AttemptId attempt) {
  const Lock lock(*monitor_);
  const auto found = entries_.find(attempt);
  if (found == entries_.end()) return;
  if (found->second.due) monitor_->notify_all();  // perhaps the task has nothing left to wait for
  entries_.erase(found);
}

void LogShipper::abandon(AttemptId attempt) {
  const Lock lock(*monitor_);
  const auto found = entries_.find(attempt);
  if (found == entries_.end()) return;
  if (!found->second.log->printed()) {
    entries_.erase(found);
    return;
  }
  found->second.abandoned = true;
  found->second.due = parts_.runtime.clock.now();
  monitor_->notify_all();
  begin();
}

void LogShipper::begin() {
  if (working_) return;
  working_ = true;
  parts_.runtime.tasks.spawn("log-shipper", [this] { work(); });
}

void LogShipper::work() {
  while (const auto entry = next()) store(*entry);
}

std::optional<LogShipper::Entry> LogShipper::next() {
  Lock lock(*monitor_);
  for (;;) {
    const auto first = std::ranges::min_element(
        entries_, {}, [](const auto& entry) { return entry.second.due.value_or(kNoDeadline); });
    if (first == entries_.end() || !first->second.due) break;
    if (*first->second.due > parts_.runtime.clock.now()) {
      monitor_->wait_until(*first->second.due);
      continue;
    }
    first->second.due.reset();
    const Entry entry = first->second;
    if (entry.abandoned) entries_.erase(first);
    return entry;
  }
  working_ = false;
  return std::nullopt;
}

void LogShipper::store(const Entry& entry) {
  // After a failure it is due again without another word of the job: what was printed last may be
  // what matters. Not if the job was released or abandoned meanwhile.
  if (!parts_.artifacts.allow()) return printed(entry.attempt);
  const Content content = content_of(entry.abandoned ? entry.log->finish() : entry.log->so_far());
  const auto stored = parts_.artifacts.counted(parts_.store.put(entry.path, content));
  if (stored) return;
  ++parts_.failures;
  if (stored.error().retryable) printed(entry.attempt);
}

}  // namespace delta
