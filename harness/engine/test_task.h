// The test task of a runbook: a schedule of one fire, created through the API, and what became of
// it.
#pragma once

#include <optional>

#include "harness/engine/drill_context.h"

namespace aftershock {

class TestTask {
 public:
  explicit TestTask(DrillContext& context) : context_(context) {}

  /// Carries out the step: creates it, waits and looks. Done when it has looked, whatever it saw.
  StepResult run(const StepSpec& step);
  /// What the last look saw; none: nobody has looked.
  const std::optional<StepResult>& seen() const { return seen_; }

 private:
  StepResult look(delta::OrchestratorClient& client, const std::string& name);

  DrillContext& context_;
  std::optional<StepResult> seen_;  ///< done: it has succeeded
};

}  // namespace aftershock
