// Reads how much there is to do, for the gauges of the metrics.
#pragma once

#include <functional>

#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

/// Every orchestrator runs one: whichever of them can be asked knows the load.
class Observer {
 public:
  /// `on_schedules`: is told whenever there are active schedules.
  Observer(OrchestratorContext& context, std::function<void()> on_schedules)
      : context_(context), on_schedules_(std::move(on_schedules)) {}

  void start() {
    context_.ports.runtime.tasks.spawn("observer", [this] { loop(); });
  }

 private:
  void loop();
  /// Whether the gauges are of now; they are absent otherwise.
  bool observe(Connection& connection);

  OrchestratorContext& context_;
  std::function<void()> on_schedules_;
};

}  // namespace delta
