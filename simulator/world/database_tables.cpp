// Reads by index, and writes that keep the indexes.
#include "simulator/world/database_tables.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>

namespace aftershock::sim {

using namespace delta;

namespace {

template <class Table, class Key>
const typename Table::mapped_type* look_up(const Table& table, const Key& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

/// Before this nothing of the attempt is due; a lease may get grace beyond it.
DbTime first_due(const Attempt& attempt) {
  if (attempt.state == AttemptState::queued) return attempt.queue_deadline;
  if (!is_live(attempt.state)) return kNever;
  const bool cancelling = attempt.state == AttemptState::cancel_requested;
  return std::min(attempt.expires_at, cancelling ? attempt.cancel_deadline : attempt.deadline);
}

DbTime queued_since(const Attempt& attempt) {
  return attempt.state == AttemptState::queued ? attempt.available_at : kNever;
}

DbTime open_until(const Run& run) { return is_terminal(run.state) ? kNever : run.deadline; }

/// Moves a row's entry; kNever is no entry.
template <class Index, class RowId>
void reindex(Index& index, const RowId& id, DbTime before, DbTime after) {
  if (before == after) return;
  if (before == kNever) {
    index.emplace(after, id);
  } else if (after == kNever) {
    index.erase({before, id});
  } else {
    auto node = index.extract({before, id});
    node.value().first = after;
    index.insert(std::move(node));
  }
}

void add_due(std::vector<DueItem>& due, const Attempt& attempt, DbTime grace_until, DbTime now) {
  const auto add = [&](DueKind kind, DbTime when) {
    if (when <= now) due.push_back({kind, attempt.ref()});
  };
  if (attempt.state == AttemptState::queued) {
    add(DueKind::timeout, attempt.queue_deadline);
    return;
  }
  add(DueKind::lease, lease_end(attempt, grace_until));
  if (attempt.state == AttemptState::cancel_requested) {
    add(DueKind::cancellation, attempt.cancel_deadline);
  } else {
    add(DueKind::timeout, attempt.deadline);
  }
}

}  // namespace

const Run* Tables::run(RunId id) const { return look_up(runs_, id); }
const Job* Tables::job(RunId run, std::uint32_t index) const {
  return look_up(jobs_, JobKey(run, index));
}
const Attempt* Tables::attempt(AttemptId id) const { return look_up(attempts_, id); }
const delta::Schedule* Tables::schedule(ScheduleId id) const { return look_up(schedules_, id); }
const StoredOperation* Tables::operation(OperationId id) const { return look_up(operations_, id); }

Rows Tables::rows() const {
  Rows all;
  for (const auto& [id, row] : runs_) all.runs.push_back(row);
  for (const auto& [key, row] : jobs_) all.jobs.push_back(row);
  for (const auto& [id, row] : attempts_) all.attempts.push_back(row);
  for (const auto& [id, row] : schedules_) all.schedules.push_back(row);
  all.control = control_;
  return all;
}

Found Tables::find(const FindRequest& request, DbTime now) const {
  Found found;
  if (const auto* due = std::get_if<FindDue>(&request)) {
    found = find_due(due->limit, now);
  } else if (const auto* ready = std::get_if<FindDispatchable>(&request)) {
    found.attempts = find_queued(now, ready->limit);
  } else if (const auto* forgotten = std::get_if<FindForgotten>(&request)) {
    found.attempts = find_queued(now - forgotten->age, forgotten->limit);
    std::ranges::sort(found.attempts);
  } else if (const auto* outbox = std::get_if<FindOutbox>(&request)) {
    found.outbox = find_outbox(now - outbox->age, outbox->limit);
  } else if (const auto* live = std::get_if<FindLive>(&request)) {
    found.live = find_live(*live);
  } else if (const auto* one = std::get_if<FindRun>(&request)) {
    found.run = find_run(*one);
  } else if (const auto* list = std::get_if<FindRuns>(&request)) {
    found.runs = find_runs(*list);
  } else if (const auto* left = std::get_if<FindArtifacts>(&request)) {
    found.artifacts = find_artifacts(left->run);
  } else if (std::holds_alternative<FindLoad>(request)) {
    found.load = find_load(now);
  } else {
    find_schedules(request, now, found);
  }
  return found;
}

Found Tables::find_due(std::uint32_t limit, DbTime now) const {
  Found found;
  for (const auto& [time, id] : due_) {
    if (time > now) break;
    add_due(found.due, attempts_.at(id), control_.grace_until, now);
  }
  for (const auto& [time, id] : deadlines_) {
    if (time > now) break;
    found.due.push_back({DueKind::run, {.run = id, .job = 0, .attempt = {}}});
  }
  // The first of each generation, since they are wanted by id: there are few generations.
  for (auto at = live_.begin(); at != live_.end() && at->first < control_.generation;) {
    const std::uint64_t generation = at->first;
    for (std::uint32_t i = 0; i < limit && at != live_.end() && at->first == generation;
         ++i, ++at) {
      found.due.push_back({DueKind::generation, attempts_.at(at->second).ref()});
    }
    at = live_.lower_bound({generation + 1, {}});
  }
  const auto order = [](const DueItem& item) {
    return std::tuple(item.kind, item.ref.attempt, item.ref.run);
  };
  const std::size_t kept = std::min<std::size_t>(limit, found.due.size());
  const auto end = found.due.begin() + static_cast<std::ptrdiff_t>(kept);
  std::ranges::partial_sort(found.due, end, {}, order);
  found.due.erase(end, found.due.end());
  return found;
}

std::vector<AttemptId> Tables::find_queued(DbTime until, std::uint32_t limit) const {
  std::vector<AttemptId> found;
  for (const auto& [time, id] : queued_) {
    if (time > until || found.size() >= limit) break;
    found.push_back(id);
  }
  return found;
}

std::vector<AttemptRef> Tables::find_live(const FindLive& request) const {
  std::vector<AttemptRef> found;
  auto at = request.runner ? held_.lower_bound({*request.runner, {}}) : held_.begin();
  for (; at != held_.end() && found.size() < request.limit; ++at) {
    if (request.runner && at->first != *request.runner) break;
    found.push_back(attempts_.at(at->second).ref());
  }
  std::ranges::sort(found, {}, &AttemptRef::attempt);
  return found;
}

std::vector<OutboxRow> Tables::find_outbox(DbTime until, std::uint32_t limit) const {
  std::vector<OutboxRow> found;
  for (const auto& [serial, row] : outbox_) {
    if (found.size() >= limit) break;
    if (row.due <= until) found.push_back(row);
  }
  return found;
}

Load Tables::find_load(DbTime now) const {
  Load load;
  for (const auto& [time, id] : queued_) {
    if (time > now) break;
    if (load.queued++ == 0) load.oldest_queued = now - time;
  }
  load.live_leases = live_.size();
  for (const auto& [serial, row] : outbox_) {
    if (row.due > now) continue;
    ++load.outbox;
    load.oldest_outbox = std::max(load.oldest_outbox, now - row.due);
  }
  load.schedules = next_fires_.size();
  if (load.schedules > 0) {
    load.oldest_fire = std::max(now - next_fires_.begin()->first, Duration(0));
  }
  return load;
}

std::optional<RunView> Tables::find_run(const FindRun& request) const {
  const RunId id = request.run;
  const Run* found = run(id);
  if (found == nullptr) return std::nullopt;
  RunView view{.id = id,
               .state = found->state,
               .submitted_at = found->submitted_at,
               .finished_at = found->finished_at,
               .spec = found->spec,
               .jobs = {},
               .schedule = found->schedule,
               .fire_at = found->fire_at};
  const Attempt* asked = attempt(request.attempt);
  for (auto at = jobs_.lower_bound({id, 0}); at != jobs_.end() && at->first.first == id; ++at) {
    const Job& row = at->second;
    const bool other = asked != nullptr && asked->run == id && asked->job == row.index;
    const Attempt* shown = other ? asked : attempt(row.current);
    view.jobs.push_back({.state = row.state,
                         .attempt = shown ? shown->state : AttemptState::waiting,
                         .current = shown ? shown->id : row.current,
                         .attempts = row.attempts,
                         .steps_done = row.checkpoint.steps,
                         .lease = shown ? shown->token_hash : TokenHash{}});
  }
  return view;
}

std::vector<RunSummary> Tables::find_runs(const FindRuns& request) const {
  const Run* last = run(request.after);
  std::vector<RunSummary> found;
  if (last == nullptr && !request.after.is_nil()) return found;
  for (const auto& [id, row] : runs_) {
    const bool in_time = last == nullptr ||
                         std::pair(row.submitted_at, id) < std::pair(last->submitted_at, last->id);
    if (!in_time || (request.state && *request.state != row.state)) continue;
    found.push_back({id, row.state, row.spec->name, row.submitted_at, row.finished_at});
  }
  std::ranges::sort(found, std::greater(),
                    [](const RunSummary& one) { return std::pair(one.submitted_at, one.id); });
  if (found.size() > request.limit) found.resize(request.limit);
  return found;
}

std::vector<AttemptArtifacts> Tables::find_artifacts(RunId id) const {
  std::vector<AttemptArtifacts> found;
  for (const AuditEvent& event : audit_) {
    const auto* completion = std::get_if<Complete>(&event.what.message);
    if (completion == nullptr || event.run != id || event.refused) continue;
    found.push_back({completion->lease.ref, completion->artifacts});
  }
  return found;
}

void Tables::find_schedules(const FindRequest& request, DbTime now, Found& found) const {
  found.now = now;
  if (const auto* one = std::get_if<FindSchedule>(&request)) {
    if (const delta::Schedule* row = schedule(one->schedule)) found.schedules.push_back(*row);
  } else if (const auto* list = std::get_if<FindSchedules>(&request)) {
    std::map<std::string_view, const delta::Schedule*> by_name;
    for (const auto& [id, row] : schedules_) {
      if (row.state != ScheduleState::deleted) by_name[row.spec->name] = &row;
    }
    for (auto at = by_name.upper_bound(list->after);
         at != by_name.end() && found.schedules.size() < list->limit; ++at) {
      found.schedules.push_back(*at->second);
    }
  } else if (const auto* due = std::get_if<FindDueSchedules>(&request)) {
    for (const auto& [time, id] : next_fires_) {
      if (time > now || found.schedules.size() >= due->limit) break;
      found.schedules.push_back(schedules_.at(id));
    }
  }
  for (delta::Schedule& row : found.schedules) row.audit = {};
}

void Tables::put(delta::Schedule row) {
  const auto [at, inserted] = schedules_.try_emplace(row.id);
  reindex(next_fires_, row.id, inserted ? kNever : at->second.next_fire, row.next_fire);
  at->second = std::move(row);
}

void Tables::put(Run row) {
  const auto [at, inserted] = runs_.try_emplace(row.id);
  if (inserted && !row.schedule.is_nil()) fires_.insert({row.schedule, row.fire_at});
  reindex(deadlines_, row.id, inserted ? kNever : open_until(at->second), open_until(row));
  at->second = std::move(row);
}

void Tables::put(const Job& row) { jobs_.insert_or_assign({row.run, row.index}, row); }

void Tables::put(Attempt row) {
  const auto [at, inserted] = attempts_.try_emplace(row.id);
  const Attempt& before = at->second;
  reindex(due_, row.id, inserted ? kNever : first_due(before), first_due(row));
  reindex(queued_, row.id, inserted ? kNever : queued_since(before), queued_since(row));
  const bool was_live = !inserted && is_live(before.state);
  const bool same_lease = was_live && is_live(row.state) && before.runner == row.runner &&
                          before.generation == row.generation;
  if (was_live && !same_lease) {
    live_.erase({before.generation, row.id});
    held_.erase({before.runner, row.id});
  }
  if (is_live(row.state) && !same_lease) {
    live_.insert({row.generation, row.id});
    held_.insert({row.runner, row.id});
  }
  at->second = std::move(row);
}

void Tables::put(StoredOperation row) {
  const auto [at, inserted] = operations_.try_emplace(row.key.id);
  if (!inserted) stored_.erase({at->second.stored_at, row.key.id});
  stored_.insert({row.stored_at, row.key.id});
  at->second = std::move(row);
}

void Tables::delete_operation(OperationId id) {
  const auto at = operations_.find(id);
  if (at == operations_.end()) return;
  stored_.erase({at->second.stored_at, id});
  operations_.erase(at);
}

std::vector<OperationId> Tables::operations_until(DbTime until, std::uint32_t limit) const {
  std::vector<OperationId> found;
  for (const auto& [time, id] : stored_) {
    if (time > until || found.size() >= limit) break;
    found.push_back(id);
  }
  return found;
}

void Tables::append(AuditEvent event) {
  // Commits that overlap may end in another order than their serials were given in; so the place
  // is near the end.
  auto at = audit_.end();
  while (at != audit_.begin() && std::prev(at)->serial > event.serial) --at;
  audit_.insert(at, std::move(event));
}

}  // namespace aftershock::sim
