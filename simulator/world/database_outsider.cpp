#include "simulator/world/database_outsider.h"

#include <algorithm>
#include <utility>

namespace aftershock::sim {

using namespace delta;

namespace {

std::vector<AttemptId> live_attempts(const Tables& tables, std::uint32_t most) {
  std::vector<AttemptId> found;
  for (const auto& [id, row] : tables.attempts()) {
    if (most > 0 && found.size() == most) break;
    if (is_live(row.state)) found.push_back(id);
  }
  return found;
}

AttemptWrite update_of(const Attempt& before, Attempt row) {
  return {std::move(row),
          AttemptFence{before.state, before.epoch, before.token_hash, before.generation}};
}

/// The first row that was decided; null: none was.
template <class Table>
const typename Table::mapped_type* first_decided(const Table& table) {
  for (const auto& [key, row] : table) {
    if (is_terminal(row.state)) return &row;
  }
  return nullptr;
}

/// Turns a success into a failure and anything else into a success.
template <class State>
State other(State state) {
  return state == State::succeeded ? State::failed : State::succeeded;
}

WriteSet edit_of(EditedRow what, const Rows& rows) {
  WriteSet writes;
  if (what == EditedRow::attempt_state && !rows.attempts.empty()) {
    const Attempt& before = rows.attempts.front();
    Attempt row = before;
    row.state = other(row.state);
    writes.attempts.push_back(update_of(before, std::move(row)));
  }
  if (what == EditedRow::run_state && !rows.runs.empty()) {
    Run row = rows.runs.front();
    row.state = other(row.state);
    writes.runs.push_back({row, rows.runs.front().state});
  }
  if (what == EditedRow::job_state && !rows.jobs.empty()) {
    Job row = rows.jobs.front();
    row.state = other(row.state);
    writes.jobs.push_back({row, false});
  }
  return writes;
}

}  // namespace

void Outsider::hold(HeldRows what, std::uint32_t count) {
  CHECK(!held_);
  OpenRequest request;
  request.control = what == HeldRows::control;
  if (what == HeldRows::attempts) request.attempts = live_attempts(server_.tables(), count);
  held_ = server_.accept_outsider();
  if (held_) server_.start_open(*held_, std::move(request), [](const auto&) {});
}

void Outsider::let_go() {
  if (held_) server_.disconnect(*std::exchange(held_, std::nullopt));
}

void Outsider::shorten_leases(Duration ttl) {
  OpenRequest request;
  request.attempts = live_attempts(server_.tables(), 0);
  change(std::move(request), [ttl](const Opened& opened) {
    WriteSet writes;
    for (const Attempt& before : opened.rows.attempts) {
      // It may have ended while this waited for its lock.
      if (!is_live(before.state)) continue;
      Attempt row = before;
      row.expires_at = std::min(row.expires_at, opened.now + ttl);
      writes.attempts.push_back(update_of(before, std::move(row)));
    }
    return writes;
  });
}

void Outsider::edit(EditedRow what) {
  const Tables& tables = server_.tables();
  OpenRequest request;
  if (what == EditedRow::attempt_state) {
    if (const Attempt* row = first_decided(tables.attempts())) request.attempts = {row->id};
  } else if (what == EditedRow::run_state) {
    if (const Run* row = first_decided(tables.runs())) request.runs = {{.run = row->id}};
  } else if (const Job* row = first_decided(tables.jobs())) {
    request.runs = {{.run = row->run, .scope = Scope::job, .job = row->index}};
  }
  change(std::move(request), [what](const Opened& opened) { return edit_of(what, opened.rows); });
}

void Outsider::change(OpenRequest request, std::function<WriteSet(const Opened&)> make_writes) {
  const std::optional<BackendId> id = server_.accept_outsider();
  if (!id) return;
  server_.start_open(*id, std::move(request),
                     [this, id = *id, make_writes = std::move(make_writes)](
                         const std::expected<Opened, DbError>& opened) {
                       if (opened) return commit(id, make_writes(*opened));
                       server_.disconnect(id);
                     });
}

void Outsider::commit(BackendId id, WriteSet writes) {
  const std::uint64_t rows = rows_in(writes);
  server_.start_commit(id, std::move(writes), [this, id, rows](const CommitResult& result) {
    if (result.outcome == CommitOutcome::committed) changed_ += rows;
    server_.disconnect(id);
  });
}

}  // namespace aftershock::sim
