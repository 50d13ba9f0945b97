// The rules of schedules: beginnings, changes, fires and what is caught up; and that a replay
// rebuilds them without a calendar.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/replay.h"
#include "tests/model/table.h"

namespace delta::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kPeriod = 30s;
const ScheduleId kNightly = schedule_id("nightly");

ScheduleSpec every_half_minute(CatchUp catch_up = CatchUp::latest, std::uint32_t cap = 10) {
  return {"nightly", {ScheduleKind::interval, "30s"}, catch_up, cap, spec_of({JobSpec{}})};
}
SharedSchedule shared(ScheduleSpec spec) {
  return std::make_shared<const ScheduleSpec>(std::move(spec));
}

/// A schedule beside the table's run.
struct Fixture {
  Table table{spec_of({JobSpec{}})};

  explicit Fixture(ScheduleSpec spec, DbTime first = kNever) {
    table.must(CreateSchedule{kNightly, shared(std::move(spec)), first});
  }
  const Schedule& schedule() const { return *table.rows.schedule(kNightly); }
  /// All that is due at the context's time, of an interval.
  Fire due() const {
    Fire fire{.schedule = kNightly};
    for (fire.next = schedule().next_fire; fire.next <= table.context.now; fire.next += kPeriod) {
      fire.due.push_back(fire.next);
    }
    return fire;
  }
  std::optional<Reason> refusal(const Message& message) { return table.tell(message).refused; }
  /// Of the runs that it made, in order: how long after the beginning each was to begin.
  std::vector<Duration> fires() const {
    std::vector<Duration> all;
    for (const Run& run : table.rows.runs) {
      if (run.schedule == kNightly) all.push_back(run.fire_at - kStart);
    }
    std::ranges::sort(all);
    return all;
  }
};

TEST(ScheduleRules, AnIntervalBeginsOnePeriodAfterItsCreation) {
  const Fixture f(every_half_minute());
  EXPECT_EQ(f.schedule().next_fire, kStart + kPeriod);
  EXPECT_EQ(f.schedule().state, ScheduleState::active);
}

TEST(ScheduleRules, AFireHasOneRunThatCarriesItsScheduleAndTime) {
  Fixture f(every_half_minute());
  f.table.pass(kPeriod);
  const Decision decision = f.table.tell(f.due());
  ASSERT_TRUE(decision.accepted());
  ASSERT_EQ(decision.rows.runs.size(), 1U);
  const delta::Run& run = decision.rows.runs[0];
  EXPECT_EQ(run.schedule, kNightly);
  EXPECT_EQ(run.fire_at, kStart + kPeriod);
  EXPECT_EQ(run.state, RunState::queued);
  EXPECT_EQ(decision.dispatches.size(), 1U);
  EXPECT_EQ(f.schedule().next_fire, kStart + 2 * kPeriod);
  EXPECT_EQ(f.schedule().fires, 1U);
}

TEST(ScheduleRules, TheSameFireAgainIsDoneAlready) {
  Fixture f(every_half_minute());
  f.table.pass(kPeriod);
  const Fire fire = f.due();
  f.table.must(fire);
  EXPECT_EQ(f.refusal(fire), Reason::already_done);
  EXPECT_THAT(f.fires(), ElementsAre(kPeriod));
}

TEST(ScheduleRules, LateByLessThanAMisfireEveryPolicyRunsAll) {
  for (const CatchUp policy : {CatchUp::all, CatchUp::latest, CatchUp::skip}) {
    Fixture f(every_half_minute(policy, 1));
    f.table.pass(kPeriod + 60s);
    f.table.must(f.due());
    EXPECT_THAT(f.fires(), ElementsAre(30s, 60s, 90s)) << name_of(policy);
    EXPECT_EQ(f.schedule().skipped, 0U);
  }
}

TEST(ScheduleRules, AllCatchesUpTheNewestOfTheMissedUpToItsCap) {
  Fixture f(every_half_minute(CatchUp::all, 2));
  f.table.pass(5min);  // 30 s to 300 s are due, those up to 210 s are missed
  f.table.must(f.due());
  EXPECT_THAT(f.fires(), ElementsAre(180s, 210s, 240s, 270s, 300s));
  EXPECT_EQ(f.schedule().skipped, 5U);
  EXPECT_EQ(f.schedule().fires, 5U);
}

