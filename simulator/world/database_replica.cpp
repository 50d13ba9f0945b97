// The standby's end of a replication, and what both ends share.
#include "simulator/world/database_replica.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace aftershock::sim {

using namespace delta;

Replica::Replica(Kernel& kernel, Network& network, DatabaseServer& server,
                 const ReplicationOptions& options, std::size_t index)
    : kernel_(kernel),
      network_(network),
      server_(server),
      options_(options),
      index_(index),
      delay_(options.delay),
      mode_(options.synchronous) {
  server_.replicate(*this);
}

void Replica::join(std::vector<Replica*> all) {
  all_ = std::move(all);
  slots_.resize(all_.size());
  tick();
}

/// Arrives only where a server runs.
template <class Arrive>
void Replica::send(Replica& to, Arrive arrive) {
  network_.send(server_.host(), to.server_.host(), [&to, arrive = std::move(arrive)]() mutable {
    if (to.server_.running()) arrive();
  });
}

void Replica::tick() {
  kernel_.at(kernel_.now() + options_.status_interval, [this] { tick(); });
  if (!server_.running()) return;
  if (!server_.in_recovery()) return drop_silent();
  if (source_ == nullptr) return;
  if (connected_ && kernel_.now() - heard_ > options_.timeout) connected_ = false;
  connected_ ? send_status() : dial();
}

void Replica::follow(Replica* primary) {
  source_ = primary;
  connected_ = false;
  ++stream_;  // what is still under way from another is void
  if (primary != nullptr) timeline_ = primary->timeline_;
}

void Replica::copy(Replica& primary) {
  const Image& image = primary.server_.image();
  log_.begin(primary.log_.at(image.lsn));
  flushed_ = image.lsn;
  server_.begin_recovery(image);
  Slot& slot = primary.slots_[index_];
  slot = {};
  slot.flushed = slot.sent = image.lsn;
  follow(&primary);
}

void Replica::begin_from(Image image) {
  follow(nullptr);
  log_.begin({image.lsn, nullptr});
  flushed_ = image.lsn;
  server_.begin_recovery(std::move(image));
}

void Replica::rejoin(Replica& primary) {
  flushed_ = log_.end().lsn;
  server_.begin_recovery(server_.image());
  follow(&primary);
}

void Replica::dial() {
  ++stream_;
  heard_ = kernel_.now();
  send(*source_, [source = source_, index = index_, stream = stream_, position = log_.end()] {
    source->on_dialled(index, stream, position);
  });
}

void Replica::on_accepted(std::uint64_t stream) {
  if (stream != stream_) return;
  connected_ = true;
  heard_ = kernel_.now();
}

void Replica::on_records(std::uint64_t stream, const Records& records) {
  if (stream != stream_ || !server_.in_recovery()) return;
  on_accepted(stream);
  if (records.front()->end.record != log_.end().lsn.record + 1) return;
  for (const SharedRecord& record : records) log_.append(record, kernel_.now());
  server_.receive(records);
}

void Replica::on_cut(Lsn end) {
  log_.cut(end);
  flushed_ = log_.end().lsn;
}

void Replica::on_flushed() {
  flushed_ = log_.end().lsn;
  // It may have to stream to others one day: they are not farther behind than a slot may be.
  while (log_.bytes() > options_.slot_limit) log_.trim(log_.after(log_.begin_lsn())->record->end);
  if (connected_) send_status();
}

void Replica::send_status() {
  send(*source_,
       [source = source_, index = index_, stream = stream_, flushed = flushed_,
        replayed = server_.image().lsn] { source->on_status(index, stream, flushed, replayed); });
}

void Replica::on_down() {
  connected_ = false;
  ++stream_;
  for (Slot& slot : slots_) slot.connected = slot.under_way = false;
}

}  // namespace aftershock::sim
