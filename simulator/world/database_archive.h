// What is kept of the simulated PostgreSQL outside its own disk: backups, full and incremental, and
// the log between them. In memory, where the artifacts are: no fault of the database's host touches
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "simulator/world/database_wal.h"

namespace aftershock::sim {

struct BackupOptions {
  delta::Duration interval{600'000'000'000};        ///< between two backups
  std::uint32_t full_every = 1;                     ///< so many-th is full, the others incremental
  std::uint32_t kept = 3;                           ///< full ones, with all that is based on them
  delta::Duration archive_timeout{60'000'000'000};  ///< a log segment is archived after this...
  std::uint64_t segment_bytes = 16U << 20U;         ///< ...or when it is full
};

/// What a backup says of itself: its manifest.
struct BackupManifest {
  std::uint32_t number = 0;  ///< from 1
  bool is_full = true;       ///< else it is based on the one before it
  Lsn lsn;                   ///< restored, the tables are as of here
  delta::DbTime time{};
  std::uint64_t bytes = 0;     ///< of its files
  std::uint64_t checksum = 0;  ///< over what it restores
};

struct Backup {
  BackupManifest manifest;
  Image image;  ///< what it and those that it is based on restore

  /// Its own files are as they were written.
  bool is_good() const;
};

/// What a restore begins with.
struct BackupChoice {
  const Backup* backup = nullptr;  ///< null: there is no good one
  std::uint64_t bytes = 0;         ///< to copy: its own, and those of all that it is based on
  std::uint32_t skipped = 0;  ///< younger ones that do not match their checksum, or their base's
};

/// Up to the first record that does not follow, is not sound, or is younger than `until`.
void redo_all(Image& image, const std::vector<SharedRecord>& records, delta::DbTime until);

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
  /// Whether what is kept leads to the history that ends with `last`.
  bool leads_to(const SharedRecord& last) const;
  /// Nothing that is kept is of this history, which `image` begins: all is dropped but its backup.
  void begin_anew(const Image& image);

  /// The newest that is not younger than `until` and good, with all that it is based on.
  BackupChoice choose(delta::DbTime until) const;
  /// What was archived after `from`, in order.
  std::vector<SharedRecord> records_after(Lsn from) const;

 private:
  bool is_whole(std::size_t index) const;

  BackupOptions options_;
  std::vector<Backup> backups_;  ///< oldest first, which is a full one
  std::uint32_t taken_ = 0;
  std::vector<SharedRecord> records_;  ///< since the oldest backup
  std::size_t archived_ = 0;           ///< so many of them; the rest is the open segment
  std::uint64_t segment_start_ = 0;    ///< where its first record ends in the log
};

}  // namespace aftershock::sim
