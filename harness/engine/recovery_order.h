// Watches the roles of a scenario's recovery order: when each was lost, started and ready again,
// and whether any was started before those above it were ready.
#pragma once

#include <vector>

#include "harness/engine/readiness.h"
#include "reports/report.h"

namespace aftershock {

class RecoveryOrder {
 public:
  RecoveryOrder(DrillContext& context, const ReadinessProbe& probe);

  /// Spawns one task a role; they end with watch_stop.
  void start();
  /// A step begins to start the role: looks at those above it. Suspends.
  void on_start(Role role);
  /// In the scenario's order; times are of looks, a second apart. Complete once the task has ended.
  std::vector<OrderReport> reports() const;

 private:
  void watch(std::size_t index);
  void look(std::size_t index);

  DrillContext& context_;
  const ReadinessProbe& probe_;
  std::vector<OrderReport> reports_;
};

}  // namespace aftershock
