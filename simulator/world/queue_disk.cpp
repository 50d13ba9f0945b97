#include "simulator/world/queue_disk.h"

namespace aftershock::sim {

namespace {

constexpr delta::Duration kFlushInterval{1'000'000'000};
// Linux's dirty_expire_centisecs
constexpr delta::Duration kWritebackInterval{30'000'000'000};

std::optional<PeriodicCopy> copy_of(const QueueOptions& options) {
  if (options.persistence == Persistence::snapshot) return PeriodicCopy(options.snapshot_interval);
  if (options.persistence == Persistence::none) return std::nullopt;
  switch (options.fsync) {
    case Fsync::always: return std::nullopt;
    case Fsync::every_second: return PeriodicCopy(kFlushInterval);
    case Fsync::never: break;
  }
  return PeriodicCopy(kWritebackInterval);
}

}  // namespace

void PeriodicCopy::keep(const QueueImage& content, SimTime now) {
  if (now < next_) return;
  content_ = content;
  taken_at_ = full(now);
  skip(now);
}

void PeriodicCopy::begin(QueueImage content, SimTime now) {
  content_ = std::move(content);
  taken_at_ = now;
  skip(now);
}

QueueDisk::QueueDisk(const QueueOptions& options)
    : persistence_(options.persistence),
      copy_(copy_of(options)),
      backup_(options.backup_interval) {}

void QueueDisk::keep(const QueueImage& content, SimTime now) {
  if (copy_) copy_->keep(content, now);
  backup_.keep(content, now);
}

QueueImage QueueDisk::left_by(CrashKind kind, const QueueImage& content, SimTime now) {
  keep(content, now);
  if (persistence_ == Persistence::none) return {};
  const bool all_written = persistence_ == Persistence::append_only && kind == CrashKind::process;
  return all_written || !copy_ ? content : copy_->content();
}

void QueueDisk::begin(const QueueImage& content, SimTime now) {
  if (copy_) copy_->begin(content, now);
  backup_.skip(now);
}

}  // namespace aftershock::sim
