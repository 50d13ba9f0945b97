// What must hold between the values of a scenario: impossible targets, unreachable times.
#pragma once

#include "harness/scenario/scenario.h"
#include "harness/scenario/text.h"
#include "harness/scenario/view.h"

namespace aftershock {

/// Reports what is wrong with `scenario`, read from `root`. A rule is skipped where one of its
/// values is already reported, so that one mistake gives one error.
void check_rules(const Scenario& scenario, const View& root, Problems& problems);

// Parts of it.
void check_cluster(const Scenario& scenario, const View& root, Problems& problems);
void check_range(const DurationRange& range, const View& view, Problems& problems);

/// The shortest observation with which the rules are content: an outage may begin only when leases
/// run out, W has to be seen to the end, and rto.max has to be judged.
delta::Duration least_observation(const Scenario& scenario);

}  // namespace aftershock
