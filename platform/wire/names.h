// How the enums that cross the wire are spelled, and how many values each has.
#pragma once

#include <cstddef>

#include "core/api.h"

namespace delta::wire {

using delta::name_of;

constexpr std::string_view name_of(Status value) {
  return labels::statuses.at(static_cast<std::size_t>(value));
}
constexpr std::string_view name_of(FailureClass value) {
  return labels::failures.at(static_cast<std::size_t>(value));
}
constexpr std::string_view name_of(ArtifactState value) {
  return labels::artifact_states.at(static_cast<std::size_t>(value));
}

template <class Enum>
inline constexpr std::size_t kValues = 0;
template <>
inline constexpr std::size_t kValues<Status> = labels::statuses.size();
template <>
inline constexpr std::size_t kValues<FailureClass> = labels::failures.size();
template <>
inline constexpr std::size_t kValues<ArtifactState> = labels::artifact_states.size();
template <>
inline constexpr std::size_t kValues<RunState> = kRunStates;
template <>
inline constexpr std::size_t kValues<JobState> = labels::job_states.size();
template <>
inline constexpr std::size_t kValues<AttemptState> = kAttemptStates;
template <>
inline constexpr std::size_t kValues<Reason> = 11;
template <>
inline constexpr std::size_t kValues<ActorKind> = 4;
template <>
inline constexpr std::size_t kValues<ScheduleKind> = kScheduleKindNames.size();
template <>
inline constexpr std::size_t kValues<CatchUp> = kCatchUpNames.size();
template <>
inline constexpr std::size_t kValues<ScheduleState> = kScheduleStateNames.size();

}  // namespace delta::wire
