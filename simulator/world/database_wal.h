// The write-ahead log of the simulated PostgreSQL: its records, their redo, and what a power
// failure or a damaged record leaves of it.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/ports/database.h"
#include "simulator/world/database_tables.h"

namespace aftershock::sim {

/// A place in the log: after so many records, which are so many bytes.
struct Lsn {
  std::uint64_t record = 0;
  std::uint64_t bytes = 0;

  friend auto operator<=>(const Lsn&, const Lsn&) = default;
};

/// What the log knows of each sequence. It is ahead of what was given out, as PostgreSQL logs it:
/// a crash leaves a gap and never gives a value twice, unless durable records were lost.
struct Sequences {
  std::uint64_t audit = 0;
  std::uint64_t outbox = 0;
};

/// What one transaction changes.
struct TableChange {
  delta::WriteSet writes;              ///< audit events with their serials
  std::vector<std::uint64_t> outbox;   ///< serials of `writes.outbox`
  std::vector<std::uint64_t> deleted;  ///< outbox rows
  std::vector<delta::OperationId> purged;
};

struct WalRecord {
  Lsn end;
  delta::DbTime time{};
  bool is_commit = false;  ///< of the product, as on_commit() shows it
  Sequences sequences;
  TableChange change;
  /// Of what was written. Kept only with a record that may read otherwise: all others match.
  std::optional<std::uint64_t> checksum;
};
using SharedRecord = std::shared_ptr<const WalRecord>;

/// Rows that the writes insert or update.
std::size_t rows_in(const delta::WriteSet& writes);
/// Over what tells one change from another: keys, states, fences, serials.
std::uint64_t checksum_of(const WalRecord& record);
/// Whether a reader finds what was written.
bool is_sound(const WalRecord& record);
/// The same record after one of its bits has turned over.
SharedRecord with_flipped_bit(const WalRecord& record);

/// The tables as of a place in the log: in memory, in the data files, in a base backup.
struct Image {
  Tables tables;
  Lsn lsn;
  delta::DbTime time{};       ///< of the last record
  std::uint64_t commits = 0;  ///< of the product, that made it
  Sequences sequences;

  /// The next record, in order.
  void redo(const WalRecord& record);
  std::uint64_t bytes() const;  ///< about what its files take
};

/// The log's files, and the data files as its last checkpoint left them.
class Wal {
 public:
  explicit Wal(Image base) : base_(std::move(base)) {}

  /// Gives the record its place. It is written, but not durable.
  const SharedRecord& append(WalRecord record);
  /// The next record of another server's log, whose copy this is. As append().
  void append_copy(SharedRecord record);
  /// All that is written is durable.
  void sync() { durable_ = records_.size(); }
  /// The last record that was appended is on the disk with a bit turned over.
  void flip_last() { records_.back() = with_flipped_bit(*records_.back()); }
  /// A power failure cuts this record off while it is written: half of it is there.
  void append_torn(WalRecord record);
  /// A power failure: what is not durable is gone.
  void lose_unsynced() { records_.resize(durable_); }

  /// No recovery reads any of it again. Only when all of it is durable.
  void checkpoint();
  /// Redo up to the first record since the checkpoint that is not sound; the log ends there from
  /// now on. Ends with a checkpoint, if all that is left is durable.
  Image recover();

  bool is_durable() const { return durable_ == records_.size(); }
  Lsn end() const { return records_.empty() ? base_.lsn : records_.back()->end; }
  /// What a recovery would have to read.
  std::uint64_t redo_bytes() const { return end().bytes - checkpoint_bytes_; }
  /// The last record as the disk has it. Only after an append().
  const SharedRecord& last() const { return records_.back(); }

 private:
  void absorb();

  // The data files are made of `base_` when somebody reads them: a recovery, or nobody.
  Image base_;
  std::vector<SharedRecord> records_;  ///< after it
  std::size_t durable_ = 0;            ///< so many of them
  std::size_t checkpoint_ = 0;         ///< so many of them are in the data files
  std::uint64_t checkpoint_bytes_ = base_.lsn.bytes;
};

}  // namespace aftershock::sim
