// Reading the runbook of a scenario file.
#pragma once

#include "harness/scenario/scenario.h"
#include "harness/scenario/text.h"
#include "harness/scenario/view.h"

namespace aftershock {

/// The steps at `view`, the file's `runbook`, after check_tree(). Reports what does not fit the
/// step, the faults or the steps before it.
std::vector<StepSpec> read_runbook(const View& view, const std::vector<FaultSpec>& faults,
                                   Problems& problems);

}  // namespace aftershock
