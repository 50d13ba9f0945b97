#include "orchestrator/adapters/postgres/opening.h"

#include <algorithm>

#include "orchestrator/adapters/postgres/arguments.h"
#include "orchestrator/adapters/postgres/fields.h"
#include "orchestrator/adapters/postgres/rows.h"
#include "platform/wire/codec.h"

namespace delta::postgres {

namespace {

template <class AnyId>
Arguments ids(const std::vector<AnyId>& from) {
  Arguments arguments(1);
  for (const AnyId& id : from) arguments << id;
  return arguments;
}

/// The inside of the parentheses, to put several sets into one statement.
std::string array(const Arguments& arguments) {
  const std::string call = arguments.execute("");
  const std::size_t begin = call.find('(') + 1;
  return call.substr(begin, call.size() - begin - 1);
}

StoredOperation read_operation(const pqxx::row& row) {
  Fields fields(row);
  StoredOperation operation;
  operation.key.id = fields.id<OperationId>();
  operation.key.digest = static_cast<std::uint64_t>(fields.number<std::int64_t>());
  // Nothing but wire::encode() has written it.
  auto reply = wire::decode_response(fields.text());
  CHECK(reply.has_value());
  operation.reply = std::move(*reply);
  operation.stored_at = fields.time();
  return operation;
}

}  // namespace

Opening::Opening(const OpenRequest& request) {
  add("BEGIN");
  if (!request.operations.empty()) add_operations(request);
  const std::string suffix = request.on_locked == OnLocked::skip ? "_skip" : "";
  if (!request.schedules.empty()) {
    places_.schedules = add(ids(request.schedules).execute("lock_schedules" + suffix));
  }
  if (!request.runs.empty() || !request.attempts.empty()) add_rows(request);
  if (request.control) places_.lock = add("EXECUTE lock_control" + suffix);
  // The clock last: after every lock is held.
  places_.control = add("EXECUTE read_control");
}

std::size_t Opening::add(std::string statement) {
  statements_.push_back(std::move(statement));
  return statements_.size() - 1;
}

void Opening::add_operations(const OpenRequest& request) {
  Arguments keys(2);
  Arguments names(1);
  for (const OperationKey& key : request.operations) {
    keys << key.id << static_cast<std::int64_t>(key.digest);
    names << key.id;
  }
  add(keys.execute("open_operations"));
  places_.operations = add(names.execute("read_operations"));
}

void Opening::add_rows(const OpenRequest& request) {
  const std::string suffix = request.on_locked == OnLocked::skip ? "_skip" : "";
  std::vector<RunId> runs;
  Arguments jobs(2);
  std::vector<RunId> whole;
  for (const RunLock& lock : request.runs) {
    runs.push_back(lock.run);
    if (lock.scope == Scope::job) jobs << lock.run << lock.job;
    if (lock.scope == Scope::run) whole.push_back(lock.run);
  }
  const std::string attempts = array(ids(request.attempts));
  if (!runs.empty()) places_.runs = add(ids(runs).execute("lock_runs" + suffix));
  if (jobs.rows() > 0 || !whole.empty()) {
    const std::string wanted = array(jobs) + "," + array(ids(whole));
    places_.jobs = add("EXECUTE lock_jobs" + suffix + "(" + wanted + ")");
    places_.attempts = add("EXECUTE lock_current" + suffix + "(" + wanted + "," + attempts + ")");
  } else if (!request.attempts.empty()) {
    places_.attempts = add("EXECUTE lock_attempts" + suffix + "(" + attempts + ")");
  }
}

Opened Opening::read(std::span<const pqxx::result> results) const {
  Opened opened;
  for (const auto& row : results[places_.operations]) {
    opened.existing.push_back(read_operation(row));
  }
  for (const auto& row : results[places_.schedules]) {
    Schedule schedule = read_schedule(row);
    // A row whose specification somebody spoiled is as good as absent.
    if (schedule.spec != nullptr) opened.rows.schedules.push_back(std::move(schedule));
  }
  for (const auto& row : results[places_.runs]) opened.rows.runs.push_back(read_run(row));
  for (const auto& row : results[places_.jobs]) opened.rows.jobs.push_back(read_job(row));
  for (const auto& row : results[places_.attempts]) {
    opened.rows.attempts.push_back(read_attempt(row));
  }
  opened.control_locked = results[places_.lock].size() > 0;
  opened.control = read_control(results[places_.control].front(), opened.now);
  return opened;
}

}  // namespace delta::postgres
