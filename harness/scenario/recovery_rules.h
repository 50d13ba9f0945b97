// What must hold between the order of recovery, the runbook's starts and the faults.
#pragma once

#include "harness/scenario/scenario.h"
#include "harness/scenario/text.h"
#include "harness/scenario/view.h"

namespace aftershock {

/// The role that the step starts; none: it starts nothing.
std::optional<Role> started_by(const StepSpec& step);

/// A runbook that starts a role before those that the order has above it is wrong, and so is one
/// that never starts what a fault leaves off. Reports each with its place.
void check_recovery(const Scenario& scenario, const View& root, Problems& problems);

}  // namespace aftershock
