// The reads of the simulated PostgreSQL and the order of their answers.
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

constexpr DbTime at(Duration since_start) { return DbTime(since_start); }

Attempt in_state(std::uint64_t n, AttemptState state) {
  Attempt attempt;
  attempt.id = attempt_id(n);
  attempt.run = run_id(n);
  attempt.state = state;
  attempt.generation = 1;
  return attempt;
}

std::vector<std::pair<DueKind, std::uint64_t>> due(const Tables& tables, Duration now,
                                                   std::uint32_t limit = 100) {
  std::vector<std::pair<DueKind, std::uint64_t>> items;
  for (const DueItem& item : tables.find(FindDue{limit}, at(now)).due) {
    items.emplace_back(item.kind,
                       item.kind == DueKind::run ? item.ref.run.lo : item.ref.attempt.lo);
  }
  return items;
}

std::vector<std::uint64_t> numbers(const std::vector<AttemptId>& ids) {
  std::vector<std::uint64_t> result;
  for (const AttemptId& id : ids) result.push_back(id.lo);
  return result;
}

using Items = std::vector<std::pair<DueKind, std::uint64_t>>;
using Numbers = std::vector<std::uint64_t>;

TEST(DatabaseTables, DueHoldsEveryKindFromItsInstantOnOrderedByKindThenId) {
  Tables tables;
  Attempt leased = in_state(9, AttemptState::running);
  leased.expires_at = at(10s);
  tables.put(leased);
  Attempt slow = in_state(8, AttemptState::running);
  slow.expires_at = at(100s);
  slow.deadline = at(10s);
  tables.put(slow);
  Attempt cancelling = in_state(7, AttemptState::cancel_requested);
  cancelling.expires_at = at(100s);
  cancelling.deadline = at(5s);  // not asked for any more
  cancelling.cancel_deadline = at(10s);
  tables.put(cancelling);
  Attempt queued = in_state(6, AttemptState::queued);
  queued.queue_deadline = at(10s);
  tables.put(queued);
  delta::Run run;
  run.id = run_id(1);
  run.deadline = at(10s);
  tables.put(run);
  EXPECT_EQ(due(tables, 10s - 1ns), Items{});
  EXPECT_EQ(due(tables, 10s), (Items{{DueKind::lease, 9},
                                     {DueKind::cancellation, 7},
                                     {DueKind::timeout, 6},
                                     {DueKind::timeout, 8},
                                     {DueKind::run, 1}}));
  EXPECT_EQ(due(tables, 10s, 2), (Items{{DueKind::lease, 9}, {DueKind::cancellation, 7}}));
}

TEST(DatabaseTables, GraceDefersLeasesButNoOtherDeadline) {
  Tables tables;
  Attempt attempt = in_state(1, AttemptState::running);
  attempt.expires_at = at(10s);
  attempt.deadline = at(20s);
  tables.put(attempt);
  Control control;
  control.grace_until = at(30s);
  tables.put(control);
  EXPECT_EQ(due(tables, 15s), Items{});
  EXPECT_EQ(due(tables, 20s), (Items{{DueKind::timeout, 1}}));
  EXPECT_EQ(due(tables, 30s), (Items{{DueKind::lease, 1}, {DueKind::timeout, 1}}));
}

TEST(DatabaseTables, RenewedAndEndedRowsAreNoLongerDue) {
  Tables tables;
  Attempt attempt = in_state(1, AttemptState::running);
  attempt.expires_at = at(10s);
  tables.put(attempt);
  attempt.expires_at = at(20s);
  tables.put(attempt);
  EXPECT_EQ(due(tables, 19s), Items{});
  EXPECT_EQ(due(tables, 20s), (Items{{DueKind::lease, 1}}));
  attempt.state = AttemptState::succeeded;
  tables.put(attempt);
  delta::Run run;
  run.id = run_id(1);
  run.deadline = at(10s);
  tables.put(run);
  run.state = RunState::failed;
  tables.put(run);
  EXPECT_EQ(due(tables, 100s), Items{});
}

TEST(DatabaseTables, LiveLeasesOfAnOlderGenerationAreDueAtOnceAndAfterAllElse) {
  Tables tables;
  Attempt old = in_state(1, AttemptState::running);
  old.expires_at = at(100s);
  tables.put(old);
  Attempt ended = in_state(2, AttemptState::lost);
  tables.put(ended);
  tables.put(in_state(3, AttemptState::queued));
  Attempt fresh = in_state(4, AttemptState::running);
  fresh.generation = 2;
  fresh.expires_at = at(10s);
  tables.put(fresh);
  EXPECT_EQ(due(tables, 1s), Items{});
  Control control;
  control.generation = 2;
  control.grace_until = at(50s);
  tables.put(control);
  EXPECT_EQ(due(tables, 1s), (Items{{DueKind::generation, 1}})) << "grace does not keep it";
  control.grace_until = {};
  tables.put(control);
  EXPECT_EQ(due(tables, 10s), (Items{{DueKind::lease, 4}, {DueKind::generation, 1}}));
  old.state = AttemptState::lost;
  tables.put(old);
  EXPECT_EQ(due(tables, 1s), Items{});
}

