// Reading the runbook of a scenario file.
#pragma once

#include "harness/scenario/scenario.h"
#include "harness/scenario/text.h"
#include "harness/scenario/view.h"

namespace aftershock {

/// The steps at `view`, the file's `runbook`, after check_tree(). Reports what does not fit the
/// step, the scenario's cluster and faults, or the steps before it.
std::vector<StepSpec> read_runbook(const View& view, const Scenario& scenario, Problems& problems);

}  // namespace aftershock
