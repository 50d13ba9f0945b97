#include "orchestrator/adapters/postgres/session.h"

#include "core/check.h"
#include "orchestrator/adapters/postgres/arguments.h"
#include "orchestrator/adapters/postgres/fields.h"
#include "orchestrator/adapters/postgres/opening.h"
#include "orchestrator/adapters/postgres/rows.h"
#include "orchestrator/adapters/postgres/writing.h"
#include "platform/wire/codec.h"

namespace delta::postgres {

namespace {

std::string count(Duration duration) { return std::to_string(duration.count()); }
std::string limited(std::string_view name, std::uint32_t limit) {
  return "EXECUTE " + std::string(name) + "(" + std::to_string(limit) + ")";
}
std::string limited(std::string_view name, Duration age, std::uint32_t limit) {
  return "EXECUTE " + std::string(name) + "(" + count(age) + "," + std::to_string(limit) + ")";
}
std::string quoted(const std::string& hex) { return "'" + hex + "'"; }

AttemptRef read_ref(Fields& fields) {
  AttemptRef ref;
  ref.run = fields.id<RunId>();
  ref.job = fields.number<std::uint32_t>();
  ref.attempt = fields.id<AttemptId>();
  return ref;
}

RunView read_view(RunId run, const pqxx::result& result, SpecCache& specs) {
  RunView view;
  view.id = run;
  for (const auto& row : result) {
    Fields fields(row);
    view.state = fields.choice<RunState>();
    view.submitted_at = fields.time();
    view.finished_at = fields.time();
    const std::string_view spec = fields.text();  // with the first job only
    if (!spec.empty()) view.spec = specs.get(run, spec);
    JobView& job = view.jobs.emplace_back();
    job.state = fields.choice<JobState>();
    job.attempt = fields.choice<AttemptState>();
    job.current = fields.id<AttemptId>();
    job.attempts = fields.number<std::uint16_t>();
    job.steps_done = fields.number<std::uint32_t>();
    job.lease = fields.id<TokenHash>();
    view.schedule = fields.id<ScheduleId>();
    view.fire_at = fields.time();
  }
  return view;
}

Load read_load(const pqxx::row& row) {
  Fields fields(row);
  Load load;
  load.queued = fields.number<std::uint64_t>();
  load.oldest_queued = fields.duration();
  load.live_leases = fields.number<std::uint64_t>();
  load.outbox = fields.number<std::uint64_t>();
  load.oldest_outbox = fields.duration();
  load.oldest_transaction = fields.duration();
  load.schedules = fields.number<std::uint64_t>();
  load.oldest_fire = fields.duration();
  load.replication_lag = fields.duration();
  return load;
}

/// The statement of each kind of find, and how its result is read.
struct Statement {
  std::string operator()(const FindDue& find) const { return limited("find_due", find.limit); }
  std::string operator()(const FindDispatchable& find) const {
    return limited("find_queued", 0s, find.limit);
  }
  std::string operator()(const FindForgotten& find) const {
    return limited("find_forgotten", find.age, find.limit);
  }
  std::string operator()(const FindOutbox& find) const {
    return limited("find_outbox", find.age, find.limit);
  }
  std::string operator()(const FindLive& find) const {
    if (!find.runner) return limited("find_live", find.limit);
    return "EXECUTE find_held(" + quoted(to_string(*find.runner)) + "," +
           std::to_string(find.limit) + ")";
  }
  std::string operator()(const FindRun& find) const {
    return "EXECUTE find_run(" + quoted(to_string(find.run)) + "," +
           quoted(to_string(find.attempt)) + ")";
  }
  std::string operator()(const FindLoad&) const { return "EXECUTE find_load"; }
  std::string operator()(const FindRuns& find) const {
    std::string name = "find_runs";
    std::string given;
    if (find.state) {
      name += "_in";
      given += std::to_string(static_cast<int>(*find.state)) + ",";
    }
    if (!find.after.is_nil()) {
      name += "_after";
      given += quoted(to_string(find.after)) + ",";
    }
    return "EXECUTE " + name + "(" + given + std::to_string(find.limit) + ")";
  }
  std::string operator()(const FindArtifacts& find) const {
    return "EXECUTE find_artifacts(" + quoted(to_string(find.run)) + "," +
           std::to_string(Message(Complete{}).index()) + ")";
  }
  std::string operator()(const FindSchedule& find) const {
    return "EXECUTE find_schedule(" + quoted(to_string(find.schedule)) + ")";
  }
  std::string operator()(const FindSchedules& find) const {
    Arguments after(1);
    after << Text{find.after};
    return after.execute("find_schedules", std::to_string(find.limit));
  }
  std::string operator()(const FindDueSchedules& find) const {
    return limited("find_due_schedules", find.limit);
  }
};

struct Reading {
  const pqxx::result& result;
  SpecCache& specs;
  Found found = {};

