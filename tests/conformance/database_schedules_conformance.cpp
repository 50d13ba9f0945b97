// Schedules: their rows, their locks, what finds them, and that a fire has one run.
#include <gmock/gmock.h>

#include "tests/conformance/database_conformance.h"

namespace delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::array kStates{ScheduleState::active, ScheduleState::paused, ScheduleState::ended,
                             ScheduleState::deleted};

/// A run of schedule 1.
WriteSet fired(std::uint64_t n, DbTime fire_at) {
  WriteSet writes = new_run(n);
  writes.runs[0].row.schedule = schedule_id_of(1);
  writes.runs[0].row.fire_at = fire_at;
  return writes;
}

std::vector<std::string> names(const Found& found) {
  std::vector<std::string> list;
  for (const Schedule& row : found.schedules) list.push_back(row.spec->name);
  return list;
}

TEST_P(DatabaseConformance, every_field_of_a_schedule_comes_back_and_can_be_updated) {
  run([this] {
    Rows expected;
    for (std::uint64_t n = 0; n < kStates.size(); ++n) {
      const Schedule row = full_schedule(n, kStates[n]);
      store(written(ScheduleWrite{row, std::nullopt}));
      expected.put(row);
    }
    expected.control = Control{};
    EXPECT_EQ(texts_.of(world().stored().rows), texts_.of(expected));
    const auto session = connect();
    const Opened opened = open(*session, lock_schedule(0));
    ASSERT_THAT(opened.rows.schedules, SizeIs(1));
    EXPECT_EQ(texts_.of(opened.rows.schedules[0]), texts_.of(full_schedule(0, kStates[0])));
    Schedule row = full_schedule(7, ScheduleState::paused);
    row.id = schedule_id_of(0);
    ScheduleSpec spec = *row.spec;
    spec.name = schedule_name(0);
    row.spec = std::make_shared<const ScheduleSpec>(std::move(spec));
    commit(*session, written(update(opened.rows.schedules[0], row)));
    const Found found = find(*session, FindSchedule{row.id});
    ASSERT_THAT(found.schedules, SizeIs(1));
    row.audit = {};
    EXPECT_EQ(texts_.of(found.schedules[0]), texts_.of(row)) << "without its chain";
  });
}

TEST_P(DatabaseConformance, a_schedule_that_is_changed_must_be_as_it_was_and_one_that_is_new_new) {
  run([this] {
    const Schedule row = full_schedule(1, ScheduleState::active);
    store(written(ScheduleWrite{row, std::nullopt}));
    ScheduleWrite stale = update(row, row);
    *stale.expected -= 1;
    expect_rejected(lock_schedule(1), written(stale));
    expect_rejected({}, written(ScheduleWrite{row, std::nullopt}));
    const Schedule other = full_schedule(2, ScheduleState::active);
    expect_rejected({}, written(update(other, other)));
  });
}

TEST_P(DatabaseConformance, a_fire_of_a_schedule_has_one_run) {
  run([this] {
    store(written(ScheduleWrite{full_schedule(1, ScheduleState::active), std::nullopt}));
    store(fired(1, DbTime(5s)));
    expect_rejected({}, fired(2, DbTime(5s)));
    store(fired(2, DbTime(6s)));
    store(new_run(3));
    store(new_run(4));  // what has no schedule is not compared
    const auto session = connect();
    const Found found = find(*session, FindRun{run_id(2)});
    EXPECT_EQ(found.run->schedule, schedule_id_of(1));
    EXPECT_EQ(found.run->fire_at, DbTime(6s));
  });
}

TEST_P(DatabaseConformance, of_two_transactions_that_run_a_fire_one_is_refused) {
  run([this] {
    const auto first = connect();
    open(*first, {});
    const auto second = connect();
    open(*second, {});
    commit(*first, fired(1, DbTime(5s)));
    const CommitCall late = begin_commit(*second, fired(2, DbTime(5s)));
    settle();
    ASSERT_TRUE(late.is_over());
    EXPECT_EQ(late->outcome, CommitOutcome::not_committed);
    EXPECT_EQ(late->error.kind, DbFailure::rejected);
  });
}

