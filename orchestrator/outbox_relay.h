// Carries committed dispatches from the outbox to the queue: at least once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "orchestrator/committer.h"
#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

/// What this orchestrator committed is published as soon as it is due; what another left behind is
/// found by looking into the outbox now and then.
class OutboxRelay : public DispatchSink {
 public:
  explicit OutboxRelay(OrchestratorContext& context);

  /// `adopts`: also what others committed and did not publish.
  void start(bool adopts = true);
  void add(const std::vector<PendingDispatch>& dispatches) override;
  /// How late the first dispatch is that is due and not published; 0: none is late.
  Duration lag() const;
  /// Makes the loop look at the stop signal.
  void wake();

 private:
  void publish_loop();
  void adopt_loop();
  /// Blocks until something is due; empty when stopping.
  std::vector<PendingDispatch> next_due();
  /// Says how many of them were not known yet.
  std::size_t take(const std::vector<PendingDispatch>& dispatches);
  bool publish(const std::vector<PendingDispatch>& due);
  void forget(Connection& connection, const std::vector<PendingDispatch>& published);

  OrchestratorContext& context_;
  std::unique_ptr<Monitor> monitor_;
  std::map<std::pair<MonoTime, std::uint64_t>, AttemptId> waiting_;  ///< by (when due, serial)
  std::optional<MonoTime> publishing_;  ///< when the first was due of those being published
  std::set<std::uint64_t> known_;       ///< serials that are waiting or being published
};

}  // namespace delta
