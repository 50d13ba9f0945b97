// Base backups of the simulated database server, the archive of its log, its damage and its
// restore.
#include <algorithm>
#include <utility>

#include "core/check.h"
#include "simulator/world/database_server.h"

namespace aftershock::sim {

using namespace delta;

Duration time_of_restore(const DatabaseOptions& options, std::uint64_t copied, std::uint64_t log) {
  return options.restore_overhead + time_of(copied, options.copy_rate) +
         time_of(log, options.redo_rate);
}

void DatabaseServer::keep_backups(const BackupOptions& options) {
  archive_.emplace(options);
  archive_->take_backup(live_);
  schedule_backup();
}

void DatabaseServer::schedule_backup() {
  kernel_.at(kernel_.now() + archive_->options().interval, [this] {
    if (!archive_) return;  // it is another server's now
    if (power_.running) archive_->take_backup(live_);
    schedule_backup();
  });
}

void DatabaseServer::archive_log(SharedRecord record) {
  archive_->add(std::move(record));
  if (!archive_->is_segment_open() || power_.archive_timer_armed) return;
  power_.archive_timer_armed = true;
  kernel_.at(kernel_.now() + archive_->options().archive_timeout, [this] {
    power_.archive_timer_armed = false;
    // Else nobody archives it, there is nothing left to read, or the archive is another server's.
    if (archive_ && power_.running && !faults_.damaged_log) archive_->switch_segment();
  });
}

/// The recovery procedure's own message: leases and fences of the history that is given up are
/// worth nothing from now on.
void DatabaseServer::raise_generation(std::uint64_t highest, const char* why) {
  Rows rows;
  rows.control = live_.tables.control();
  const Envelope envelope{RaiseGeneration{why, highest}, {ActorKind::operator_, 0}, {}};
  const Settings& settings = options_.settings;
  Decision decision = decide(rows, envelope, context_of(*rows.control, now(), settings), settings);
  CHECK(decision.accepted());
  WalRecord record;
  record.end = {live_.lsn.record + 1, live_.lsn.bytes};
  record.time = now();
  record.sequences = live_.sequences;
  record.change.writes.control = decision.rows.control;
  decision.event->serial = ++record.sequences.audit;
  record.change.writes.audit.push_back(std::move(*decision.event));
  const auto raised = std::make_shared<const WalRecord>(std::move(record));
  wal_.append_copy(raised);
  wal_.sync();
  live_.redo(*raised);
  given_ = logged_ = live_.sequences;
  if (archive_) archive_log(raised);
  if (replication_.hooks != nullptr) replication_.hooks->on_logged(raised);
}

void DatabaseServer::corrupt(Damage what) {
  if (what == Damage::rows) {
    for (const auto& [id, row] : live_.tables.attempts()) {
      if (is_live(row.state)) faults_.damaged_rows.insert(LockKey::of(id));
    }
    return;
  }
  if (what == Damage::indexes) {
    faults_.damaged_indexes = true;
    return;
  }
  faults_.damaged_log = true;
  if (what == Damage::all) panic();
}

void DatabaseServer::restore(RestoreOptions options, Done<std::optional<RecoveryPoint>> done) {
  CHECK(archive_);
  if (restore_) return done(std::nullopt);
  restore_ = Restore{options, std::move(done)};
  confirm(wal_.end(), false);
  go_down(Duration(0));
}

/// There is nothing to restore from: the backups are damaged, or another server's by now.
void DatabaseServer::abandon_restore() {
  const auto done = std::exchange(restore_, std::nullopt)->done;
  start();
  done(std::nullopt);
}

void DatabaseServer::begin_restore() {
  if (!archive_) return abandon_restore();
  const BackupChoice choice = archive_->choose(restore_->options.until);
  counters_.damaged_backups += choice.skipped;
  const Backup* backup = choice.backup;
  if (backup == nullptr) return abandon_restore();
  Image image = backup->image;
  // The operator first archives what can still be read of the disk's own log.
  if (!faults_.damaged_log) archive_->switch_segment();
  redo_all(image, archive_->records_after(image.lsn), restore_->options.until);
  const Duration time =
      time_of_restore(options_, choice.bytes, image.lsn.bytes - backup->image.lsn.bytes);
  kernel_.at(kernel_.now() + time,
             [this, number = power_.downs, image = std::move(image)]() mutable {
               if (number == power_.downs) end_restore(std::move(image));
             });
}

void DatabaseServer::end_restore(Image image) {
  if (!archive_) return abandon_restore();
  const std::uint64_t lost = live_.commits - std::min(live_.commits, image.commits);
  const RecoveryPoint point{image.lsn, image.time, image.commits, lost};
  archive_->branch_at(image.lsn);
  // No history may use a generation that another one has used.
  const std::uint64_t highest =
      std::max(live_.tables.control().generation, image.tables.control().generation);
  live_ = image;
  wal_ = Wal(std::move(image));
  if (replication_.hooks != nullptr) replication_.hooks->on_cut(live_.lsn);
  raise_generation(highest, "restore");
  faults_.damaged_rows.clear();
  faults_.damaged_indexes = false;
  faults_.damaged_log = false;
  power_.redo_bytes = 0;
  power_.last_checkpoint = kernel_.now();
  archive_->take_backup(live_);
  ++counters_.restores;
  const auto done = std::exchange(restore_, std::nullopt)->done;
  tell_rewind(point);
  open_for_work();
  done(point);
}

}  // namespace aftershock::sim
