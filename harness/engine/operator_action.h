// A step of the runbook that is a request to an orchestrator, made by an operator who tries until
// it is answered.
#pragma once

#include "harness/engine/drill_context.h"

namespace aftershock {

/// None: the step is done to machines, not by a request.
std::optional<delta::AdminAction> admin_action(const StepSpec& step);

/// Suspends until it is answered, or the drill ends.
StepResult request_action(DrillContext& context, const delta::AdminAction& action);

}  // namespace aftershock
