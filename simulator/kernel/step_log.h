// What a simulation did, step by step, and where two runs of it part.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kernel/virtual_time.h"

namespace aftershock::sim {

enum class StepKind : std::uint8_t {
  fiber,   ///< a fiber was given its turn
  event,   ///< an event's callback ran
  spawn,   ///< a fiber was made; the value is its process
  finish,  ///< a fiber ended
  kill,    ///< the value is the process
  pause,   ///< the value is the process
  resume,  ///< the value is the process
  draw,    ///< a random number, mixed in by its user
  commit,  ///< a database commit, mixed in by its model
  value,   ///< any other value mixed in
};

/// In the order of the enum.
inline constexpr std::array<std::string_view, 10> kStepKindNames{
    "fiber", "event", "spawn", "finish", "kill", "pause", "resume", "draw", "commit", "value"};
constexpr std::string_view name_of(StepKind kind) {
  return kStepKindNames.at(static_cast<std::size_t>(kind));
}

struct Step {
  std::uint64_t number;  ///< from 1
  SimTime time;
  StepKind kind;
  std::uint64_t fiber;  ///< 0: the kernel's own, which runs events
  std::uint64_t value;
  std::uint64_t digest;  ///< of this step and all before it
};

/// Grows by some 50 bytes a step: for a run that is looked into, not for sweeps.
class StepLog {
 public:
  void append(const Step& step) { steps_.push_back(step); }
  void name_fiber(std::uint64_t fiber, std::string name) { names_[fiber] = std::move(name); }

  const std::vector<Step>& steps() const { return steps_; }
  /// Of a fiber that nobody named, as the kernel's own: "kernel".
  std::string_view fiber_name(std::uint64_t fiber) const;
  /// "#12 1s500ms fiber by orchestrator-1/reaper (7) value 0", without the digest, with the time
  /// since `zero`.
  std::string describe(const Step& step, SimTime zero = {}) const;

 private:
  std::vector<Step> steps_;
  std::map<std::uint64_t, std::string> names_;
};

struct Divergence {
  std::uint64_t step;       ///< number of the first step that differs
  std::string description;  ///< of several lines: the last common steps, then both sides
};

/// Nothing when the two logs are the same, length included.
std::optional<Divergence> first_divergence(const StepLog& left, const StepLog& right);

}  // namespace aftershock::sim
