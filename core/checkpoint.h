// How far a job of several steps has come, and what its next try needs to go on from there.
#pragma once

#include <cstdint>
#include <string>

#include "core/run_spec.h"

namespace delta {

struct Checkpoint {
  /// Of the state, in bytes. It stands in rows and in the audit log: what is large belongs
  /// elsewhere.
  static constexpr std::size_t kLargestState = 4'096;

  std::uint32_t steps = 0;  ///< the first so many are done; 0: no checkpoint, from the beginning
  std::string state;        ///< JSON that the steps left for those after them, or nothing

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The job can go on from it: steps are left, and the state can be read. After the last step there
/// is none, since whoever ran that hands in the job's result.
bool is_sound(const Checkpoint& checkpoint, const JobSpec& job);

}  // namespace delta