TEST(ScheduleRules, SkipRunsNothingThatWasMissed) {
  Fixture f(every_half_minute(CatchUp::skip));
  f.table.pass(5min);
  f.table.must(f.due());
  EXPECT_THAT(f.fires(), ElementsAre(240s, 270s, 300s));
  EXPECT_EQ(f.schedule().skipped, 7U);
}

TEST(ScheduleRules, LatestRunsTheNewestMissedOneUnlessAFireIsOnTime) {
  Fixture f(every_half_minute(CatchUp::latest));
  f.table.pass(5min);
  f.table.must(f.due());
  EXPECT_THAT(f.fires(), ElementsAre(240s, 270s, 300s));
  ScheduleSpec spec = every_half_minute(CatchUp::latest);
  spec.timing = {ScheduleKind::cron, "0 * * * *"};
  Fixture hourly(spec, kStart + 1h);
  hourly.table.pass(3h + 30min);
  hourly.table.must(Fire{kNightly, 0, {kStart + 1h, kStart + 2h, kStart + 3h}, kStart + 4h});
  EXPECT_THAT(hourly.fires(), ElementsAre(3h));
  EXPECT_EQ(hourly.schedule().skipped, 2U);
}

TEST(ScheduleRules, FiresThatAreTooManyToTellAreSkipped) {
  Fixture f(every_half_minute(CatchUp::all, 3));
  f.table.pass(24h);
  Fire fire = f.due();
  fire.older = fire.due.size() - kMostDueFires;
  fire.due.erase(fire.due.begin(), fire.due.end() - kMostDueFires);
  f.table.must(fire);
  EXPECT_EQ(f.schedule().fires, 6U);
  EXPECT_EQ(f.schedule().fires + f.schedule().skipped, 2880U);
}

TEST(ScheduleRules, RefusesFiresThatAreNotTheSchedulesNext) {
  Fixture f(every_half_minute());
  f.table.pass(2 * kPeriod);
  const Fire good = f.due();
  const auto with = [&good](auto change) {
    Fire bad = good;
    change(bad);
    return bad;
  };
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.due.clear(); })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.due[0] += 1s; })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.due[1] -= 1s; })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.due[1] = m.due[0]; })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.due.erase(m.due.begin()); })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.older = 1; })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.next = m.due.back(); })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.next += 1s; })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) { m.next = kNever; })), Reason::unsound);
  EXPECT_EQ(f.refusal(with([](Fire& m) {
    m.due.push_back(m.next);
    m.next += kPeriod;
  })),
            Reason::not_due);
  EXPECT_EQ(f.refusal(Fire{schedule_id("other"), 0, good.due, good.next}), Reason::not_found);
  EXPECT_THAT(f.fires(), IsEmpty());
  f.table.must(good);
}

TEST(ScheduleRules, APausedScheduleDoesNotFireAndCatchesNothingUp) {
  Fixture f(every_half_minute(CatchUp::all));
  f.table.must(ChangeSchedule{kNightly, ScheduleState::paused});
  EXPECT_EQ(f.schedule().next_fire, kNever);
  f.table.pass(5min);
  EXPECT_EQ(f.refusal(Fire{kNightly, 0, {kStart + kPeriod}, kStart + 2 * kPeriod}),
            Reason::wrong_state);
  f.table.must(ChangeSchedule{kNightly, ScheduleState::active});
  EXPECT_EQ(f.schedule().next_fire, kStart + 5min + kPeriod);
  EXPECT_EQ(f.refusal(ChangeSchedule{kNightly, ScheduleState::active}), Reason::already_done);
  EXPECT_EQ(f.schedule().skipped, 0U) << "nothing was due while it was paused";
}

TEST(ScheduleRules, WhilePausedIngestionTakesNoSubmissionASchedulesFireWaitsToo) {
  Fixture f(every_half_minute(CatchUp::all));
  f.table.must(SetPolicy{{.ingesting = false}, "ann"});
  f.table.pass(kPeriod);
  EXPECT_EQ(f.refusal(f.due()), Reason::paused);
  f.table.must(SetPolicy{{.ingesting = true}, "ann"});
  f.table.must(f.due());
  EXPECT_THAT(f.fires(), ElementsAre(kPeriod));
}

