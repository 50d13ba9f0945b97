// fires-once: each way to break it is found, and what keeps it is not.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

const ScheduleId kSchedule = schedule_id("nightly");

class FiresOnceTest : public CheckerTest {
 protected:
  FiresOnceTest() : CheckerTest(make_fires_once) {}

  void create(CatchUp catch_up, ScheduleTiming timing = {ScheduleKind::interval, "1m"},
              DbTime first = kNever) {
    const ScheduleSpec spec{"nightly", std::move(timing), catch_up, 2, single()};
    commit(CreateSchedule{kSchedule, std::make_shared<const ScheduleSpec>(spec), first});
  }
  const Schedule& row() const { return *tables.schedule(kSchedule); }
  /// What is due now, of an interval of a minute.
  WriteSet fired() {
    Fire fire{.schedule = kSchedule};
    for (fire.next = row().next_fire; fire.next <= now; fire.next += 1min) {
      fire.due.push_back(fire.next);
    }
    return decided(fire);
  }
  void expect_found(const std::string& what) {
    ASSERT_FALSE(findings.empty());
    EXPECT_NE(findings[0].message.find(what), std::string::npos) << findings[0].message;
  }
};

TEST_F(FiresOnceTest, AcceptsWhatThePoliciesSay) {
  for (const CatchUp policy : {CatchUp::all, CatchUp::latest, CatchUp::skip}) {
    create(policy);
    now += 1min;
    commit(fired());
    now += 10min + 30s;
    commit(fired());
    commit(ChangeSchedule{kSchedule, ScheduleState::deleted});
  }
  checker->on_final(final_read());
  EXPECT_TRUE(findings.empty()) << findings[0].message << " " << findings[0].rows.back();
  EXPECT_GT(checker->checks(), 20U);
}

TEST_F(FiresOnceTest, FindsAFireWithTwoRuns) {
  create(CatchUp::all);
  now += 1min;
  const WriteSet first = fired();
  commit(first);
  now += 1min;
  WriteSet second = fired();
  second.runs[0].row.fire_at = first.runs[0].row.fire_at;
  commit(std::move(second));
  expect_found("a fire has two runs");
}

TEST_F(FiresOnceTest, FindsAScheduleThatIsSetBackAndFiresAgain) {
  create(CatchUp::all);
  now += 1min;
  const Schedule before = row();
  commit(fired());
  tables.put(before);
  commit(fired());
  expect_found("a fire has two runs");
}

TEST_F(FiresOnceTest, FindsARunThatIsOffTheSchedule) {
  create(CatchUp::all);
  now += 1min + 5s;
  WriteSet writes = fired();
  writes.runs[0].row.fire_at += 5s;
  commit(std::move(writes));
  expect_found("others have a run");
}

TEST_F(FiresOnceTest, FindsAMissedFireThatIsLost) {
  create(CatchUp::all);
  now += 3min + 30s;
  WriteSet writes = fired();
  writes.runs.pop_back();
  commit(std::move(writes));
  expect_found("others have a run");
}

TEST_F(FiresOnceTest, FindsARunForWhatIsToBeSkipped) {
  create(CatchUp::skip);
  now += 3min + 30s;
  WriteSet writes = fired();
  writes.schedules[0].row.skipped = 0;
  RunWrite extra = writes.runs[0];
  extra.row.id = RunId{1, 2};
  extra.row.fire_at -= 1min;
  writes.runs.push_back(extra);
  commit(std::move(writes));
  expect_found("others have a run");
}

TEST_F(FiresOnceTest, FindsAScheduleThatJumpsOverAFire) {
  create(CatchUp::all);
  now += 1min;
  WriteSet writes = fired();
  writes.schedules[0].row.next_fire += 1min;
  commit(std::move(writes));
  expect_found("what is not its next fire");
}

TEST_F(FiresOnceTest, FindsAFireThatComesTooEarly) {
  create(CatchUp::all);
  now += 1min;
  WriteSet writes = fired();
  now -= 1s;
  commit(std::move(writes));
  expect_found("what is not its next fire");
}

TEST_F(FiresOnceTest, FindsARunOfAScheduleThatStaysWhereItIs) {
  create(CatchUp::all);
  now += 1min;
  WriteSet writes = fired();
  writes.schedules.clear();
  commit(std::move(writes));
  expect_found("does not move on");
}

TEST_F(FiresOnceTest, FindsAFirstFireThatIsNotTheFirst) {
  create(CatchUp::all, {ScheduleKind::cron, "0 * * * *"}, DbTime(3h));
  expect_found("not its first fire");
}

TEST_F(FiresOnceTest, FindsAFireThatNobodyMade) {
  create(CatchUp::latest);
  now += 2min + 1s;
  checker->on_final(final_read());
  expect_found("did not happen");
  findings.clear();
  commit(ChangeSchedule{kSchedule, ScheduleState::paused});
  now += 1h;
  checker->on_final(final_read());
  expect_found("was due for 1m1s");
}

TEST_F(FiresOnceTest, ForgetsWhatARestoreTookBack) {
  create(CatchUp::all);
  now += 1min;
  const sim::Tables backup = tables;
  commit(fired());
  tables = backup;
  checker->on_rewind(tables);
  commit(fired());
  EXPECT_TRUE(findings.empty()) << findings[0].message;
}

}  // namespace
}  // namespace aftershock::checker_tests