TEST(DatabaseTables, LiveIsWhatIsHeldByARunnerOrByAll) {
  Tables tables;
  const auto hold = [&tables](std::uint64_t n, std::uint64_t runner, AttemptState state) {
    Attempt attempt = in_state(n, state);
    attempt.runner = {7, runner};
    tables.put(attempt);
  };
  hold(1, 2, AttemptState::running);
  hold(2, 1, AttemptState::leased);
  hold(3, 2, AttemptState::cancel_requested);
  hold(4, 2, AttemptState::lost);
  const auto live = [&tables](const FindLive& request) {
    Numbers found;
    for (const AttemptRef& ref : tables.find(request, {}).live) found.push_back(ref.attempt.lo);
    return found;
  };
  EXPECT_EQ(live({}), (Numbers{1, 2, 3}));
  EXPECT_EQ(live({.runner = RunnerId{7, 2}}), (Numbers{1, 3}));
  EXPECT_EQ(live({.runner = RunnerId{7, 3}}), Numbers{});
  EXPECT_EQ(live({.limit = 2}).size(), 2U);
  hold(1, 2, AttemptState::succeeded);
  EXPECT_EQ(live({.runner = RunnerId{7, 2}}), Numbers{3});
}

TEST(DatabaseTables, DispatchableIsWhatIsAvailableTheLongestWaitingFirst) {
  Tables tables;
  for (const std::uint64_t n : {1U, 2U, 3U, 4U}) {
    Attempt attempt = in_state(n, AttemptState::queued);
    attempt.available_at = at(10s * static_cast<std::int64_t>(5 - n));
    tables.put(attempt);
  }
  Attempt leased = in_state(4, AttemptState::leased);
  tables.put(leased);
  EXPECT_EQ(numbers(tables.find(FindDispatchable{}, at(35s)).attempts), (Numbers{3, 2}));
  EXPECT_EQ(numbers(tables.find(FindDispatchable{1}, at(40s)).attempts), (Numbers{3}));
  EXPECT_EQ(numbers(tables.find(FindForgotten{10s}, at(40s)).attempts), (Numbers{2, 3}));
  EXPECT_EQ(numbers(tables.find(FindForgotten{10s, 1}, at(40s)).attempts), (Numbers{3}));
}

TEST(DatabaseTables, OutboxIsReadInOrderOfSerialsOnceDueForLongEnough) {
  Tables tables;
  tables.put(OutboxRow{1, attempt_id(1), at(20s)});
  tables.put(OutboxRow{2, attempt_id(2), at(10s)});
  tables.put(OutboxRow{3, attempt_id(3), at(10s)});
  const auto serials = [&tables](Duration now, std::uint32_t limit) {
    Numbers result;
    for (const auto& row : tables.find(FindOutbox{5s, limit}, at(now)).outbox) {
      result.push_back(row.serial);
    }
    return result;
  };
  EXPECT_EQ(serials(15s - 1ns, 9), Numbers{});
  EXPECT_EQ(serials(15s, 9), (Numbers{2, 3}));
  EXPECT_EQ(serials(25s, 2), (Numbers{1, 2}));
  tables.delete_outbox(2);
  tables.delete_outbox(2);
  EXPECT_EQ(serials(25s, 2), (Numbers{1, 3}));
}

TEST(DatabaseTables, RunIsShownWithItsOwnJobsAndTheirCurrentAttempts) {
  Tables tables;
  for (const std::uint64_t n : {1U, 2U, 3U}) {
    WriteSet writes = new_run(n, 2);
    tables.put(writes.runs[0].row);
    for (const JobWrite& write : writes.jobs) tables.put(write.row);
    for (const AttemptWrite& write : writes.attempts) tables.put(write.row);
  }
  const auto view = tables.find(FindRun{run_id(2)}, at(0s)).run;
  ASSERT_TRUE(view);
  ASSERT_EQ(view->jobs.size(), 2u);
  EXPECT_EQ(view->jobs[0].attempt, AttemptState::queued);
  EXPECT_EQ(view->jobs[1].attempt, AttemptState::waiting);
  EXPECT_EQ(view->jobs[1].current, attempt_id(21));
  EXPECT_FALSE(tables.find(FindRun{run_id(9)}, at(0s)).run);
}

TEST(DatabaseTables, AuditIsInOrderOfSerialsWhateverTheOrderOfCommits) {
  Tables tables;
  for (const std::uint64_t serial : {2U, 5U, 1U, 4U}) {
    AuditEvent event;
    event.serial = serial;
    tables.append(event);
  }
  std::vector<std::uint64_t> serials;
  for (const AuditEvent& event : tables.audit()) serials.push_back(event.serial);
  EXPECT_EQ(serials, (Numbers{1, 2, 4, 5}));
}

TEST(DatabaseTables, LoadCountsWhatWaitsAndWhatIsHeld) {
  Tables tables;
  Attempt ready = in_state(1, AttemptState::queued);
  ready.available_at = at(10s);
  tables.put(ready);
  Attempt later = in_state(2, AttemptState::queued);
  later.available_at = at(60s);
  tables.put(later);
  Attempt held = in_state(3, AttemptState::running);
  tables.put(held);
  tables.put(OutboxRow{1, attempt_id(1), at(15s)});
  tables.put(OutboxRow{2, attempt_id(2), at(90s)});
  delta::Load load = *tables.find(FindLoad{}, at(40s)).load;
  EXPECT_EQ(load.queued, 1U);
  EXPECT_EQ(load.oldest_queued, 30s);
  EXPECT_EQ(load.live_leases, 1U);
  EXPECT_EQ(load.outbox, 1U);
  EXPECT_EQ(load.oldest_outbox, 25s);
  held.state = AttemptState::succeeded;
  tables.put(held);
  load = *tables.find(FindLoad{}, at(70s)).load;
  EXPECT_EQ(load.queued, 2U);
  EXPECT_EQ(load.live_leases, 0U);
}

}  // namespace
}  // namespace aftershock::sim
