// The primary's end of a replication: slots, streams, and what commits wait for.
#include <algorithm>
#include <utility>

#include "core/check.h"
#include "simulator/world/database_replica.h"

namespace aftershock::sim {

using namespace delta;

namespace {

constexpr Duration kLate{1'000'000'000};
constexpr std::size_t kMostRecords = 1'000;  ///< of one message

}  // namespace

void Replica::begin_timeline(std::uint32_t timeline, Synchronous mode) {
  follow(nullptr);
  timeline_ = timeline;
  mode_ = mode;
  slots_.assign(all_.size(), {});
  confirmed_ = {};
}

void Replica::set_mode(Synchronous mode) {
  mode_ = mode;
  if (mode == Synchronous::off) server_.confirm(log_.end().lsn);
}

void Replica::on_logged(const SharedRecord& record) {
  log_.append(record, kernel_.now());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].connected) pump(i);
  }
}

void Replica::on_dialled(std::size_t standby, std::uint64_t stream, const LogPosition& position) {
  if (server_.in_recovery()) return;
  Slot& slot = slots_[standby];
  if (slot.lost || !log_.continues(position)) {
    ++all_[standby]->counters_.refused;
    return;
  }
  slot.connected = true;
  slot.under_way = false;
  slot.stream = stream;
  slot.sent = position.lsn;
  slot.heard = kernel_.now();
  Replica& to = *all_[standby];
  network_.send(server_.host(), to.server_.host(), [&to, stream] {
    if (to.server_.running()) to.on_accepted(stream);
  });
  pump(standby);
}

/// The standby's answer to records, or its regular word, which is answered.
void Replica::on_status(std::size_t standby, std::uint64_t stream, Lsn flushed, Lsn replayed) {
  Slot& slot = slots_[standby];
  if (!slot.connected || stream != slot.stream || server_.in_recovery()) return;
  slot.heard = kernel_.now();
  count_late(standby, flushed, replayed);
  slot.flushed = std::max(slot.flushed, flushed);
  slot.replayed = replayed;
  const bool answered = slot.under_way && flushed >= slot.sent;
  if (answered) slot.under_way = false;
  confirm();
  trim();
  pump(standby);
  if (answered || slot.under_way) return;
  Replica& to = *all_[standby];
  network_.send(server_.host(), to.server_.host(), [&to, stream] {
    if (to.server_.running()) to.on_accepted(stream);
  });
}

void Replica::count_late(std::size_t standby, Lsn flushed, Lsn replayed) {
  const Slot& slot = slots_[standby];
  const auto count = [this](Lsn from, Lsn to, std::uint64_t& counter) {
    for (Lsn at = std::max(from, log_.begin_lsn()); at < to;) {
      const StreamLog::Entry* entry = log_.after(at);
      if (entry == nullptr) return;
      if (kernel_.now() - entry->written >= kLate) ++counter;
      at = entry->record->end;
    }
  };
  ReplicaCounters& counters = all_[standby]->counters_;
  count(slot.flushed, flushed, counters.late_records);
  count(slot.replayed, replayed, counters.late_replays);
}

/// Sends what may leave, if nothing is under way.
void Replica::pump(std::size_t standby) {
  Slot& slot = slots_[standby];
  Replica& to = *all_[standby];
  if (!slot.connected || slot.under_way || slot.armed) return;
  Records records;
  const StreamLog::Entry* next = log_.after(slot.sent);
  while (next != nullptr && records.size() < kMostRecords) {
    const SimTime leaves = next->written + to.delay_;
    if (leaves > kernel_.now()) break;
    slot.sent = next->record->end;
    records.push_back(next->record);
    next = log_.after(slot.sent);
  }
  if (!records.empty()) {
    slot.under_way = true;
    network_.send(server_.host(), to.server_.host(),
                  [&to, stream = slot.stream, records = std::move(records)] {
                    if (to.server_.running()) to.on_records(stream, records);
                  });
  } else if (next != nullptr) {
    slot.armed = true;
    kernel_.at(next->written + to.delay_, [this, standby] {
      slots_[standby].armed = false;
      pump(standby);
    });
  }
}

/// The regular look of a primary at its standbys.
void Replica::drop_silent() {
  for (Slot& slot : slots_) {
    if (slot.connected && kernel_.now() - slot.heard > options_.timeout) slot.connected = false;
  }
  confirm();
  trim();
}

/// Those whose flush counts, if there are enough of them; else none.
std::vector<std::size_t> Replica::synchronous_standbys() const {
  std::vector<std::size_t> standbys;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (i != index_ && slots_[i].connected) standbys.push_back(i);
  }
  if (standbys.size() < options_.confirmations) return {};
  if (mode_ == Synchronous::first) standbys.resize(options_.confirmations);
  return standbys;
}

void Replica::confirm() {
  if (mode_ == Synchronous::off || server_.in_recovery()) return;
  std::vector<Lsn> flushed;
  for (const std::size_t standby : synchronous_standbys()) {
    flushed.push_back(slots_[standby].flushed);
  }
  if (flushed.empty()) return;
  // The k-th most advanced of them.
  std::ranges::sort(flushed, std::ranges::greater{});
  confirmed_ = std::max(confirmed_, flushed[options_.confirmations - 1]);
  server_.confirm(confirmed_);
}

bool Replica::is_confirmed(Lsn lsn) const { return mode_ == Synchronous::off || lsn <= confirmed_; }

bool Replica::is_synchronous(std::size_t standby) const {
  if (mode_ != Synchronous::first) return false;
  return slots_[standby].flushed >= confirmed_ && confirmed_ > Lsn{};
}

Duration Replica::lag(std::size_t standby) const {
  const Slot& slot = slots_[standby];
  if (slot.flushed < log_.begin_lsn()) return kernel_.now() - SimTime{};
  const StreamLog::Entry* oldest = log_.after(slot.flushed);
  return oldest != nullptr ? kernel_.now() - oldest->written : Duration(0);
}

Duration Replica::replication_lag() const {
  Duration longest{};
  for (const Slot& slot : slots_) {
    if (!slot.connected) continue;
    const StreamLog::Entry* oldest = log_.after(std::max(slot.replayed, log_.begin_lsn()));
    if (oldest != nullptr) longest = std::max(longest, kernel_.now() - oldest->written);
  }
  return longest;
}

/// What every slot has is not needed again; a slot that holds too much is given up.
void Replica::trim() {
  Lsn needed = server_.image().lsn;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (i == index_ || slot.lost) continue;
    const Lsn from = std::max(slot.flushed, log_.begin_lsn());
    if (log_.end().lsn.bytes - from.bytes > options_.slot_limit) {
      slot.lost = true;
      slot.connected = false;
    } else {
      needed = std::min({needed, slot.flushed, slot.replayed});
    }
  }
  log_.trim(needed);
}

}  // namespace aftershock::sim
