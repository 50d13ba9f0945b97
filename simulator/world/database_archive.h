// What is kept of the simulated PostgreSQL outside its own disk: base backups, and the log between
// them. In memory, where the artifacts are: no fault of the database's host touches it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "simulator/world/database_wal.h"

namespace aftershock::sim {

struct BackupOptions {
  delta::Duration interval{600'000'000'000};        ///< between base backups
  std::uint32_t kept = 3;                           ///< base backups
  delta::Duration archive_timeout{60'000'000'000};  ///< a log segment is archived after this...
  std::uint64_t segment_bytes = 16U << 20U;         ///< ...or when it is full
};

struct BaseBackup {
  Image image;
  std::uint64_t checksum = 0;

  bool is_good() const;
};

class Archive {
 public:
  explicit Archive(const BackupOptions& options) : options_(options) {}

  const BackupOptions& options() const { return options_; }

  /// A copy of the tables as they are.
  void take_backup(const Image& image);
  /// The newest base backup reads otherwise than it was written from now on.
  void damage_newest_backup();
  /// A record that was written to the log; it is archived with its segment.
  void add(SharedRecord record);
  /// The open segment is archived as it is.
  void switch_segment() { archived_ = records_.size(); }
  bool is_segment_open() const { return archived_ < records_.size(); }
  /// The log has another continuation after `lsn` than what was archived: that is dropped.
  void branch_at(Lsn lsn);

  /// The newest good one that is not younger than `until`. Null: none.
  const BaseBackup* newest_backup(delta::DbTime until) const;
  /// What was archived after `from`, in order.
  std::vector<SharedRecord> records_after(Lsn from) const;

 private:
  BackupOptions options_;
  std::vector<BaseBackup> backups_;    ///< oldest first
  std::vector<SharedRecord> records_;  ///< since the oldest base backup
  std::size_t archived_ = 0;           ///< so many of them; the rest is the open segment
  std::uint64_t segment_start_ = 0;    ///< where its first record ends in the log
};

}  // namespace aftershock::sim
