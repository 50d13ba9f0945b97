#include "simulator/world/database_replication.h"

#include <utility>

#include "core/check.h"

namespace aftershock::sim {

void StreamLog::begin(LogPosition at) {
  first_ = std::move(at);
  entries_.clear();
}

void StreamLog::cut(Lsn end) {
  while (!entries_.empty() && entries_.back().record->end > end) entries_.pop_back();
  // Somebody may have had more than this server has found of its log, but not less.
  if (entries_.empty() && first_.lsn > end) first_ = {end, nullptr};
}

void StreamLog::trim(Lsn lsn) {
  while (!entries_.empty() && entries_.front().record->end <= lsn) {
    SharedRecord record = std::move(entries_.front().record);
    entries_.pop_front();
    const Lsn end = record->end;
    first_ = {end, std::move(record)};
  }
}

bool StreamLog::continues(const LogPosition& position) const {
  if (position.lsn < first_.lsn || position.lsn > end().lsn) return false;
  return at(position.lsn).last == position.last;
}

bool StreamLog::contradicts(const LogPosition& position) const {
  return position.lsn >= first_.lsn && !continues(position);
}

LogPosition StreamLog::end() const {
  if (entries_.empty()) return first_;
  return {entries_.back().record->end, entries_.back().record};
}

LogPosition StreamLog::at(Lsn lsn) const {
  if (lsn.record == first_.lsn.record) return first_;
  const SharedRecord& record = entries_.at(lsn.record - first_.lsn.record - 1).record;
  return {record->end, record};
}

const StreamLog::Entry* StreamLog::after(Lsn lsn) const {
  CHECK(lsn >= first_.lsn);
  const std::uint64_t index = lsn.record - first_.lsn.record;
  return index < entries_.size() ? &entries_[index] : nullptr;
}

}  // namespace aftershock::sim
