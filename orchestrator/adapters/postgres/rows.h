// The rows of the tables, to and from the columns of statements.cpp.
#pragma once

#include <pqxx/result>

#include "core/ports/database.h"
#include "orchestrator/adapters/postgres/arguments.h"

namespace delta::postgres {

// Writing: one row of a statement's arrays. Each adds the columns that its statement begins with.
void add_run(Arguments& arguments, const Run& row);
void add_job(Arguments& arguments, const Job& row);
void add_attempt(Arguments& arguments, const Attempt& row);  ///< but what it goes on from
void add_checkpoint(Arguments& arguments, const Checkpoint& checkpoint);
void add_schedule(Arguments& arguments, const Schedule& row);
void add_event(Arguments& arguments, const AuditEvent& event);
/// The whole statement.
std::string put_control(const Control& control);

// Reading: a run and an attempt without their specification.
Run read_run(const pqxx::row& row);
Job read_job(const pqxx::row& row);
Attempt read_attempt(const pqxx::row& row);
/// Null specification: somebody spoiled its text.
Schedule read_schedule(const pqxx::row& row);
/// With the clock in its first column. Without its chain; none: the clock is all there is.
std::optional<Schedule> read_found_schedule(const pqxx::row& row, DbTime& now);
/// With the clock in its last column.
Control read_control(const pqxx::row& row, DbTime& now);
/// Columns: serial, run, attempt, schedule, number, event, previous, digest.
AuditEvent read_event(const pqxx::row& row);

}  // namespace delta::postgres
