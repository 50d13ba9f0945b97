// The simulated database server as a standby, its promotion, and commits that wait for standbys.
#include <algorithm>
#include <utility>

#include "core/check.h"
#include "simulator/world/database_backend.h"

namespace aftershock::sim {

using namespace delta;

void DatabaseServer::begin_recovery(Image image) {
  power_.fenced = false;
  power_.redo_bytes = 0;
  power_.last_checkpoint = kernel_.now();
  ++power_.downs;  // no start that was scheduled takes place
  live_ = image;
  wal_ = Wal(std::move(image));
  given_ = logged_ = live_.sequences;
  faults_.damaged_rows.clear();
  faults_.damaged_indexes = false;
  faults_.damaged_log = false;
  replication_.in_recovery = true;
  replication_.unflushed.clear();
  replication_.unreplayed.clear();
  open_for_work();
}

void DatabaseServer::receive(const std::vector<SharedRecord>& records) {
  CHECK(in_recovery() && power_.running);
  for (const SharedRecord& record : records) {
    wal_.append_copy(record);
    replication_.unflushed.push_back(record);
  }
  kernel_.at(kernel_.now() + draw_flush(), [this, number = power_.downs] {
    if (number == power_.downs) end_receive();
  });
}

void DatabaseServer::end_receive() {
  const DiskSync sync = disk_.sync();
  if (sync.result == DiskResult::power_failed) return crash(sync.downtime, CrashKind::power);
  if (sync.result != DiskResult::done || faults_.damaged_log) return panic();
  if (sync.flipped) wal_.flip_last();
  if (sync.durable) wal_.sync();
  if (wal_.is_durable() && kernel_.now() - power_.last_checkpoint >= options_.checkpoint_interval) {
    wal_.checkpoint();
    power_.last_checkpoint = kernel_.now();
  }
  for (SharedRecord& record : std::exchange(replication_.unflushed, {})) {
    replication_.unreplayed.push_back({std::move(record), kernel_.now()});
  }
  if (replication_.replay_delay == Duration(0)) {
    replay(kernel_.now());
  } else {
    kernel_.at(kernel_.now() + replication_.replay_delay,
               [this, due = kernel_.now()] { replay(due); });
  }
  replication_.hooks->on_flushed();
}

/// What was flushed by `due`.
void DatabaseServer::replay(SimTime due) {
  std::deque<StreamLog::Entry>& unreplayed = replication_.unreplayed;
  while (!unreplayed.empty() && unreplayed.front().written <= due) {
    live_.redo(*unreplayed.front().record);
    unreplayed.pop_front();
  }
}

void DatabaseServer::promote(Duration overhead, Done<bool> ready) {
  CHECK(in_recovery() && power_.running && !replication_.promoting);
  replication_.promoting = std::move(ready);
  const Duration left = time_of(wal_.end().bytes - live_.lsn.bytes, options_.redo_rate);
  kernel_.at(kernel_.now() + overhead + left, [this, number = power_.downs] {
    if (number != power_.downs) return;
    // What was received and not flushed would be flushed first.
    for (SharedRecord& record : std::exchange(replication_.unflushed, {})) {
      replication_.unreplayed.push_back({std::move(record), kernel_.now()});
    }
    wal_.sync();
    replay(kernel_.now());
    std::exchange(replication_.promoting, nullptr)(true);
  });
}

void DatabaseServer::open_timeline(const Promoted& how, std::optional<Archive> archive) {
  CHECK(in_recovery() && replication_.unreplayed.empty());
  replication_.in_recovery = false;
  ++power_.downs;  // a flush of what was received is over
  ++counters_.promotions;
  counters_.commits = how.commits;
  given_ = logged_ = live_.sequences;
  if (archive) {
    archive_ = std::move(archive);
    // Where PostgreSQL keeps the timelines apart, there is only one here.
    if (how.last && !archive_->leads_to(how.last)) archive_->begin_anew(live_);
    archive_->branch_at(live_.lsn);
    archive_->switch_segment();  // its own log holds what the other had not archived yet
    schedule_backup();
  }
  if (how.raise_above) raise_generation(*how.raise_above, "promotion");
}

void DatabaseServer::await_standbys(SharedRecord record, std::function<void(bool)> end) {
  const ReplicationHooks* hooks = replication_.hooks;
  if (hooks == nullptr || hooks->is_confirmed(record->end)) return end(true);
  ++counters_.awaited;
  replication_.waiting.push_back({std::move(record), std::move(end)});
}

void DatabaseServer::confirm(Lsn lsn, bool tell) {
  std::deque<AwaitedRecord>& waiting = replication_.waiting;
  while (!waiting.empty() && waiting.front().record->end <= lsn) {
    const AwaitedRecord next = std::move(waiting.front());
    waiting.pop_front();
    next.end(tell);
  }
}

void DatabaseServer::fence() {
  power_.fenced = true;
  crash(Duration(0), CrashKind::power);
}

void DatabaseServer::power_on() {
  if (std::exchange(power_.fenced, false)) go_down(Duration(0));
}

}  // namespace aftershock::sim
