// Base backups of the simulated database server, the archive of its log, its damage and its
// restore.
#include <algorithm>
#include <utility>

#include "core/check.h"
#include "simulator/world/database_server.h"

namespace aftershock::sim {

using namespace delta;

namespace {

/// The recovery procedure's own message: leases and fences of the history that is given up are
/// worth nothing from now on. Its record of the log.
SharedRecord raise_generation(const Image& image, std::uint64_t highest, DbTime now,
                              const Settings& settings) {
  Rows rows;
  rows.control = image.tables.control();
  const Envelope envelope{RaiseGeneration{"restore", highest}, {ActorKind::operator_, 0}, {}};
  Decision decision = decide(rows, envelope, context_of(*rows.control, now, settings), settings);
  CHECK(decision.accepted());
  WalRecord record;
  record.end = {image.lsn.record + 1, image.lsn.bytes};
  record.time = now;
  record.sequences = image.sequences;
  record.change.writes.control = decision.rows.control;
  decision.event->serial = ++record.sequences.audit;
  record.change.writes.audit.push_back(std::move(*decision.event));
  return std::make_shared<const WalRecord>(std::move(record));
}

/// Up to the first record that does not follow, is not sound, or is younger than `until`.
void replay(Image& image, const std::vector<SharedRecord>& records, DbTime until) {
  for (const SharedRecord& record : records) {
    if (record->end.record <= image.lsn.record) continue;
    const bool follows = record->end.record == image.lsn.record + 1;
    if (!follows || !is_sound(*record) || record->time > until) return;
    image.redo(*record);
  }
}

}  // namespace

void DatabaseServer::keep_backups(const BackupOptions& options) {
  archive_.emplace(options);
  archive_->take_backup(live_);
  schedule_backup();
}

void DatabaseServer::schedule_backup() {
  kernel_.at(kernel_.now() + archive_->options().interval, [this] {
    if (running_) archive_->take_backup(live_);
    schedule_backup();
  });
}

void DatabaseServer::archive_log(SharedRecord record) {
  archive_->add(std::move(record));
  if (!archive_->is_segment_open() || archive_timer_armed_) return;
  archive_timer_armed_ = true;
  kernel_.at(kernel_.now() + archive_->options().archive_timeout, [this] {
    archive_timer_armed_ = false;
    if (!damaged_log_) archive_->switch_segment();  // there is nothing left to read
  });
}

void DatabaseServer::corrupt(Damage what) {
  if (what == Damage::rows) {
    for (const auto& [id, row] : live_.tables.attempts()) {
      if (is_live(row.state)) damaged_rows_.insert(LockKey::of(id));
    }
    return;
  }
  damaged_log_ = true;
  if (what == Damage::all) panic();
}

void DatabaseServer::restore(RestoreOptions options, Done<std::optional<RecoveryPoint>> done) {
  CHECK(archive_);
  if (restore_) return done(std::nullopt);
  restore_ = Restore{options, std::move(done)};
  go_down(Duration(0));
}

void DatabaseServer::begin_restore() {
  const BaseBackup* backup = archive_->newest_backup(restore_->options.until);
  if (backup == nullptr) {
    const auto done = std::exchange(restore_, std::nullopt)->done;
    start();
    return done(std::nullopt);
  }
  Image image = backup->image;
  replay_log(image);
  const Duration time = options_.restore_overhead +
                        time_of(backup->image.bytes(), options_.copy_rate) +
                        time_of(image.lsn.bytes - backup->image.lsn.bytes, options_.redo_rate);
  kernel_.at(kernel_.now() + time, [this, number = downs_, image = std::move(image)]() mutable {
    if (number == downs_) end_restore(std::move(image));
  });
}

/// The operator first archives what can still be read of the disk's own log.
void DatabaseServer::replay_log(Image& image) {
  if (!damaged_log_) archive_->switch_segment();
  replay(image, archive_->records_after(image.lsn), restore_->options.until);
}

void DatabaseServer::end_restore(Image image) {
  const std::uint64_t lost = live_.commits - std::min(live_.commits, image.commits);
  const RecoveryPoint point{image.lsn, image.time, image.commits, lost};
  archive_->branch_at(image.lsn);
  // No history may use a generation that another one has used.
  const std::uint64_t highest =
      std::max(live_.tables.control().generation, image.tables.control().generation);
  const SharedRecord raised = raise_generation(image, highest, now(), options_.settings);
  image.redo(*raised);
  archive_log(raised);
  live_ = image;
  given_ = logged_ = live_.sequences;
  wal_ = Wal(std::move(image));
  damaged_rows_.clear();
  damaged_log_ = false;
  redo_bytes_ = 0;
  last_checkpoint_ = kernel_.now();
  archive_->take_backup(live_);
  ++counters_.restores;
  const auto done = std::exchange(restore_, std::nullopt)->done;
  tell_rewind(point);
  open_for_work();
  done(point);
}

}  // namespace aftershock::sim
