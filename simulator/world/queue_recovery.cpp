// How the queue ends, and what it begins with again.
#include <utility>

#include "simulator/world/queue_server.h"

namespace aftershock::sim {

void QueueServer::fall(CrashKind kind) {
  set_outage(true);
  if (left_) return;  // it is down already
  left_ = disk_.left_by(kind, image_, kernel_.now());
  count(loss_between(image_, *left_));
}

void QueueServer::count(const QueueLoss& loss) {
  counters_.lost += loss.lost - counted_.lost;
  counters_.returned += loss.returned - counted_.returned;
  counted_ = loss;
}

void QueueServer::crash(delta::Duration downtime, CrashKind kind) {
  fall(kind);
  kernel_.at(kernel_.now() + downtime, [this] {
    start();
    set_outage(false);
  });
}

void QueueServer::corrupt() {
  fall(CrashKind::process);
  if (damaged_) return set_outage(false);  // it is down for that reason already
  damaged_ = true;
  count(loss_between(image_, {}));
}

void QueueServer::start() {
  if (!left_ || restoring_) return;  // it has been started meanwhile, or will be
  if (damaged_) {
    ++counters_.failed_starts;
    return;
  }
  QueueImage found = *std::exchange(left_, std::nullopt);
  if (!follows_) return static_cast<void>(begin_with(std::move(found)));
  become(std::move(found));
  if (hooks_.on_begin) hooks_.on_begin();
}

void QueueServer::become(QueueImage image) {
  image_ = std::move(image);
  image_.sort();
  disk_.begin(image_, kernel_.now());
}

QueueLoss QueueServer::begin_with(QueueImage image) {
  const std::size_t before = depth();
  const QueueLoss loss = loss_between(image_, image);
  count(loss);
  counted_ = {};
  become(std::move(image));
  if (hooks_.on_begin) hooks_.on_begin();
  if (observer_ != nullptr) observer_->on_depth(before, depth());
  return loss;
}

void QueueServer::restore(Done<Restored> done) {
  if (restoring_) return done(std::unexpected("another restore is under way"));
  restoring_ = true;
  set_outage(true);
  // Stopped in order, it writes all that it has; after a crash there is what that left.
  if (!left_) disk_.keep(image_, kernel_.now());
  aside_.push_back(left_.value_or(image_));
  kernel_.at(kernel_.now() + options_.restore_overhead,
             [this, done = std::move(done)] { end_restore(done); });
}

void QueueServer::end_restore(const Done<Restored>& done) {
  left_.reset();
  if (std::exchange(damaged_, false)) set_outage(false);
  const PeriodicCopy& backup = disk_.backup();
  QueueRestore restored{.taken_at = backup.taken_at(), .aside = aside_.back().size()};
  restored.loss = begin_with(backup.content());
  restored.entries = depth();
  restoring_ = false;
  set_outage(false);
  done(restored);
}

void QueueServer::follow() {
  follows_ = true;
  reset_receivers();
  for (const std::uint64_t id : image_.ids()) {
    if (!written_off_.contains(id)) ++counters_.lost;
  }
  written_off_.clear();
}

void QueueServer::lead() {
  follows_ = false;
  become(std::move(image_));
}

void QueueServer::replay(const QueueChange& change) {
  disk_.keep(image_, kernel_.now());
  image_.apply(change);
}

void QueueServer::copy(const QueueImage& all) {
  image_ = all;
  disk_.begin(image_, kernel_.now());
}

QueueLoss QueueServer::write_off(const QueueImage& successor) {
  const QueueLoss loss = loss_between(image_, successor);
  count(loss);
  counted_ = {};
  written_off_ = image_.ids();
  return loss;
}

}  // namespace aftershock::sim