  void operator()(const FindDue&) {
    for (const auto& row : result) {
      Fields fields(row);
      const auto kind = fields.choice<DueKind>();
      found.due.push_back({kind, read_ref(fields)});
    }
  }
  void operator()(const FindDispatchable&) { read_attempts(); }
  void operator()(const FindForgotten&) { read_attempts(); }
  void operator()(const FindOutbox&) {
    for (const auto& row : result) {
      Fields fields(row);
      OutboxRow& entry = found.outbox.emplace_back();
      entry.serial = fields.number<std::uint64_t>();
      entry.attempt = fields.id<AttemptId>();
      entry.due = fields.time();
    }
  }
  void operator()(const FindLive&) {
    for (const auto& row : result) {
      Fields fields(row);
      found.live.push_back(read_ref(fields));
    }
  }
  void operator()(const FindRun& find) {
    if (!result.empty()) found.run = read_view(find.run, result, specs);
  }
  void operator()(const FindLoad&) { found.load = read_load(result.front()); }
  void operator()(const FindRuns&) {
    for (const auto& row : result) {
      Fields fields(row);
      RunSummary& run = found.runs.emplace_back();
      run.id = fields.id<RunId>();
      run.state = fields.choice<RunState>();
      run.submitted_at = fields.time();
      run.finished_at = fields.time();
      if (const SharedSpec spec = specs.get(run.id, fields.text())) run.name = spec->name;
    }
  }
  void operator()(const FindArtifacts&) {
    for (const auto& row : result) {
      auto event = wire::decode_event(Fields(row).text());
      if (!event) continue;  // spoiled: the audit's check tells
      if (auto* completion = std::get_if<Complete>(&event->what.message)) {
        found.artifacts.push_back({completion->lease.ref, std::move(completion->artifacts)});
      }
    }
  }

  void operator()(const FindSchedule&) { read_schedules(); }
  void operator()(const FindSchedules&) { read_schedules(); }
  void operator()(const FindDueSchedules&) { read_schedules(); }

  void read_schedules() {
    for (const auto& row : result) {
      auto schedule = read_found_schedule(row, found.now);
      if (schedule) found.schedules.push_back(std::move(*schedule));
    }
  }

  void read_attempts() {
    for (const auto& row : result) found.attempts.push_back(Fields(row).id<AttemptId>());
  }
};

}  // namespace

DbError PostgresSession::failed(const LinkError& error) {
  if (link_->is_open()) rollback();
  return error.error;
}

std::expected<Opened, DbError> PostgresSession::open(const OpenRequest& request) {
  const Opening opening(request);
  const auto results = link_->run(opening.statements());
  if (!results) return std::unexpected(failed(results.error()));
  Opened opened = opening.read(*results);
  if (const auto done = specify(opened.rows); !done) return std::unexpected(failed(done.error()));
  return opened;
}

std::expected<void, LinkError> PostgresSession::specify(Rows& rows) {
  std::map<RunId, SharedSpec> specs;
  Arguments missing(1);
  const auto look_up = [&](RunId run) {
    const auto [entry, is_new] = specs.try_emplace(run);
    if (is_new) entry->second = specs_.find(run);
    if (is_new && entry->second == nullptr) missing << run;
  };
  for (const Run& run : rows.runs) look_up(run.id);
  for (const Attempt& attempt : rows.attempts) look_up(attempt.run);
  if (missing.rows() > 0) {
    const auto read = link_->run(std::vector<std::string>{missing.execute("read_specs")});
    if (!read) return std::unexpected(read.error());
    for (const auto& row : read->front()) {
      Fields fields(row);
      const auto run = fields.id<RunId>();
      specs[run] = specs_.get(run, fields.text());
    }
  }
  // A row whose specification somebody deleted or spoiled is as good as absent.
  std::erase_if(rows.runs, [&](Run& run) { return (run.spec = specs[run.id]) == nullptr; });
  std::erase_if(rows.attempts,
                [&](Attempt& attempt) { return (attempt.spec = specs[attempt.run]) == nullptr; });
  return {};
}

CommitResult PostgresSession::commit(WriteSet writes) {
  const Writing writing = write(writes);
  const auto results = link_->run(writing.statements);
  if (!results) {
    const bool unknown = !results.error().refused;
    return {unknown ? CommitOutcome::unknown : CommitOutcome::not_committed,
            failed(results.error()),
            {}};
  }
  for (RunWrite& inserted : writes.runs) {
    if (!inserted.expected) specs_.put(inserted.row.id, std::move(inserted.row.spec));
  }
  CommitResult result{CommitOutcome::committed, {}, {}};
  if (!writing.outbox) return result;
  for (const auto& row : (*results)[*writing.outbox]) {
    result.outbox.push_back(Fields(row).number<std::uint64_t>());
  }
  return result;
}

void PostgresSession::rollback() {
  const std::vector<std::string> statement{"ROLLBACK"};
  // If the connection breaks, the server rolls back by itself; the next call finds it broken.
  static_cast<void>(link_->run(statement));
}

std::expected<pqxx::result, DbError> PostgresSession::single(std::string statement) {
  const std::vector<std::string> statements{std::move(statement)};
  auto results = link_->run(statements);
  if (!results) return std::unexpected(results.error().error);
  return std::move(results->front());
}

std::expected<Found, DbError> PostgresSession::find(const FindRequest& request) {
  const auto result = single(std::visit(Statement{}, request));
  if (!result) return std::unexpected(result.error());
  Reading reading{*result, specs_};
  std::visit(reading, request);
  return std::move(reading.found);
}

std::expected<void, DbError> PostgresSession::delete_outbox(
    const std::vector<std::uint64_t>& serials) {
  Arguments arguments(1);
  for (const std::uint64_t serial : serials) arguments << serial;
  const auto result = single(arguments.execute("delete_outbox"));
  if (!result) return std::unexpected(result.error());
  return {};
}

std::expected<std::uint32_t, DbError> PostgresSession::purge_operations(PurgeRequest request) {
  const auto result = single(limited("purge_operations", request.age, request.limit));
  if (!result) return std::unexpected(result.error());
  return static_cast<std::uint32_t>(result->affected_rows());
}

}  // namespace delta::postgres
