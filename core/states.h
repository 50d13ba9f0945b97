// The states of runs, jobs, attempts and leases, and every edge between them.
// Source: docs/ARCHITECTURE.md "State machines"; the golden tests/golden/decisions.txt holds the
// whole table of (state, message) pairs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace delta {

enum class RunState : std::uint8_t {
  queued,
  running,
  cancel_requested,
  succeeded,
  failed,
  timed_out,
  cancelled,
};

/// A job is open until one of its attempts, or the lack of one, decides it.
enum class JobState : std::uint8_t { open, succeeded, failed, timed_out, cancelled, skipped };

enum class AttemptState : std::uint8_t {
  waiting,
  queued,
  leased,
  starting,
  running,
  uploading,
  cancel_requested,
  succeeded,
  failed,
  timed_out,
  lost,
  cancelled,
  skipped,
};

/// A lease lives in its attempt's row; its state is a view of that row (see lease_state()).
enum class LeaseState : std::uint8_t {
  none,
  granted,
  active,
  completed,
  cancelled,
  expired,
  revoked,
};

inline constexpr std::size_t kRunStates = 7;
inline constexpr std::size_t kAttemptStates = 13;

struct RunEdge {
  RunState from;
  RunState to;
};
struct AttemptEdge {
  AttemptState from;
  AttemptState to;
};

inline constexpr std::array kRunEdges = std::to_array<RunEdge>({
    {RunState::queued, RunState::running},
    {RunState::queued, RunState::timed_out},
    {RunState::queued, RunState::cancel_requested},
    {RunState::running, RunState::succeeded},
    {RunState::running, RunState::failed},
    {RunState::running, RunState::timed_out},
    {RunState::running, RunState::cancel_requested},
    {RunState::cancel_requested, RunState::cancelled},
});

inline constexpr std::array kAttemptEdges = std::to_array<AttemptEdge>({
    {AttemptState::waiting, AttemptState::queued},
    {AttemptState::waiting, AttemptState::cancelled},
    {AttemptState::waiting, AttemptState::skipped},
    {AttemptState::queued, AttemptState::leased},
    {AttemptState::queued, AttemptState::timed_out},
    {AttemptState::queued, AttemptState::cancelled},
    {AttemptState::queued, AttemptState::skipped},
    {AttemptState::leased, AttemptState::starting},
    {AttemptState::leased, AttemptState::failed},
    {AttemptState::leased, AttemptState::timed_out},
    {AttemptState::leased, AttemptState::lost},
    {AttemptState::leased, AttemptState::cancel_requested},
    {AttemptState::starting, AttemptState::running},
    {AttemptState::starting, AttemptState::failed},
    {AttemptState::starting, AttemptState::timed_out},
    {AttemptState::starting, AttemptState::lost},
    {AttemptState::starting, AttemptState::cancel_requested},
    {AttemptState::running, AttemptState::uploading},
    {AttemptState::running, AttemptState::failed},
    {AttemptState::running, AttemptState::timed_out},
    {AttemptState::running, AttemptState::lost},
    {AttemptState::running, AttemptState::cancel_requested},
    {AttemptState::uploading, AttemptState::succeeded},
    {AttemptState::uploading, AttemptState::failed},
    {AttemptState::uploading, AttemptState::timed_out},
    {AttemptState::uploading, AttemptState::lost},
    {AttemptState::uploading, AttemptState::cancel_requested},
    {AttemptState::cancel_requested, AttemptState::cancelled},
});

constexpr bool is_legal(RunState from, RunState to) {
  for (const RunEdge& edge : kRunEdges) {
    if (edge.from == from && edge.to == to) return true;
  }
  return false;
}

constexpr bool is_legal(AttemptState from, AttemptState to) {
  for (const AttemptEdge& edge : kAttemptEdges) {
    if (edge.from == from && edge.to == to) return true;
  }
  return false;
}

constexpr bool is_terminal(RunState state) { return state >= RunState::succeeded; }
constexpr bool is_terminal(JobState state) { return state != JobState::open; }
constexpr bool is_terminal(AttemptState state) { return state >= AttemptState::succeeded; }

/// Some runner holds a lease on the attempt.
constexpr bool is_live(AttemptState state) {
  return state >= AttemptState::leased && state <= AttemptState::cancel_requested;
}

std::string_view name_of(RunState state);
std::string_view name_of(JobState state);
std::string_view name_of(AttemptState state);
std::string_view name_of(LeaseState state);

}  // namespace delta
