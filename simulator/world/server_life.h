// How any server of the world ends, and how those who work on one are answered.
#pragma once

#include <cstdint>
#include <functional>

namespace aftershock::sim {

/// Told the answer of a statement or the end of a procedure.
template <class Answer>
using Done = std::function<void(Answer)>;

enum class CrashKind : std::uint8_t {
  process,  ///< the host goes on: what its page cache holds is not lost
  power,    ///< what the disk does not hold is lost
};

}  // namespace aftershock::sim
