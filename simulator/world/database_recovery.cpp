// The simulated database server's log, its crashes and PANICs, and the recovery after them.
#include <algorithm>
#include <utility>

#include "simulator/world/database_backend.h"

namespace aftershock::sim {

using namespace delta;

Duration time_of(std::uint64_t bytes, std::uint64_t rate) {
  const std::uint64_t micros = bytes * 1'000'000 / rate;
  return std::chrono::microseconds(micros);
}

/// The record as it is visible; null after a PANIC or a power failure.
SharedRecord DatabaseServer::write_log(TableChange change, bool is_commit) {
  WalRecord record{{}, now(), is_commit, logged_, std::move(change), {}};
  const DiskSync sync = disk_.sync();
  if (sync.result == DiskResult::power_failed) {
    wal_.append_torn(std::move(record));
    crash(sync.downtime, CrashKind::power);
    return nullptr;
  }
  if (sync.result != DiskResult::done || damaged_log_) {
    panic();
    return nullptr;
  }
  const SharedRecord written = wal_.append(std::move(record));
  if (sync.flipped) wal_.flip_last();
  if (sync.durable) wal_.sync();
  if (archive_) archive_log(wal_.last());
  if (wal_.is_durable() && kernel_.now() - last_checkpoint_ >= options_.checkpoint_interval) {
    wal_.checkpoint();
    last_checkpoint_ = kernel_.now();
  }
  return written;
}

void DatabaseServer::crash(Duration downtime, CrashKind kind) {
  ++counters_.crashes;
  if (kind == CrashKind::power) wal_.lose_unsynced();
  redo_bytes_ += wal_.redo_bytes();
  last_checkpoint_ = kernel_.now();
  go_down(downtime);
  rewind(wal_.recover());
}

/// What PostgreSQL does when it cannot write its log.
void DatabaseServer::panic() {
  ++counters_.panics;
  crash(options_.restart_delay, CrashKind::process);
}

void DatabaseServer::tell_accepting() {
  const bool changed = std::exchange(observers_.accepting, accepting()) != accepting();
  if (changed && observers_.world != nullptr) observers_.world->on_accepting(accepting());
}

void DatabaseServer::go_down(Duration downtime) {
  running_ = false;
  tell_accepting();
  for (const auto& [id, backend] : backends_) {
    if (backend->in_transaction) ++counters_.rolled_back;
    if (backend->disconnected) continue;
    ++counters_.reset_connections;
    if (backend->client.on_reset) backend->client.on_reset();
  }
  backends_.clear();
  locks_.clear();
  granted_.clear();
  restart_at_ = std::max(restart_at_, kernel_.now() + downtime);
  kernel_.at(restart_at_, [this, number = ++downs_] {
    if (number == downs_) start();
  });
}

void DatabaseServer::start() {
  const bool readable = restore_ || !damaged_log_;
  if (!readable || !disk_.writable()) {
    ++counters_.panics;
    return go_down(options_.restart_delay);
  }
  if (restore_) return begin_restore();
  const Duration redo = time_of(redo_bytes_, options_.redo_rate);
  if (redo == Duration(0)) return open_for_work();
  kernel_.at(kernel_.now() + redo, [this, number = downs_] {
    if (number == downs_) open_for_work();
  });
}

void DatabaseServer::open_for_work() {
  redo_bytes_ = 0;
  running_ = true;
  ++counters_.starts;
  tell_accepting();
}

/// The tables are `image` from now on.
void DatabaseServer::rewind(Image image) {
  const Image before = std::exchange(live_, std::move(image));
  given_ = logged_ = live_.sequences;
  if (live_.lsn == before.lsn) return;
  if (archive_) archive_->branch_at(live_.lsn);
  tell_rewind({live_.lsn, live_.time, live_.commits, before.commits - live_.commits});
}

void DatabaseServer::tell_rewind(const RecoveryPoint& point) {
  kernel_.mix(point.lsn.record, StepKind::commit);
  for (const auto& observer : observers_.rewind) observer(live_.tables, point);
}

}  // namespace aftershock::sim
