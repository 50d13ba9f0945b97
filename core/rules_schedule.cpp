// Schedules: their beginning, their changes, and their fires. What a Calendar computed comes with
// the message; here it is held against the row, the clock, and what follows without a calendar.
#include <algorithm>

#include "core/check.h"
#include "core/rules.h"

namespace delta::rules {

namespace {

/// When it fires first, after a beginning or a pause; kNever: it would not.
DbTime beginning(const ScheduleSpec& spec, DbTime asked, DbTime last_fire, DbTime now) {
  if (spec.timing.kind == ScheduleKind::interval) return now + period_of(spec.timing);
  const bool is_over = spec.timing.kind == ScheduleKind::once && asked <= now;
  return is_over || asked <= last_fire ? kNever : asked;
}

/// The message's fires are those that the row has next, as far as that can be told.
bool follows(const Schedule& row, const Fire& m) {
  const bool from_next =
      m.older == 0 ? m.due.front() == row.next_fire : m.due.front() > row.next_fire;
  const bool in_order = std::ranges::adjacent_find(m.due, std::greater_equal()) == m.due.end();
  if (!from_next || !in_order || m.next <= m.due.back()) return false;
  if (row.spec->timing.kind == ScheduleKind::once) return m.due.size() == 1 && m.next == kNever;
  if (row.spec->timing.kind != ScheduleKind::interval) return true;
  const Duration period = period_of(row.spec->timing);
  const auto is_nth = [&](DbTime fire, std::size_t n) {
    return fire == row.next_fire + period * static_cast<std::int64_t>(m.older + n);
  };
  return is_nth(m.due.front(), 0) && is_nth(m.due.back(), m.due.size() - 1) &&
         is_nth(m.next, m.due.size());
}

/// How many of the due fires, the newest of them, have their run. The others are skipped.
std::size_t fires_to_run(const ScheduleSpec& spec, const std::vector<DbTime>& due, DbTime now,
                         Duration misfire_after) {
  const auto is_missed = [&](DbTime fire) { return now - fire > misfire_after; };
  const auto missed = static_cast<std::size_t>(std::ranges::count_if(due, is_missed));
  const std::size_t on_time = due.size() - missed;
  switch (spec.catch_up) {
    case CatchUp::all: return on_time + std::min<std::size_t>(missed, spec.cap);
    case CatchUp::latest: return std::max<std::size_t>(on_time, 1);
    case CatchUp::skip: return on_time;
  }
  CHECK(false);
  return 0;
}

}  // namespace

Decision apply(Draft& draft, const CreateSchedule& m) {
  const Schedule* known = draft.schedule(m.schedule);
  if (known != nullptr && known->state != ScheduleState::deleted) {
    return draft.refuse(Reason::taken);
  }
  if (!problem(*m.spec).empty() || m.schedule != schedule_id(m.spec->name)) {
    return draft.refuse(Reason::unsound);
  }
  Schedule row = known != nullptr ? *known : Schedule{};
  row.id = m.schedule;
  row.spec = m.spec;
  row.state = ScheduleState::active;
  row.created_at = draft.context().now;
  row.next_fire = beginning(*m.spec, m.first, row.last_fire, draft.context().now);
  if (row.next_fire == kNever) return draft.refuse(Reason::unsound);
  draft.record(std::move(row));
  return draft.take();
}

Decision apply(Draft& draft, const ChangeSchedule& m) {
  const Schedule* known = draft.schedule(m.schedule);
  if (known == nullptr || known->state == ScheduleState::deleted) {
    const bool done = known != nullptr && m.to == ScheduleState::deleted;
    return draft.refuse(done ? Reason::already_done : Reason::not_found);
  }
  if (known->state == m.to) return draft.refuse(Reason::already_done);
  const bool legal = m.to == ScheduleState::deleted ||
                     (m.to == ScheduleState::paused && known->state == ScheduleState::active) ||
                     (m.to == ScheduleState::active && known->state == ScheduleState::paused);
  if (!legal) return draft.refuse(Reason::wrong_state);
  Schedule row = *known;
  row.state = m.to;
  row.next_fire = kNever;
  if (m.to == ScheduleState::active) {
    row.next_fire = beginning(*row.spec, m.next, row.last_fire, draft.context().now);
    if (row.next_fire == kNever) return draft.refuse(Reason::unsound);
  }
  draft.record(std::move(row));
  return draft.take();
}

Decision apply(Draft& draft, const Fire& m) {
  const Schedule* known = draft.schedule(m.schedule);
  if (known == nullptr) return draft.refuse(Reason::not_found);
  if (known->state != ScheduleState::active) return draft.refuse(Reason::wrong_state);
  if (m.due.empty() || m.due.size() > kMostDueFires) return draft.refuse(Reason::unsound);
  if (known->next_fire > m.due.back()) return draft.refuse(Reason::already_done);
  if (!follows(*known, m)) return draft.refuse(Reason::unsound);
  const DbTime now = draft.context().now;
  if (m.due.back() > now) return draft.refuse(Reason::not_due);
  if (!draft.context().ingesting) return draft.refuse(Reason::paused);
  Schedule row = *known;
  const std::size_t runs = fires_to_run(*row.spec, m.due, now, draft.settings().misfire_after);
  for (auto fire = m.due.end() - static_cast<std::ptrdiff_t>(runs); fire != m.due.end(); ++fire) {
    Run run;
    run.id = draft.fresh_id<RunId>();
    run.spec = row.spec->run;
    run.schedule = row.id;
    run.fire_at = *fire;
    create_run(draft, std::move(run));
  }
  row.fires += runs;
  row.skipped += m.older + (m.due.size() - runs);
  row.last_fire = m.due.back();
  row.next_fire = m.next;
  if (m.next == kNever) row.state = ScheduleState::ended;
  draft.record(std::move(row));
  return draft.take();
}

}  // namespace delta::rules
