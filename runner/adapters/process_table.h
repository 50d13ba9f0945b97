// Finding and killing the descendants of a process, by /proc, with system calls only: it runs
// behind a fork from a process with threads, where nothing else is safe.
#pragma once

#include <sys/types.h>

namespace delta {

/// SIGKILL to every process that descends from `ancestor`, which has made a session for them. Those
/// that are born meanwhile may be missed: repeat it.
void kill_descendants(pid_t ancestor);

}  // namespace delta
