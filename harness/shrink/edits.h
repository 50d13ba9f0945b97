// Changes of a scenario that keep it consistent: what names a thing that is gone goes too.
#pragma once

#include <cstdint>

#include "harness/scenario/scenario.h"
#include "harness/shrink/ddmin.h"

namespace aftershock::shrink {

/// With the nemesis's faults of this seed written out, and the targets written out that the seed
/// draws: the very same drill, but for what is judged. It is watched longer if the format demands
/// it of faults that are written out. After a nemesis that asks for safety only, `recovers` is
/// excepted.
Scenario written_out(const Scenario& scenario, std::uint64_t seed);

/// With these faults alone. Steps of the runbook that repaired another one are gone, too.
Scenario with_faults(const Scenario& scenario, const Kept& kept);

/// With these steps of the runbook alone. What waited for another one waits for its trigger.
Scenario with_steps(const Scenario& scenario, const Kept& kept);

/// With so many orchestrators or runners. Targets that are named by index keep apart as far as
/// there is room: those that are hit come first.
Scenario with_processes(const Scenario& scenario, Role role, std::uint32_t count);

/// How many processes of the role are named by index.
std::uint32_t named_processes(const Scenario& scenario, Role role);

/// With faults and steps named by their position, as if their ids were left out.
Scenario with_plain_ids(const Scenario& scenario);

}  // namespace aftershock::shrink
