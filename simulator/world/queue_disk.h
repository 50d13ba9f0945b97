// What a queue's files and backups hold: copies of its content at the last full interval. They are
// made when the content changes next, so that they cost no events.
#pragma once

#include <optional>

#include "simulator/world/queue_image.h"
#include "simulator/world/server_life.h"

namespace aftershock::sim {

/// What a queue that ended still knows.
enum class Persistence : std::uint8_t {
  none,
  snapshot,     ///< a file of all it holds, written once an interval: RDB
  append_only,  ///< a file of all changes, each written before its answer: AOF
};

/// When what is written to the append-only file is on the disk, whatever becomes of the host.
enum class Fsync : std::uint8_t {
  always,        ///< before the answer
  every_second,  ///< at each full second
  never,         ///< when the operating system does it: at each full half minute
};

struct QueueOptions {
  Persistence persistence = Persistence::none;
  delta::Duration snapshot_interval{60'000'000'000};
  Fsync fsync = Fsync::every_second;
  delta::Duration backup_interval{600'000'000'000};
  delta::Duration restore_overhead{10'000'000'000};  ///< of a restore, with stop and start
};

class PeriodicCopy {
 public:
  explicit PeriodicCopy(delta::Duration interval) : interval_(interval) {}

  /// Before the content changes: it has been like this since the last change.
  void keep(const QueueImage& content, SimTime now);
  /// Until the next full interval it is this one, whatever happens.
  void begin(QueueImage content, SimTime now);
  /// Nothing is copied before the next full interval.
  void skip(SimTime now) { next_ = full(now) + interval_; }

  const QueueImage& content() const { return content_; }
  SimTime taken_at() const { return taken_at_; }

 private:
  SimTime full(SimTime now) const { return now - now.time_since_epoch() % interval_; }

  delta::Duration interval_;
  SimTime next_ = SimTime(interval_);
  SimTime taken_at_{};
  QueueImage content_;
};

class QueueDisk {
 public:
  explicit QueueDisk(const QueueOptions& options);

  /// Before the content changes.
  void keep(const QueueImage& content, SimTime now);
  /// What a start finds after a crash at this moment.
  QueueImage left_by(CrashKind kind, const QueueImage& content, SimTime now);
  /// The queue begins with this.
  void begin(const QueueImage& content, SimTime now);

  const PeriodicCopy& backup() const { return backup_; }

 private:
  Persistence persistence_;
  std::optional<PeriodicCopy> copy_;  ///< none: all changes are there at once, or none ever
  PeriodicCopy backup_;
};

}  // namespace aftershock::sim
