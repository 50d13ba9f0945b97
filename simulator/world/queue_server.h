// The simulated stream queue: one stream, one consumer group. Entries stay pending until they are
// acknowledged, and are handed out again when they were pending for too long.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "core/ports/queue.h"
#include "simulator/world/request_gate.h"

namespace aftershock::sim {

using Entries = std::vector<delta::QueueEntry>;

/// What a queue that crashed still knows: nothing, its state at the last full minute, or at the
/// last full second.
enum class Persistence : std::uint8_t { none, snapshot, append_only };

struct QueueCounters {
  std::uint64_t lost = 0;             ///< dropped by add_loss() or a crash
  std::uint64_t trimmed = 0;          ///< dropped by a limit of the stream's length
  std::uint64_t returned = 0;         ///< acknowledged, and there again after a crash
  std::uint64_t copies_taken = 0;     ///< entries handed out of which there were two
  std::uint64_t overtaken = 0;        ///< entries that a later one was handed out before
  std::uint64_t withheld = 0;         ///< times that a receiver got nothing though there was some
  std::uint64_t abandoned = 0;        ///< receivers that waited when the host lost its power
  std::uint64_t poison_taken = 0;     ///< poisoned entries handed out
  std::uint64_t poison_finished = 0;  ///< of them acknowledged
};

class QueueServer {
 public:
  QueueServer(Kernel& kernel, HostId host)
      : kernel_(kernel), host_(host), gate_(kernel, "queue"), rng_(kernel.stream("queue.faults")) {}

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
  /// Ends at once, and comes back after `downtime` with what it still knows.
  void crash(delta::Duration downtime, Persistence persistence);
  /// Its host is without power until power_on(): it forgets, and whoever waits is told nothing.
  void power_off(Persistence persistence);
  void power_on() { powered_ = true; }
  bool powered() const { return powered_; }
  bool accepting() const { return powered_ && !gate_.in_outage(); }

  // Evidence and measures
  const QueueCounters& counters() const { return counters_; }
  std::size_t depth() const { return entries_.size() + held_.size() + pending_.size(); }

 private:
  enum class Kind : std::uint8_t { plain, copy, poison };
  struct Entry {
    std::uint64_t id = 0;
    delta::AttemptId attempt;
    SimTime published_at{};
    Kind kind = Kind::plain;
  };
  struct Pending {
    Entry entry;
    SimTime taken_at;
  };
  struct Finished {
    Pending pending;
    SimTime acknowledged_at;
  };
  struct Receiver {
    std::uint32_t most;
    SimTime until;
    delta::Duration visibility;
    ReplyTo<Entries> reply;
  };

  bool happens(std::int32_t ppm);
  void accept(delta::AttemptId attempt, Kind kind);
  void hold(const Entry& entry);
  void release(std::uint64_t id);
  void trim();
  void lose_stored();
  void finish(std::uint64_t id);
  void forget_all();
  /// Goes back to what was written to disk at `saved_at`.
  void restore(SimTime saved_at);
  /// All but what was written to disk.
  void forget(Persistence persistence);
  void reset_receivers();

  delta::QueueEntry hand_out(const Entry& entry);
  Entries take(std::uint32_t most, delta::Duration visibility);
  void serve_waiting();
  void arm(SimTime when);
  void on_timer(SimTime when);
  void arm_for_pending();

  Kernel& kernel_;
  HostId host_;
  WorldObserver* observer_ = nullptr;
  RequestGate gate_;
  delta::Rng rng_;  ///< of the faults
  bool powered_ = true;
  FaultSwitch stalled_;
  std::int32_t loss_ppm_ = 0;
  std::int32_t copy_ppm_ = 0;
  std::int32_t reorder_ppm_ = 0;
  delta::Duration reorder_delay_{};
  std::multiset<std::uint32_t> limits_;
  QueueCounters counters_;
  std::uint64_t next_id_ = 1;
  std::uint64_t last_taken_ = 0;              ///< highest id that was handed out
  std::deque<Entry> entries_;                 ///< nobody took them yet
  std::map<std::uint64_t, Entry> held_;       ///< wait to be overtaken
  std::map<std::uint64_t, Pending> pending_;  ///< taken, not acknowledged
  std::deque<Finished> finished_;             ///< acknowledged since the last snapshot
  std::deque<Receiver> receivers_;            ///< waiting, first come first served
  std::set<SimTime> timers_;                  ///< that are set
};

/// One process's end of the queue.
class QueueClient final : public delta::Queue {
 public:
  QueueClient(const CallRoute& route, QueueServer& server, delta::Duration timeout)
      : route_(route), server_(server), timeout_(timeout) {}

  std::expected<void, delta::QueueError> publish(
      const std::vector<delta::AttemptId>& attempts) override;
  std::expected<Entries, delta::QueueError> receive(std::uint32_t most, delta::Duration wait,
                                                    delta::Duration visibility) override;
  std::expected<void, delta::QueueError> acknowledge(
      const std::vector<std::uint64_t>& ids) override;
  void stop_waiting() override;

 private:
  CallRoute route_;
  QueueServer& server_;
  delta::Duration timeout_;
  bool stopped_ = false;
  std::vector<std::weak_ptr<Exchange<Entries>>> receiving_;
};

}  // namespace aftershock::sim
