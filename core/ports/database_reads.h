// What can be asked of the authoritative store without locks: each one statement on committed rows.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "core/api.h"

namespace delta {

struct OutboxRow {
  std::uint64_t serial = 0;  ///< given by the database
  AttemptId attempt;
  DbTime due{};
};

/// Reads without locks, on committed rows; each one statement, ordered by id or serial.
struct FindDue {  ///< leases at their end or of an older generation, deadlines that passed
  std::uint32_t limit = 100;
};
struct FindDispatchable {  ///< queued and available, longest first
  std::uint32_t limit = 100;
};
struct FindForgotten {  ///< queued and available for at least `age`
  Duration age = 30s;
  std::uint32_t limit = 100;
};
struct FindOutbox {  ///< outbox rows that have been due for at least `age`
  Duration age = 5s;
  std::uint32_t limit = 100;
};
struct FindLive {  ///< attempts that somebody holds, of one runner or of all
  std::optional<RunnerId> runner = {};
  std::uint32_t limit = 100;
};
struct FindRun {  ///< with its jobs, each with its current attempt
  RunId run;
  AttemptId attempt = {};  ///< in place of its job's current one, if it is of this run
};
struct FindRuns {  ///< newest first, by id where times are equal; after that run in this order
  std::optional<RunState> state = {};
  RunId after = {};  ///< nil: from the first
  std::uint32_t limit = 50;
};
struct FindArtifacts {  ///< of the accepted completions in a run, in the order of their serials
  RunId run;
};
struct FindSchedule {
  ScheduleId schedule;
};
struct FindSchedules {  ///< that are not deleted, by name
  std::string after = {};
  std::uint32_t limit = 50;
};
struct FindDueSchedules {  ///< active, their next fire due; longest first
  std::uint32_t limit = 100;
};
/// How much there is to do, and since when; counted by partial indexes, not by passing over rows.
struct FindLoad {};
using FindRequest =
    std::variant<FindDue, FindDispatchable, FindForgotten, FindOutbox, FindLive, FindRun, FindLoad,
                 FindRuns, FindArtifacts, FindSchedule, FindSchedules, FindDueSchedules>;

enum class DueKind : std::uint8_t { lease, cancellation, timeout, run, generation };
struct DueItem {
  DueKind kind = DueKind::lease;
  AttemptRef ref;  ///< kind run: only ref.run
};
struct Load {
  std::uint64_t queued = 0;       ///< attempts that may be leased now
  Duration oldest_queued{};       ///< how long the first of them has been available
  std::uint64_t live_leases = 0;  ///< attempts that somebody holds
  std::uint64_t outbox = 0;       ///< rows that nobody published yet
  Duration oldest_outbox{};       ///< how long the first of them has been due
  /// Age of the oldest transaction of another session that keeps dead rows from being vacuumed: one
  /// that has locked or written rows, or is in the middle of a statement. As far as may be seen.
  Duration oldest_transaction{};
  std::uint64_t schedules = 0;  ///< that are active
  Duration oldest_fire{};       ///< how long the first of their fires has been due
  /// How far the standby that is farthest behind is, of those that are connected; 0: there are
  /// none.
  Duration replication_lag{};
};
struct Found {
  std::vector<DueItem> due;
  std::vector<AttemptId> attempts;
  std::vector<AttemptRef> live;
  std::vector<OutboxRow> outbox;
  std::optional<RunView> run;
  std::vector<RunSummary> runs;
  std::vector<AttemptArtifacts> artifacts;
  std::optional<Load> load;
  std::vector<Schedule> schedules;  ///< without their chains
  DbTime now{};                     ///< when schedules were asked for
};

}  // namespace delta
