// Group commit: requests wait here for the next transaction that has room.
#pragma once

#include <deque>
#include <memory>

#include "orchestrator/batch.h"
#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

/// Where committed dispatches go on their way to the queue.
class DispatchSink {
 public:
  virtual ~DispatchSink() = default;
  virtual void add(const std::vector<PendingDispatch>& dispatches) = 0;
};

class Committer {
 public:
  Committer(OrchestratorContext& context, DispatchSink& sink);

  void start();
  /// Any task; does not suspend. The work's responder is called after the commit, never before.
  void submit(Work work);
  /// Ends the tasks once everything that was submitted has been answered.
  void drain();

 private:
  void work_loop();
  /// Blocks until there is work; empty when draining is done.
  std::vector<Work> next_batch();
  /// `maybe_committed`: an earlier commit of these works has an unknown outcome.
  void process(Connection& connection, std::vector<Work> batch, bool maybe_committed);
  /// A batch that had a commit of unknown outcome is answered.
  void resolve(Doubt doubt);
  void finish(Connection& connection, const std::vector<Work>& batch, BatchResult result);
  void one_by_one(Connection& connection, std::vector<Work> batch, bool maybe_committed);

  OrchestratorContext& context_;
  DispatchSink& sink_;
  std::unique_ptr<Monitor> monitor_;
  std::deque<Work> pending_;
  bool draining_ = false;
};

}  // namespace delta