TEST(ScheduleRules, OnceFiresOnceAndEnds) {
  ScheduleSpec spec = every_half_minute();
  spec.timing = {ScheduleKind::once, "1970-01-12T14:00:00"};
  Fixture f(spec, kStart + 10s);
  EXPECT_EQ(f.refusal(Fire{kNightly, 0, {kStart + 10s}, kNever}), Reason::not_due);
  f.table.pass(10s);
  EXPECT_EQ(f.refusal(Fire{kNightly, 0, {kStart + 10s}, kStart + 20s}), Reason::unsound);
  f.table.must(Fire{kNightly, 0, {kStart + 10s}, kNever});
  EXPECT_EQ(f.schedule().state, ScheduleState::ended);
  EXPECT_EQ(f.refusal(Fire{kNightly, 0, {kStart + 10s}, kNever}), Reason::wrong_state);
  EXPECT_EQ(f.refusal(ChangeSchedule{kNightly, ScheduleState::active, kStart + 30s}),
            Reason::wrong_state);
}

TEST(ScheduleRules, WhatWouldNeverFireIsRefused) {
  Table table(spec_of({JobSpec{}}));
  ScheduleSpec spec = every_half_minute();
  spec.timing = {ScheduleKind::once, "1970-01-12T13:00:00"};
  const auto refusal = [&](DbTime first) {
    return table.tell(CreateSchedule{kNightly, shared(spec), first}).refused;
  };
  EXPECT_EQ(refusal(kStart), Reason::unsound) << "its time has passed";
  EXPECT_EQ(refusal(kNever), Reason::unsound);
  spec.timing.kind = ScheduleKind::cron;
  EXPECT_EQ(refusal(kNever), Reason::unsound);
}

TEST(ScheduleRules, ANameIsTakenUntilItsScheduleIsDeleted) {
  Fixture f(every_half_minute());
  const CreateSchedule again{kNightly, shared(every_half_minute(CatchUp::all)), kNever};
  EXPECT_EQ(f.refusal(again), Reason::taken);
  f.table.pass(kPeriod);
  f.table.must(f.due());
  f.table.must(ChangeSchedule{kNightly, ScheduleState::deleted});
  EXPECT_EQ(f.refusal(ChangeSchedule{kNightly, ScheduleState::deleted}), Reason::already_done);
  EXPECT_EQ(f.refusal(ChangeSchedule{kNightly, ScheduleState::active}), Reason::not_found);
  f.table.must(again);
  EXPECT_EQ(f.schedule().spec->catch_up, CatchUp::all);
  EXPECT_EQ(f.schedule().audit.length, 4U) << "its chain goes on";
}

TEST(ScheduleRules, RefusesASpecificationThatIsUnsound) {
  Table table(spec_of({JobSpec{}}));
  const auto refusal = [&](auto change) {
    ScheduleSpec spec = every_half_minute();
    change(spec);
    const ScheduleId id = schedule_id(spec.name);
    return table.tell(CreateSchedule{id, shared(std::move(spec)), kNever}).refused;
  };
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.name = "Nightly"; }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.name = ""; }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.name = std::string(65, 'a'); }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.cap = 0; }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.cap = 101; }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.timing.expression = "999ms"; }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.timing.expression = "soon"; }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec& s) { s.timing.zone = "Europe/Berlin"; }), Reason::unsound);
  EXPECT_EQ(refusal([](ScheduleSpec&) {}), std::nullopt);
}

TEST(ScheduleRules, AReplayRebuildsSchedulesAndTheirRuns) {
  Fixture f(every_half_minute(CatchUp::all, 2));
  f.table.pass(5min);
  f.table.must(f.due());
  f.table.must(ChangeSchedule{kNightly, ScheduleState::paused});
  const ReplayResult replayed = replay(f.table.log, f.table.settings);
  EXPECT_THAT(replayed.problems, IsEmpty());
  EXPECT_THAT(differences(replayed.rows, f.table.rows), IsEmpty());
}

TEST(ScheduleRules, AReplayFindsAFireThatWasMovedByHand) {
  Fixture f(every_half_minute());
  Schedule row = f.schedule();
  row.next_fire += 1h;
  f.table.rows.put(row);
  const ReplayResult replayed = replay(f.table.log, f.table.settings);
  EXPECT_THAT(differences(replayed.rows, f.table.rows),
              ElementsAre(testing::HasSubstr("schedule nightly: table has")));
}

}  // namespace
}  // namespace delta::test
