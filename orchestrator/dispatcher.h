// Gives queued attempts to the runners that wait for work.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "orchestrator/committer.h"
#include "orchestrator/context.h"

namespace delta {

class Dispatcher {
 public:
  Dispatcher(OrchestratorContext& context, Committer& committer);

  void start();
  /// A runner wants work (long poll). Answered with grants, or empty when its wait is over.
  void wait_for_work(AcquireRequest request, Responder respond);
  /// Runners wait, and the queue has nothing for them.
  bool is_starving() const;
  void wake();

 private:
  struct Waiting {
    AcquireRequest request;
    Responder respond;
    MonoTime deadline;
  };
  struct Demand {
    std::uint32_t slots = 0;
    MonoTime until{};
  };

  void dispatch_loop();
  void acknowledge_loop();
  /// Blocks until somebody waits; none when stopping.
  std::optional<Demand> next_demand();
  /// How many leases an operator's limit still allows, at most `wanted`. Soft: what several
  /// orchestrators grant at the same time may go over the limit by one batch of each.
  std::uint32_t allowed(Connection& connection, std::uint32_t wanted);
  /// Waits for room below that limit, at most until the first waiting runner must be answered.
  void hold_back(const Demand& demand);
  std::vector<QueueEntry> fetch(Connection& connection, const Demand& demand);
  std::vector<QueueEntry> fetch_from_queue(const Demand& demand);
  std::vector<QueueEntry> fetch_from_database(Connection& connection, const Demand& demand);
  void assign(std::vector<QueueEntry> entries);
  void grant(Waiting waiting, const std::vector<QueueEntry>& entries);
  void answer_late(MonoTime now);

  OrchestratorContext& context_;
  Committer& committer_;
  std::unique_ptr<Monitor> monitor_;
  std::deque<Waiting> waiting_;         ///< in order of their deadlines
  std::vector<std::uint64_t> handled_;  ///< queue entries to acknowledge
  std::size_t granting_ = 0;            ///< entries whose acquire is not answered yet
  bool starving_ = false;               ///< the last look found nothing, or the present one waits
  bool closed_ = false;
};

}  // namespace delta
