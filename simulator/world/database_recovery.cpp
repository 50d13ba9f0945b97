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
  if (sync.result != DiskResult::done || faults_.damaged_log) {
    panic();
    return nullptr;
  }
  const SharedRecord written = wal_.append(std::move(record));
  if (sync.flipped) wal_.flip_last();
  if (sync.durable) wal_.sync();
  if (archive_) archive_log(wal_.last());
  if (replication_.hooks != nullptr) replication_.hooks->on_logged(written);
  if (wal_.is_durable() && kernel_.now() - power_.last_checkpoint >= options_.checkpoint_interval) {
    wal_.checkpoint();
    power_.last_checkpoint = kernel_.now();
  }
  return written;
}

void DatabaseServer::crash(Duration downtime, CrashKind kind) {
  ++counters_.crashes;
  confirm(wal_.end(), false);  // a recovery waits for nobody
  if (kind == CrashKind::power) wal_.lose_unsynced();
  power_.redo_bytes += wal_.redo_bytes();
  power_.last_checkpoint = kernel_.now();
  go_down(downtime);
  rewind(wal_.recover());
}

void DatabaseServer::cut_power() {
  power_.unpowered.set(true);
  crash(Duration(0), CrashKind::power);
}

void DatabaseServer::give_power() {
  power_.unpowered.set(false);
  const bool due = !power_.running && kernel_.now() >= power_.restart_at;
  if (due) start();
}

/// What PostgreSQL does when it cannot write its log.
void DatabaseServer::panic() {
  ++counters_.panics;
  crash(options_.restart_delay, CrashKind::process);
}

void DatabaseServer::tell_accepting() {
  const bool changed = std::exchange(power_.told_accepting, accepting()) != accepting();
  if (changed && world_ != nullptr) world_->on_accepting(accepting());
}

void DatabaseServer::go_down(Duration downtime) {
  power_.running = false;
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
  if (replication_.hooks != nullptr) replication_.hooks->on_down();
  if (replication_.promoting) std::exchange(replication_.promoting, nullptr)(false);
  power_.restart_at = std::max(power_.restart_at, kernel_.now() + downtime);
  kernel_.at(power_.restart_at, [this, number = ++power_.downs] {
    if (number == power_.downs) start();
  });
}

void DatabaseServer::start() {
  if (power_.fenced || power_.unpowered.on()) return;
  const bool readable = restore_ || !faults_.damaged_log;
  if (!readable || !disk_.writable()) {
    ++counters_.panics;
    return go_down(options_.restart_delay);
  }
  if (restore_) return begin_restore();
  const Duration redo = time_of(power_.redo_bytes, options_.redo_rate);
  if (redo == Duration(0)) return open_for_work();
  kernel_.at(kernel_.now() + redo, [this, number = power_.downs] {
    if (number == power_.downs) open_for_work();
  });
}

void DatabaseServer::open_for_work() {
  power_.redo_bytes = 0;
  power_.running = true;
  ++counters_.starts;
  tell_accepting();
}

/// The tables are `image` from now on.
void DatabaseServer::rewind(Image image) {
  const Image before = std::exchange(live_, std::move(image));
  given_ = logged_ = live_.sequences;
  if (replication_.hooks != nullptr) replication_.hooks->on_cut(live_.lsn);
  if (in_recovery()) {
    replication_.unflushed.clear();
    replication_.unreplayed.clear();
    return;
  }
  if (live_.lsn == before.lsn) return;
  if (archive_) archive_->branch_at(live_.lsn);
  tell_rewind({live_.lsn, live_.time, live_.commits, before.commits - live_.commits});
}

void DatabaseServer::tell_rewind(const RecoveryPoint& point) {
  kernel_.mix(point.lsn.record, StepKind::commit);
  for (const auto& observer : observers_.rewind) observer(live_.tables, point);
}

}  // namespace aftershock::sim
