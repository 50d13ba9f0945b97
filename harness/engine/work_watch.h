// Watches what the faults interrupted until all of it moves again, and the backlog until it is
// gone.
#pragma once

#include <optional>

#include "harness/engine/drill_context.h"
#include "harness/engine/fault_timeline.h"

namespace aftershock {

class WorkWatch {
 public:
  WorkWatch(DrillContext& context, const FaultTimeline& faults)
      : context_(context), faults_(faults) {}

  /// Spawns it; it ends with watch_stop, or when there is nothing more to see.
  void start();
  /// All touched work is decided or progressing: between these two looks. None: not seen.
  const std::optional<Bounds>& progressing() const { return progressing_; }
  /// Every run that was submitted before the last fault was over is terminal: between these two
  /// looks.
  const std::optional<Bounds>& drained() const { return drained_; }

 private:
  void watch_loop();
  bool all_progressing() const;

  DrillContext& context_;
  const FaultTimeline& faults_;
  std::optional<Bounds> progressing_;
  std::optional<Bounds> drained_;
};

}  // namespace aftershock
