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

bool BaseBackup::is_good() const { return checksum == checksum_of(image); }

void Archive::take_backup(const Image& image) {
  backups_.push_back({image, checksum_of(image)});
  if (backups_.size() <= options_.kept) return;
  backups_.erase(backups_.begin());
  const auto end = first_after(records_, backups_.front().image.lsn);
  const auto dropped = std::distance(records_.cbegin(), end);
  records_.erase(records_.cbegin(), end);
  archived_ -= std::min(archived_, static_cast<std::size_t>(dropped));
}

void Archive::damage_newest_backup() {
  CHECK(!backups_.empty());
  backups_.back().checksum ^= 1;
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
  std::erase_if(backups_, [lsn](const BaseBackup& backup) { return backup.image.lsn > lsn; });
}

const BaseBackup* Archive::newest_backup(DbTime until) const {
  const auto usable = [until](const BaseBackup& backup) {
    return backup.image.time <= until && backup.is_good();
  };
  const auto found = std::find_if(backups_.rbegin(), backups_.rend(), usable);
  return found == backups_.rend() ? nullptr : &*found;
}

std::vector<SharedRecord> Archive::records_after(Lsn from) const {
  const auto archived_end = records_.begin() + static_cast<std::ptrdiff_t>(archived_);
  const auto first = std::min<std::vector<SharedRecord>::const_iterator>(
      first_after(records_, from), archived_end);
  return {first, archived_end};
}

}  // namespace aftershock::sim
