// The simulated stream queue: one stream, one consumer group. Entries stay pending until they are
// acknowledged, and are handed out again when they were pending for too long.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "core/ports/queue.h"
#include "simulator/world/fault_switch.h"
#include "simulator/world/remote_call.h"

namespace aftershock::sim {

using Entries = std::vector<delta::QueueEntry>;

class QueueServer {
 public:
  QueueServer(Kernel& kernel, HostId host) : kernel_(kernel), host_(host) {}

  HostId host() const { return host_; }

  // What happens when a request has arrived.
  void publish(const std::vector<delta::AttemptId>& attempts, const ReplyTo<bool>& reply);
  void receive(std::uint32_t most, delta::Duration wait, delta::Duration visibility,
               const ReplyTo<Entries>& reply);
  void acknowledge(const std::vector<std::uint64_t>& ids, const ReplyTo<bool>& reply);

  /// While on, requests are refused and waiting ones are reset; what is stored stays.
  void set_outage(bool on);

  // Evidence and measures
  std::uint64_t refused() const { return refused_; }
  std::size_t depth() const { return entries_.size() + pending_.size(); }

 private:
  struct Pending {
    delta::AttemptId attempt;
    SimTime taken_at;
  };
  struct Receiver {
    std::uint32_t most;
    SimTime until;
    delta::Duration visibility;
    ReplyTo<Entries> reply;
  };

  template <class Answer>
  bool refuse(const ReplyTo<Answer>& reply);
  Entries take(std::uint32_t most, delta::Duration visibility);
  void serve_waiting();
  void arm(SimTime when);
  void on_timer(SimTime when);
  void arm_for_pending();

  Kernel& kernel_;
  HostId host_;
  FaultSwitch outage_;
  std::uint64_t next_id_ = 1;
  std::uint64_t refused_ = 0;
  std::deque<delta::QueueEntry> entries_;     ///< nobody took them yet
  std::map<std::uint64_t, Pending> pending_;  ///< taken, not acknowledged
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

 private:
  CallRoute route_;
  QueueServer& server_;
  delta::Duration timeout_;
};

}  // namespace aftershock::sim
