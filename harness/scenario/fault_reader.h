// Reading one fault of a scenario file: what its kind allows decides what is right.
#pragma once

#include "harness/scenario/scenario.h"
#include "harness/scenario/text.h"
#include "harness/scenario/view.h"

namespace aftershock {

/// The fault at `view`, an item of the file's `faults`, after check_tree(). Reports what does not
/// fit its kind or the cluster. `number` counts from 1 and gives the default id.
FaultSpec read_fault(const View& view, std::size_t number, const ClusterSpec& cluster,
                     Problems& problems);

/// The file's `nemesis`, after check_tree().
NemesisSpec read_nemesis(const View& view, const ClusterSpec& cluster, Problems& problems);

}  // namespace aftershock
