// What becomes of a schedule in each state with each message: a table for people to review.
#include <gtest/gtest.h>

#include <sstream>

#include "core/columns.h"
#include "tests/golden/golden_file.h"
#include "tests/model/table.h"

namespace delta::test {
namespace {

constexpr const char* kGolden = "tests/golden/schedule_decisions.txt";
constexpr Duration kPeriod = 30s;
const ScheduleId kId = schedule_id("nightly");

SharedSchedule spec_with(CatchUp catch_up) {
  const ScheduleSpec spec{
      "nightly", {ScheduleKind::interval, "30s"}, catch_up, 2, spec_of({JobSpec{}})};
  return std::make_shared<const ScheduleSpec>(spec);
}

/// The schedule in this state; none: it does not exist.
Table table_in(std::optional<ScheduleState> state, CatchUp catch_up) {
  Table table(spec_of({JobSpec{}}));
  if (!state) return table;
  table.must(CreateSchedule{kId, spec_with(catch_up)});
  if (*state == ScheduleState::ended) {
    // Of an interval only by hand: `once` is another specification.
    Schedule row = *table.rows.schedule(kId);
    row.state = ScheduleState::ended;
    row.next_fire = kNever;
    table.rows.put(row);
  } else if (*state != ScheduleState::active) {
    table.must(ChangeSchedule{kId, *state});
  }
  return table;
}

Fire due(DbTime now) {
  Fire fire{.schedule = kId};
  for (fire.next = kStart + kPeriod; fire.next <= now; fire.next += kPeriod) {
    fire.due.push_back(fire.next);
  }
  return fire;
}

std::string seconds(DbTime time) {
  return time == kNever ? "never" : format_duration(time - kStart);
}

std::string outcome(Table& table, const Message& message) {
  const std::size_t before = table.rows.runs.size();
  const Decision decision = table.tell(message);
  if (decision.refused) return "refused: " + std::string(name_of(*decision.refused));
  const Schedule& row = *table.rows.schedule(kId);
  std::string text = std::string(name_of(row.state)) + ", next " + seconds(row.next_fire);
  text += ", " + std::to_string(table.rows.runs.size() - before) + " runs";
  if (row.skipped > 0) text += ", " + std::to_string(row.skipped) + " skipped";
  return text + (decision.event ? "; on record" : "; not on record");
}

void write_states(std::ostream& out) {
  const auto messages = std::to_array<std::pair<const char*, Message>>({
      {"create", CreateSchedule{kId, spec_with(CatchUp::latest)}},
      {"pause", ChangeSchedule{kId, ScheduleState::paused}},
      {"resume", ChangeSchedule{kId, ScheduleState::active}},
      {"delete", ChangeSchedule{kId, ScheduleState::deleted}},
      {"fire, not due", Fire{kId, 0, {kStart + kPeriod}, kStart + 2 * kPeriod}},
      {"fire, due", due(kStart + 40s)},
      {"fire, not the next", Fire{kId, 0, {kStart + 35s}, kStart + 65s}},
  });
  for (const std::optional<ScheduleState> state :
       {std::optional<ScheduleState>(), std::optional(ScheduleState::active),
        std::optional(ScheduleState::paused), std::optional(ScheduleState::ended),
        std::optional(ScheduleState::deleted)}) {
    out << "\nschedule is " << (state ? name_of(*state) : "not there") << "\n";
    for (const auto& [title, message] : messages) {
      Table table = table_in(state, CatchUp::latest);
      if (std::string_view(title) != "fire, not due") table.pass(40s);
      out << "   " << padded(title, 20) << outcome(table, message) << "\n";
    }
  }
}

void write_policies(std::ostream& out) {
  out << "\nevery 30s, misfire_after 60s, cap 2: all that is due is fired at once\n";
  for (const Duration late : {29s, 30s, 60s, 90s, 91s, 120s, 121s, 600s}) {
    out << "   " << padded(format_duration(late) + " after creation", 24);
    for (const CatchUp policy : {CatchUp::all, CatchUp::latest, CatchUp::skip}) {
      Table table = table_in(ScheduleState::active, policy);
      table.pass(late);
      out << (policy == CatchUp::all ? "" : " | ") << name_of(policy) << ": "
          << padded(outcome(table, due(kStart + late)), 58);
    }
    out << "\n";
  }
}

std::string whole_table() {
  std::ostringstream out;
  out << "What decide() makes of a schedule that fires every 30s. Times count from the clock's\n"
         "start; each message meets the schedule 40s after its creation, or at once if it comes\n"
         "too early.\n";
  write_states(out);
  write_policies(out);
  std::string text = out.str();
  for (std::size_t at; (at = text.find(" \n")) != std::string::npos;) text.erase(at, 1);
  return text;
}

TEST(ScheduleDecisions, AreThoseOfTheReviewedTable) { expect_golden(kGolden, whole_table()); }

}  // namespace
}  // namespace delta::test
