#include "simulator/world/database_wal.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/rng.h"

namespace aftershock::sim {

using namespace delta;

namespace {

// About what PostgreSQL writes for these rows; full pages after a checkpoint are in the average.
constexpr std::uint64_t kRecordBytes = 120;
constexpr std::uint64_t kRowBytes = 260;

/// Records, before they are folded into the base: bounds the memory of long simulations.
constexpr std::size_t kMostKept = 50'000;

class Checksum {
 public:
  template <class Number>
  void add(Number value) {
    hash_ = mix64(hash_ ^ static_cast<std::uint64_t>(value));
  }
  template <class Tag>
  void add(const Id<Tag>& id) {
    add(id.hi);
    add(id.lo);
  }
  void add(DbTime time) { add(time.time_since_epoch().count()); }

  void add(const Run& row) {
    add(row.id);
    add(row.state);
    add(row.open_jobs);
    add(row.audit.length);
  }
  void add(const Job& row) {
    add(row.run);
    add(row.index);
    add(row.state);
    add(row.failures);
    add(row.losses);
    add(row.current);
  }
  void add(const Attempt& row) {
    add(row.id);
    add(row.state);
    add(row.epoch);
    add(row.token_hash);
    add(row.expires_at);
    add(row.audit.length);
  }

  void add(const delta::Schedule& row) {
    add(row.id);
    add(row.state);
    add(row.next_fire);
    add(row.audit.length);
  }

  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

std::uint64_t size_of(const TableChange& change) {
  return kRecordBytes + kRowBytes * (rows_in(change.writes) + change.deleted.size());
}

}  // namespace

std::size_t rows_in(const WriteSet& writes) {
  return writes.operations.size() + writes.runs.size() + writes.jobs.size() +
         writes.attempts.size() + writes.schedules.size() + writes.audit.size() +
         writes.outbox.size() + (writes.control ? 1 : 0);
}

std::uint64_t checksum_of(const WalRecord& record) {
  Checksum sum;
  const WriteSet& writes = record.change.writes;
  sum.add(record.end.record);
  sum.add(record.end.bytes);
  sum.add(record.time);
  for (const RunWrite& write : writes.runs) sum.add(write.row);
  for (const JobWrite& write : writes.jobs) sum.add(write.row);
  for (const AttemptWrite& write : writes.attempts) sum.add(write.row);
  for (const ScheduleWrite& write : writes.schedules) sum.add(write.row);
  for (const AuditEvent& event : writes.audit) sum.add(event.serial);
  for (const StoredOperation& operation : writes.operations) sum.add(operation.key.id);
  for (const std::uint64_t serial : record.change.outbox) sum.add(serial);
  for (const std::uint64_t serial : record.change.deleted) sum.add(serial);
  for (const OperationId id : record.change.purged) sum.add(id);
  if (writes.control) sum.add(writes.control->generation);
  return sum.value();
}

bool is_sound(const WalRecord& record) {
  return !record.checksum || *record.checksum == checksum_of(record);
}

SharedRecord with_flipped_bit(const WalRecord& record) {
  WalRecord damaged = record;
  damaged.checksum = checksum_of(record);
  damaged.time = DbTime(Duration(damaged.time.time_since_epoch().count() ^ 1));
  return std::make_shared<const WalRecord>(std::move(damaged));
}

void Image::redo(const WalRecord& record) {
  CHECK(record.end.record == lsn.record + 1);
  const WriteSet& writes = record.change.writes;
  for (const RunWrite& write : writes.runs) tables.put(write.row);
  for (const JobWrite& write : writes.jobs) tables.put(write.row);
  for (const AttemptWrite& write : writes.attempts) tables.put(write.row);
  for (const ScheduleWrite& write : writes.schedules) tables.put(write.row);
  for (const AuditEvent& event : writes.audit) tables.append(event);
  for (std::size_t i = 0; i < writes.outbox.size(); ++i) {
    const Dispatch& dispatch = writes.outbox[i];
    tables.put(OutboxRow{record.change.outbox[i], dispatch.attempt, dispatch.due});
  }
  for (const StoredOperation& operation : writes.operations) tables.put(operation);
  for (const OperationId id : record.change.purged) tables.delete_operation(id);
  if (writes.control) tables.put(*writes.control);
  for (const std::uint64_t serial : record.change.deleted) tables.delete_outbox(serial);
  lsn = record.end;
  time = record.time;
  commits += record.is_commit ? 1 : 0;
  sequences = record.sequences;
}

std::uint64_t Image::bytes() const {
  return kRowBytes *
         (tables.runs().size() + tables.jobs().size() + tables.attempts().size() +
          tables.schedules().size() + tables.operations().size() + tables.audit().size());
}

const SharedRecord& Wal::append(WalRecord record) {
  const Lsn before = end();
  record.end = {before.record + 1, before.bytes + size_of(record.change)};
  return records_.emplace_back(std::make_shared<const WalRecord>(std::move(record)));
}

void Wal::append_copy(SharedRecord record) {
  CHECK(record->end.record == end().record + 1);
  records_.push_back(std::move(record));
}

void Wal::append_torn(WalRecord record) {
  lose_unsynced();
  append(std::move(record));
  flip_last();
  sync();
}

void Wal::checkpoint() {
  CHECK(is_durable());
  checkpoint_ = records_.size();
  checkpoint_bytes_ = end().bytes;
  if (records_.size() > kMostKept) absorb();
}

void Wal::absorb() {
  for (const SharedRecord& record : std::exchange(records_, {})) base_.redo(*record);
  durable_ = checkpoint_ = 0;
}

Image Wal::recover() {
  std::size_t sound = checkpoint_;
  while (sound < records_.size() && is_sound(*records_[sound])) ++sound;
  records_.resize(sound);
  durable_ = std::min(durable_, sound);
  if (is_durable()) {
    checkpoint();
    absorb();
    return base_;
  }
  Image image = base_;
  for (const SharedRecord& record : records_) image.redo(*record);
  return image;
}

}  // namespace aftershock::sim
