// The process between the runner and a job's command. It exists so that nothing of a job survives:
// - As a subreaper it inherits every descendant of the command whose own parent ended, also those
//   that left the session (setsid) or forked twice. That it has no children left is the proof that
//   the job is gone.
// - It ends the job when the runner dies: the kernel then closes the runner's end of `control`.
//   (A death signal would be tied to the thread that forked, not to the process.)
// It is forked, not executed, from a process with threads: behind the fork it only makes system
// calls, on memory that was prepared before.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <span>

namespace delta {

/// A limit of each process of a job: RLIMIT_NOFILE, RLIMIT_FSIZE, ... Never above the runner's own.
struct ResourceLimit {
  decltype(RLIMIT_CORE) resource;
  std::uint64_t most;
};

struct SupervisedCommand {
  char* const* arguments;    ///< ends with null; the first is the program's path
  char* const* environment;  ///< ends with null
  const char* folder;
  int control;  ///< a SOCK_SEQPACKET socket; its end, or any message, is the order to kill
  int lock;     ///< stays open until the job is gone
  int input;
  int output;  ///< standard output and error
  int nice;
  std::span<const ResourceLimit> limits;
};

/// What the supervisor says on `control`: forked before the command can do anything, then started
/// or failed, and after started once ended.
struct SupervisorReport {
  enum class Kind : std::int32_t {
    forked,   ///< value: the command's process id, which is that of its group and session too
    started,  ///< the command is executed
    failed,   ///< value: errno; step: what could not be done
    ended,    ///< value: the command's wait status; step: 1 when a process could not be killed
  };
  Kind kind;
  std::int32_t value;
  std::int32_t step;
};

/// In words, for `step` of a failed start.
const char* step_in_words(std::int32_t step);

/// To be called in the child of a fork, with all signals blocked.
[[noreturn]] void supervise(const SupervisedCommand& command);

}  // namespace delta
