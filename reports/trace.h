// The trace of one drill: what happened, event by event, in the order in which it happened. Text,
// JSON lines and Perfetto are drawn from it. The words of each kind: docs/MEASUREMENT.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace aftershock {

using delta::Duration;

enum class TraceKind : std::uint8_t {
  phase,      ///< of the drill
  fault,      ///< requested, effective, healed
  runbook,    ///< a step triggered, began, ended
  process,    ///< started, ended, paused, resumed
  network,    ///< links cut and restored, messages swallowed
  database,   ///< takes connections or none; tables that went back in time
  queue,      ///< an entry published, received, acknowledged, lost
  request,    ///< sent to an orchestrator
  answer,     ///< to a request, as its sender got it, or that there was none
  commit,     ///< a message, or what a row became with it
  alert,      ///< fired, resolved
  canary,     ///< good or failed
  violation,  ///< of an invariant
  verdict,    ///< the last event
};
/// In the order of the enum.
inline constexpr std::array<std::string_view, 14> kTraceKindNames{
    "phase",   "fault",  "runbook", "process", "network", "database",  "queue",
    "request", "answer", "commit",  "alert",   "canary",  "violation", "verdict"};
constexpr std::string_view name_of(TraceKind kind) {
  return kTraceKindNames.at(static_cast<std::size_t>(kind));
}

struct TraceEvent {
  Duration at{};           ///< from time 0 of the fault timeline: the report's time
  std::uint64_t step = 0;  ///< steps that the simulation had made; 0: no simulation
  TraceKind kind = TraceKind::phase;
  std::string what = {};                 ///< the kind's word for it: "start"
  std::string host = {};                 ///< where; empty: the drill itself
  std::uint64_t incarnation = 0;         ///< of the host's process, from 1; 0: none
  std::vector<std::string> others = {};  ///< hosts that take part: targets, the other end
  /// What is the same in events that belong together: the id of a fault or step, the name of an
  /// alert or invariant, the number of a request.
  std::string subject = {};
  std::vector<delta::AttemptRef> about = {};  ///< with a nil attempt: the run as a whole
  std::string from = {};                      ///< states, of a commit
  std::string to = {};
  /// A fault's injection; entries in the queue, after it; a canary's nanoseconds; an epoch.
  std::optional<std::int64_t> value = {};
  std::string text = {};  ///< all of it for people, on one line, without time and host
};

struct Trace {
  Duration begin{};                     ///< of the drill: minus the warm-up
  std::vector<std::string> hosts = {};  ///< all that there are
  std::vector<TraceEvent> events = {};  ///< neither time nor step ever falls
};

/// "runner-3", or "runner-3#2" for its second process.
std::string place_of(const TraceEvent& event);
/// "3f2a91bc" a run, "3f2a91bc/0" an attempt of its job 0, "3f2a91bc/0 +2" with two others; empty
/// when it is about none.
std::string subject_of(const TraceEvent& event);

/// Which events are wanted. Empty: all.
struct TraceFilter {
  std::vector<std::string> hosts = {};  ///< where it happened, or who takes part
  std::vector<std::string> runs = {};   ///< how the ids begin
  std::vector<TraceKind> kinds = {};
  std::optional<Duration> from = {};
  std::optional<Duration> until = {};  ///< the last moment

  bool matches(const TraceEvent& event) const;
};

}  // namespace aftershock