TEST_P(DatabaseConformance, a_locked_schedule_is_waited_for_or_skipped) {
  run([this] {
    for (const std::uint64_t n : {1U, 2U}) {
      store(written(ScheduleWrite{full_schedule(n, ScheduleState::active), std::nullopt}));
    }
    const auto holder = connect();
    const Opened held = open(*holder, lock_schedule(1));
    const auto skipper = connect();
    OpenRequest both = lock_schedule(1, OnLocked::skip);
    both.schedules.push_back(schedule_id_of(2));
    const Opened rest = open(*skipper, both);
    ASSERT_THAT(rest.rows.schedules, SizeIs(1));
    EXPECT_EQ(rest.rows.schedules[0].id, schedule_id_of(2));
    skipper->rollback();
    const auto waiter = connect();
    const OpenCall waiting = begin_open(*waiter, lock_schedule(1));
    settle();
    EXPECT_FALSE(waiting.is_over());
    Schedule row = held.rows.schedules[0];
    row.audit.length += 1;
    row.fires += 1;
    commit(*holder, written(update(held.rows.schedules[0], row)));
    settle();
    ASSERT_TRUE(waiting.is_over() && *waiting);
    EXPECT_EQ((*waiting)->rows.schedules.at(0).fires, row.fires) << "the newest version";
    waiter->rollback();
  });
}

TEST_P(DatabaseConformance, finds_schedules_that_are_due_longest_first) {
  run([this] {
    const auto session = connect();
    const DbTime now = open(*session, {}).now;
    session->rollback();
    for (std::uint64_t n = 1; n <= 5; ++n) {
      Schedule row = full_schedule(n, n == 4 ? ScheduleState::paused : ScheduleState::active);
      const Duration ago = std::chrono::minutes(n);
      if (n != 4) row.next_fire = n == 5 ? now + 1h : now - ago;
      store(written(ScheduleWrite{row, std::nullopt}));
    }
    const Found found = find(*session, FindDueSchedules{});
    EXPECT_THAT(names(found), ElementsAre("schedule-3", "schedule-2", "schedule-1"));
    EXPECT_GE(found.now, now);
    EXPECT_LT(found.now, now + 1min);
    EXPECT_THAT(names(find(*session, FindDueSchedules{2})),
                ElementsAre("schedule-3", "schedule-2"));
    const Found load = find(*session, FindLoad{});
    EXPECT_EQ(load.load->schedules, 4U);
    EXPECT_GE(load.load->oldest_fire, 3min);
    EXPECT_LT(load.load->oldest_fire, 4min);
  });
}

TEST_P(DatabaseConformance, lists_schedules_by_name_in_pages_without_deleted_ones) {
  run([this] {
    for (std::uint64_t n = 0; n < 12; ++n) {
      const Schedule row = full_schedule(n, kStates[n % kStates.size()]);
      store(written(ScheduleWrite{row, std::nullopt}));
    }
    const auto session = connect();
    EXPECT_THAT(names(find(*session, FindSchedules{})),
                ElementsAre("schedule-0", "schedule-1", "schedule-10", "schedule-2", "schedule-4",
                            "schedule-5", "schedule-6", "schedule-8", "schedule-9"));
    EXPECT_THAT(names(find(*session, FindSchedules{"schedule-10", 2})),
                ElementsAre("schedule-2", "schedule-4"));
    EXPECT_THAT(names(find(*session, FindSchedules{"schedule-9", 2})), IsEmpty());
    EXPECT_THAT(names(find(*session, FindSchedules{"schedule-'10\"\\{,}", 1})), SizeIs(1));
    EXPECT_THAT(names(find(*session, FindSchedule{schedule_id_of(99)})), IsEmpty());
  });
}

}  // namespace
}  // namespace delta
