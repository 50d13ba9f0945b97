#include "orchestrator/adapters/postgres/writing.h"

#include "orchestrator/adapters/postgres/rows.h"
#include "orchestrator/adapters/postgres/statements.h"
#include "platform/wire/codec.h"

namespace delta::postgres {

namespace {

using Statements = std::vector<std::string>;

/// With the number of rows, which the statement has to change.
void add_exactly(Statements& statements, const Arguments& arguments, std::string_view name) {
  if (arguments.rows() == 0) return;
  statements.push_back(arguments.execute(name, std::to_string(arguments.rows())));
}

void add(Statements& statements, const Arguments& arguments, std::string_view name) {
  if (arguments.rows() > 0) statements.push_back(arguments.execute(name));
}

void write_operations(Statements& statements, const WriteSet& writes) {
  Arguments replies(2);
  for (const StoredOperation& operation : writes.operations) {
    replies << operation.key.id << Text{wire::encode(operation.reply)};
  }
  add_exactly(statements, replies, "put_operations");
  Arguments withdrawn(1);
  for (const OperationId& id : writes.withdrawn) withdrawn << id;
  add(statements, withdrawn, "withdraw_operations");
}

void write_schedules(Statements& statements, const WriteSet& writes) {
  Arguments inserted(kScheduleColumns);
  Arguments updated(kScheduleColumns + 1);
  for (const ScheduleWrite& write : writes.schedules) {
    add_schedule(write.expected ? updated : inserted, write.row);
    if (write.expected) updated << *write.expected;
  }
  add(statements, inserted, "insert_schedules");
  add_exactly(statements, updated, "update_schedules");
}

void write_runs(Statements& statements, const WriteSet& writes) {
  Arguments inserted(kRunColumns);
  Arguments updated(kRunColumns);
  for (const RunWrite& write : writes.runs) {
    Arguments& arguments = write.expected ? updated : inserted;
    add_run(arguments, write.row);
    if (write.expected) {
      arguments << *write.expected;
    } else {
      arguments << Text{wire::encode(*write.row.spec)};
    }
  }
  add(statements, inserted, "insert_runs");
  add_exactly(statements, updated, "update_runs");
}

std::string descendants(const JobWrite& write, const WriteSet& writes) {
  std::string text = "{";
  for (const RunWrite& run : writes.runs) {
    if (run.row.id != write.row.run) continue;
    for (const std::uint32_t job : run.row.spec->jobs.at(write.row.index).descendants) {
      if (text.size() > 1) text += ',';
      text += std::to_string(job);
    }
  }
  return text + "}";
}

void write_jobs(Statements& statements, const WriteSet& writes) {
  Arguments inserted(kJobColumns + 1);
  Arguments updated(kJobColumns);
  for (const JobWrite& write : writes.jobs) {
    add_job(write.insert ? inserted : updated, write.row);
    if (write.insert) inserted << Text{descendants(write, writes)};
  }
  add_exactly(statements, inserted, "insert_jobs");
  add_exactly(statements, updated, "update_jobs");
}

void write_attempts(Statements& statements, const WriteSet& writes) {
  Arguments inserted(kAttemptColumns + 2);
  Arguments updated(kAttemptColumns + 4);
  for (const AttemptWrite& write : writes.attempts) {
    add_attempt(write.expected ? updated : inserted, write.row);
    if (!write.expected) {
      add_checkpoint(inserted, write.row.resume);
      continue;
    }
    const AttemptFence& fence = *write.expected;
    updated << fence.state << fence.epoch << fence.token_hash << fence.generation;
  }
  add_exactly(statements, inserted, "insert_attempts");
  add_exactly(statements, updated, "update_attempts");
}

}  // namespace

Writing write(const WriteSet& writes) {
  Writing result;
  Statements& statements = result.statements;
  write_operations(statements, writes);
  write_schedules(statements, writes);
  write_runs(statements, writes);
  write_jobs(statements, writes);
  write_attempts(statements, writes);
  Arguments events(kAuditColumns);
  for (const AuditEvent& event : writes.audit) add_event(events, event);
  add(statements, events, "append_audit");
  if (writes.control) statements.push_back(put_control(*writes.control));
  if (!writes.outbox.empty()) {
    Arguments dispatches(2);
    for (const Dispatch& dispatch : writes.outbox) dispatches << dispatch.attempt << dispatch.due;
    result.outbox = statements.size();
    statements.push_back(dispatches.execute("put_outbox"));
  }
  statements.emplace_back("COMMIT");
  return result;
}

}  // namespace delta::postgres
