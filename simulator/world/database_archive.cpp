#include "simulator/world/database_archive.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/check.h"
#include "core/rng.h"

namespace aftershock::sim {

using namespace delta;

namespace {

/// Over the keys and states of all rows, as pg_verifybackup reads every file.
std::uint64_t checksum_of(const Image& image) {
  std::uint64_t hash = mix64(image.lsn.record);
  const auto add = [&hash](std::uint64_t value) { hash = mix64(hash ^ value); };
  for (const auto& [id, row] : image.tables.runs()) {
    add(id.lo);
    add(static_cast<std::uint64_t>(row.state));
  }
  for (const auto& [id, row] : image.tables.attempts()) {
    add(id.lo);
    add(static_cast<std::uint64_t>(row.state));
    add(static_cast<std::uint64_t>(row.expires_at.time_since_epoch().count()));
  }
  add(image.tables.audit().size());
  return hash;
}

/// The first record after `lsn`.
auto first_after(const std::vector<SharedRecord>& records, Lsn lsn) {
  return std::ranges::upper_bound(records, lsn, {},
                                  [](const SharedRecord& record) { return record->end; });
}

}  // namespace

bool Backup::is_good() const { return manifest.checksum == checksum_of(image); }

void Archive::take_backup(const Image& image) {
  BackupManifest manifest;
  manifest.number = ++taken_;
  manifest.is_full = backups_.empty() || (taken_ - 1) % options_.full_every == 0;
  manifest.lsn = image.lsn;
  manifest.time = image.time;
  manifest.bytes = image.bytes();
  // No more than was written since, however often to the same rows.
  if (!manifest.is_full) {
    const std::uint64_t since = image.lsn.bytes - backups_.back().image.lsn.bytes;
    manifest.bytes = std::min(manifest.bytes, since);
  }
  manifest.checksum = checksum_of(image);
  backups_.push_back({manifest, image});
  const auto is_full = [](const Backup& backup) { return backup.manifest.is_full; };
  if (std::ranges::count_if(backups_, is_full) <= options_.kept) return;
  backups_.erase(backups_.begin(), std::find_if(backups_.begin() + 1, backups_.end(), is_full));
  const auto end = first_after(records_, backups_.front().image.lsn);
  const auto dropped = std::distance(records_.cbegin(), end);
  records_.erase(records_.cbegin(), end);
  archived_ -= std::min(archived_, static_cast<std::size_t>(dropped));
}

void Archive::damage_newest_backup() {
  CHECK(!backups_.empty());
  backups_.back().manifest.checksum ^= 1;
}

void Archive::add(SharedRecord record) {
  const std::uint64_t end = record->end.bytes;
  if (!is_segment_open()) segment_start_ = end;
  records_.push_back(std::move(record));
  if (end - segment_start_ >= options_.segment_bytes) switch_segment();
}

void Archive::branch_at(Lsn lsn) {
  const auto end = first_after(records_, lsn);
  records_.erase(end, records_.cend());
  archived_ = std::min(archived_, records_.size());
  std::erase_if(backups_, [lsn](const Backup& backup) { return backup.image.lsn > lsn; });
}

bool Archive::leads_to(const SharedRecord& last) const {
  const auto after = first_after(records_, last->end);
  return after != records_.begin() && *std::prev(after) == last;
}

void Archive::begin_anew(const Image& image) {
  backups_.clear();
  records_.clear();
  archived_ = 0;
  take_backup(image);
}

/// It and all that it is based on are good.
bool Archive::is_whole(std::size_t index) const {
  while (backups_[index].is_good()) {
    if (backups_[index].manifest.is_full) return true;
    --index;
  }
  return false;
}

void redo_all(Image& image, const std::vector<SharedRecord>& records, DbTime until) {
  for (const SharedRecord& record : records) {
    if (record->end.record <= image.lsn.record) continue;
    const bool follows = record->end.record == image.lsn.record + 1;
    if (!follows || !is_sound(*record) || record->time > until) return;
    image.redo(*record);
  }
}

BackupChoice Archive::choose(DbTime until) const {
  BackupChoice choice;
  for (std::size_t i = backups_.size(); i > 0 && choice.backup == nullptr; --i) {
    if (backups_[i - 1].image.time > until) continue;
    if (is_whole(i - 1)) {
      choice.backup = &backups_[i - 1];
    } else {
      ++choice.skipped;
    }
  }
  if (choice.backup == nullptr) return choice;
  for (const Backup* part = choice.backup;; --part) {
    choice.bytes += part->manifest.bytes;
    if (part->manifest.is_full) return choice;
  }
}

std::vector<SharedRecord> Archive::records_after(Lsn from) const {
  const auto archived_end = records_.begin() + static_cast<std::ptrdiff_t>(archived_);
  const auto first = std::min<std::vector<SharedRecord>::const_iterator>(
      first_after(records_, from), archived_end);
  return {first, archived_end};
}

}  // namespace aftershock::sim
