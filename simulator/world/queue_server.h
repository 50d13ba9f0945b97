// The simulated stream queue: one stream, one consumer group. Entries stay pending until they are
// acknowledged, and are handed out again when they were pending for too long.
#pragma once

#include <deque>
#include <expected>
#include <functional>
#include <set>
#include <string>

#include "core/ports/queue.h"
#include "simulator/world/queue_disk.h"
#include "simulator/world/request_gate.h"

namespace aftershock::sim {

using Entries = std::vector<delta::QueueEntry>;

struct QueueCounters {
  std::uint64_t lost = 0;             ///< dropped by add_loss() or a crash
  std::uint64_t trimmed = 0;          ///< dropped by a limit of the stream's length
  std::uint64_t returned = 0;         ///< acknowledged, and there again after a crash or restore
  std::uint64_t copies_taken = 0;     ///< entries handed out of which there were two
  std::uint64_t overtaken = 0;        ///< entries that a later one was handed out before
  std::uint64_t withheld = 0;         ///< times that a receiver got nothing though there was some
  std::uint64_t poison_taken = 0;     ///< poisoned entries handed out
  std::uint64_t poison_finished = 0;  ///< of them acknowledged
  std::uint64_t failed_starts = 0;    ///< its files could not be read
  std::uint64_t missed = 0;           ///< messages from its primary, because it was down
  std::uint64_t read_only = 0;        ///< requests refused because it is a replica
};

/// Told from inside the moment.
struct QueueHooks {
  std::function<void(const QueueChange&)> on_change;
  std::function<void()> on_begin;  ///< it holds something else, after a crash or a restore
  std::function<void()> on_up;     ///< it takes requests again
};

struct QueueRestore {
  SimTime taken_at{};  ///< the backup
  std::size_t entries = 0;
  QueueLoss loss = {};    ///< against what it held when it ended
  std::size_t aside = 0;  ///< entries in the data that was there, which is kept
};

class QueueServer {
 public:
  /// `number`: 0 is the first primary.
  QueueServer(Kernel& kernel, HostId host, const QueueOptions& options, std::size_t number = 0)
      : kernel_(kernel),
        host_(host),
        options_(options),
        gate_(kernel, "queue", number),
        rng_(kernel.stream("queue.faults", number)),
        disk_(options) {}

  HostId host() const { return host_; }
  /// As Network::observe().
  void observe(WorldObserver* observer) { observer_ = observer; }

  // What happens when a request has arrived.
  void publish(const std::vector<delta::AttemptId>& attempts, const ReplyTo<bool>& reply);
  void receive(std::uint32_t most, delta::Duration wait, delta::Duration visibility,
               const ReplyTo<Entries>& reply);
  void acknowledge(const std::vector<std::uint64_t>& ids, const ReplyTo<bool>& reply);
  /// The connections of receivers that gave up are closed.
  void forget_receivers_gone();

  // Faults. Each call is one cause, which is lifted by the opposite.
  /// What is wrong with any of its requests.
  RequestGate& gate() { return gate_; }
  const RequestGate& gate() const { return gate_; }
  /// While on, requests are refused and waiting ones are reset; what is stored stays.
  void set_outage(bool on);
  /// While on, it takes entries and hands none out.
  void set_stalled(bool on);
  /// Drops a share of what is stored, and of what is published while it lasts.
  void add_loss(std::int32_t ppm);
  /// A share of what is published is stored twice.
  void add_copies(std::int32_t ppm) { copy_ppm_ += ppm; }
  /// A share of what is published waits, for at most `delay`, so that later entries overtake it.
  void add_reordering(std::int32_t ppm, delta::Duration delay);
  /// The stream keeps the newest `length` of the entries that nobody took; the shortest counts.
  void add_limit(std::uint32_t length) { limits_.insert(length); }
  void remove_limit(std::uint32_t length);
  /// Stores entries of attempts that do not exist, and every other one without a readable id.
  void poison(std::uint32_t count);
  /// Ends at once, and comes back after `downtime` with what its disk has.
  void crash(delta::Duration downtime, CrashKind kind);
  /// Ends at once, and its files cannot be read: it does not start before a restore.
  void corrupt();

  // Operators
  using Restored = std::expected<QueueRestore, std::string>;
  /// Stops it, keeps its data aside, and starts it with the newest backup.
  void restore(Done<Restored> done);

  // Replication
  void follow_up(QueueHooks hooks) { hooks_ = std::move(hooks); }
  bool running() const { return !gate_.away(); }
  bool follows() const { return follows_; }
  /// It is a replica from now on, and refuses its clients. What it took as a second primary and
  /// still holds is lost.
  void follow();
  /// It is the primary from now on.
  void lead();
  void replay(const QueueChange& change);
  /// What its primary sent came while it was down.
  void miss() { ++counters_.missed; }
  void copy(const QueueImage& all);
  /// Another server takes over with this. Counted here.
  QueueLoss write_off(const QueueImage& successor);

  // Evidence and measures
  const QueueCounters& counters() const { return counters_; }
  std::size_t depth() const { return image_.size(); }
  const QueueImage& image() const { return image_; }
  /// What restores have kept aside.
  const std::vector<QueueImage>& aside() const { return aside_; }

 private:
  struct Receiver {
    std::uint32_t most;
    SimTime until;
    delta::Duration visibility;
    ReplyTo<Entries> reply;
  };

  template <class Answer>
  bool refuses(const ReplyTo<Answer>& reply);
  bool happens(std::int32_t ppm);
  void accept(delta::AttemptId attempt, EntryKind kind);
  void release(std::uint64_t id);
  void trim();
  void lose_stored();
  void finish(std::uint64_t id);
  /// The only way to change what it holds, but for a start.
  void change(QueueChange change);
  void change(QueueChange::Kind kind, std::vector<std::uint64_t> ids);
  void fall(CrashKind kind);
  void start();
  void end_restore(const Done<Restored>& done);
  QueueLoss begin_with(QueueImage image);
  void become(QueueImage image);
  /// Instead of what was counted when it ended.
  void count(const QueueLoss& loss);
  void reset_receivers();

  delta::QueueEntry hand_out(const StreamEntry& entry);
  Entries take(std::uint32_t most, delta::Duration visibility);
  void serve_waiting();
  void arm(SimTime when);
  void on_timer(SimTime when);
  void arm_for_pending();

  Kernel& kernel_;
  HostId host_;
  QueueOptions options_;
  WorldObserver* observer_ = nullptr;
  RequestGate gate_;
  delta::Rng rng_;  ///< of the faults
  FaultSwitch stalled_;
  std::int32_t loss_ppm_ = 0;
  std::int32_t copy_ppm_ = 0;
  std::int32_t reorder_ppm_ = 0;
  delta::Duration reorder_delay_{};
  std::multiset<std::uint32_t> limits_;
  QueueCounters counters_;
  std::uint64_t last_taken_ = 0;  ///< highest id that was handed out
  QueueImage image_;              ///< while it is down, what it held
  QueueDisk disk_;
  std::optional<QueueImage> left_;  ///< it is down: what its next start will find
  bool damaged_ = false;            ///< its files
  QueueLoss counted_;               ///< when it ended: it may get something else than it left
  bool restoring_ = false;
  std::vector<QueueImage> aside_;
  QueueHooks hooks_;
  bool follows_ = false;
  std::set<std::uint64_t> written_off_;  ///< what it held when another took over
  std::deque<Receiver> receivers_;       ///< waiting, first come first served
  std::set<SimTime> timers_;             ///< that are set
};

}  // namespace aftershock::sim
