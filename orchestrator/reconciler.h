// Emits again what is queued in the database although nobody gets it from the queue.
#pragma once

#include "orchestrator/connection.h"
#include "orchestrator/context.h"
#include "orchestrator/dispatcher.h"

namespace delta {

/// Acts only while runners wait at an empty queue: what is available then, and has been for a
/// while, was lost. A backlog that has its place in the queue is left alone.
class Reconciler {
 public:
  Reconciler(OrchestratorContext& context, const Dispatcher& dispatcher)
      : context_(context), dispatcher_(dispatcher) {}

  void start() {
    context_.ports.runtime.tasks.spawn("reconciler", [this] { loop(); });
  }

 private:
  void loop();
  void publish(const std::vector<AttemptId>& forgotten);

  OrchestratorContext& context_;
  const Dispatcher& dispatcher_;
};

}  // namespace delta
