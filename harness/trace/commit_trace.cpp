// What a commit changed, for a trace: its messages, and the rows that moved with them.
#include <algorithm>

#include "core/columns.h"
#include "harness/trace/world_trace.h"

namespace aftershock {

using namespace delta;

namespace {

const Attempt* written(const sim::CommitView& commit, AttemptId id) {
  for (const AttemptWrite& write : commit.writes.attempts) {
    if (write.row.id == id) return &write.row;
  }
  return nullptr;
}

/// The message says itself what became of this row.
bool is_told(const sim::CommitView& commit, RunId run, AttemptId attempt) {
  return std::ranges::any_of(commit.writes.audit, [&](const AuditEvent& audit) {
    return audit.run == run && audit.attempt == attempt && !audit.refused;
  });
}

std::string arrow(const TraceEvent& event) {
  return event.from.empty() ? event.to : event.from + " -> " + event.to;
}

std::string try_of(const Attempt& row) {
  return row.number > 1 ? ", try " + std::to_string(row.number) : "";
}

/// What an operator or a restore has the system do is in the control row.
std::string control_text(const Control& row) {
  std::string text = "generation " + std::to_string(row.generation);
  if (!row.policy.ingesting) text += ", ingestion paused";
  const Policy& policy = row.policy;
  if (policy.lease_ttl > Duration{}) text += ", lease TTL " + format_duration(policy.lease_ttl);
  if (policy.most_leases > 0) text += ", at most " + std::to_string(policy.most_leases) + " leases";
  if (policy.submissions_per_minute > 0) {
    text += ", at most " + std::to_string(policy.submissions_per_minute) + " submissions a minute";
  }
  return text;
}

}  // namespace

TraceEvent WorldTrace::commit_event(const sim::CommitView& commit, std::string what) const {
  return event(TraceKind::commit, std::move(what), place_of(commit.client));
}

void WorldTrace::name_runner(TraceEvent& event, RunnerId runner) const {
  const auto found = runners_.find(runner);
  if (found != runners_.end()) event.others.push_back(found->second);
}

void WorldTrace::on_commit(const sim::CommitView& commit) {
  for (const AttemptWrite& write : commit.writes.attempts) {
    attempts_[write.row.id] = write.row.ref();
  }
  for (const RunWrite& write : commit.writes.runs) runs_.insert(write.row.id);
  for (const AuditEvent& audit : commit.writes.audit) add_event(commit, audit);
  add_followers(commit);
  add_control(commit);
}

namespace {

/// Which schedule it is about, and the runs that it makes.
void add_schedule(const sim::CommitView& commit, ScheduleId id, TraceEvent& added) {
  for (const ScheduleWrite& write : commit.writes.schedules) {
    if (write.row.id == id) added.text += " of schedule " + write.row.spec->name;
  }
  for (const RunWrite& write : commit.writes.runs) {
    if (write.row.schedule == id && !write.expected) added.about.push_back({write.row.id, 0, {}});
  }
  if (!added.about.empty()) added.text += ": runs " + std::to_string(added.about.size());
}

}  // namespace

void WorldTrace::add_event(const sim::CommitView& commit, const AuditEvent& audit) {
  TraceEvent added = commit_event(commit, std::string(name_of(audit.what.message)));
  const auto known = attempts_.find(audit.attempt);
  const bool of_attempt = known != attempts_.end();
  std::string more;
  if (of_attempt) {
    added.about.push_back(known->second);
    added.from = name_of(static_cast<AttemptState>(audit.from));
    added.to = name_of(static_cast<AttemptState>(audit.to));
    if (const Attempt* row = written(commit, audit.attempt)) {
      name_runner(added, row->runner);
      added.value = row->epoch;
      more = try_of(*row);
    }
    if (const auto* saved = std::get_if<SaveCheckpoint>(&audit.what.message)) {
      more += ", after step " + std::to_string(saved->checkpoint.steps);
    }
  } else if (!audit.run.is_nil()) {
    added.about.push_back({audit.run, 0, {}});
    added.from = name_of(static_cast<RunState>(audit.from));
    added.to = name_of(static_cast<RunState>(audit.to));
  }
  if (added.from == added.to) added.from.clear();
  added.text = added.what;
  if (audit.refused) {
    added.to.clear();
    added.text += ": refused, " + std::string(name_of(*audit.refused));
  } else if (!added.to.empty()) {
    added.text += ": " + std::string(of_attempt ? "" : "run ") + arrow(added) + more;
  }
  if (!audit.schedule.is_nil()) add_schedule(commit, audit.schedule, added);
  added.text += ", by " + std::string(name_of(audit.what.actor.kind));
  recorder_.add(std::move(added));
}

/// Rows that changed their state with a message about another one.
void WorldTrace::add_followers(const sim::CommitView& commit) {
  const WriteSet& writes = commit.writes;
  for (std::size_t i = 0; i < writes.attempts.size(); ++i) {
    const Attempt& row = writes.attempts[i].row;
    const Attempt* before = commit.before.attempts[i];
    if (before != nullptr && before->state == row.state) continue;
    if (is_told(commit, row.run, row.id)) continue;
    TraceEvent added = commit_event(commit, "attempt");
    added.about.push_back(row.ref());
    if (before != nullptr) added.from = name_of(before->state);
    added.to = name_of(row.state);
    added.value = row.epoch;
    added.text = "  attempt " + arrow(added) + try_of(row);
    recorder_.add(std::move(added));
  }
  for (std::size_t i = 0; i < writes.runs.size(); ++i) {
    const Run& row = writes.runs[i].row;
    const Run* before = commit.before.runs[i];
    if (before == nullptr || before->state == row.state) continue;
    if (is_told(commit, row.id, {})) continue;
    TraceEvent added = commit_event(commit, "run");
    added.about.push_back({row.id, 0, {}});
    added.from = name_of(before->state);
    added.to = name_of(row.state);
    added.text = "  run " + arrow(added);
    recorder_.add(std::move(added));
  }
}

void WorldTrace::add_control(const sim::CommitView& commit) {
  if (!commit.writes.control) return;
  const Control& row = *commit.writes.control;
  const Control& before = world_->database.tables().control();
  if (row.grace_until > before.grace_until) {
    TraceEvent added = commit_event(commit, "grace");
    added.text = "no lease ends for another " + rounded_up(row.grace_until - commit.now);
    recorder_.add(std::move(added));
  }
  if (row.generation == before.generation && row.policy.version == before.policy.version) return;
  TraceEvent added = commit_event(commit, "control");
  added.text = control_text(row);
  recorder_.add(std::move(added));
}

}  // namespace aftershock
