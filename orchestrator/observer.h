// Reads how much there is to do, for the gauges of the metrics.
#pragma once

#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

/// Every orchestrator runs one: whichever of them can be asked knows the load.
class Observer {
 public:
  explicit Observer(OrchestratorContext& context) : context_(context) {}

  void start() {
    context_.ports.runtime.tasks.spawn("observer", [this] { loop(); });
  }

 private:
  void loop();
  /// Whether the gauges are of now; they are absent otherwise.
  bool observe(Connection& connection);

  OrchestratorContext& context_;
};

}  // namespace delta
