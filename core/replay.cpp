#include "core/replay.h"

#include <map>

namespace delta {

namespace {

/// The rows of a replay, by key; decide() sees only those that its message names.
class Tables {
 public:
  Rows locked_for(const Message& message) const {
    const Footprint need = footprint(message);
    Rows rows;
    switch (need.scope) {
      case Scope::nothing: break;
      case Scope::attempt: copy_attempt(need.ref.attempt, rows); break;
      case Scope::attempt_and_run:
        copy_run(need.ref.run, rows);
        copy_attempt(need.ref.attempt, rows);
        break;
      case Scope::job:
      case Scope::run: copy_run_and_jobs(need.ref.run, rows); break;
      case Scope::control: rows.control = control_; break;
    }
    // A retry's message may name an attempt that is no longer its job's current one.
    if (need.scope == Scope::job) copy_attempt(need.ref.attempt, rows);
    return rows;
  }

  Attempt* attempt(AttemptId id) {
    const auto found = attempts_.find(id);
    return found == attempts_.end() ? nullptr : &found->second;
  }

  void apply(const Rows& rows) {
    for (const Run& row : rows.runs) runs_[row.id] = row;
    for (const Job& row : rows.jobs) jobs_[{row.run, row.index}] = row;
    for (const Attempt& row : rows.attempts) attempts_[row.id] = row;
    if (rows.control) control_ = *rows.control;
  }

  Rows all() const {
    Rows rows;
    for (const auto& [id, row] : runs_) rows.runs.push_back(row);
    for (const auto& [id, row] : jobs_) rows.jobs.push_back(row);
    for (const auto& [id, row] : attempts_) rows.attempts.push_back(row);
    rows.control = control_;
    return rows;
  }

 private:
  void copy_run(RunId id, Rows& rows) const {
    if (const auto found = runs_.find(id); found != runs_.end()) rows.put(found->second);
  }
  void copy_attempt(AttemptId id, Rows& rows) const {
    if (const auto found = attempts_.find(id); found != attempts_.end()) rows.put(found->second);
  }
  void copy_run_and_jobs(RunId id, Rows& rows) const {
    copy_run(id, rows);
    for (auto at = jobs_.lower_bound({id, 0}); at != jobs_.end() && at->first.first == id; ++at) {
      rows.put(at->second);
      copy_attempt(at->second.current, rows);
    }
  }

  std::map<RunId, Run> runs_;
  std::map<std::pair<RunId, std::uint32_t>, Job> jobs_;
  std::map<AttemptId, Attempt> attempts_;
  Control control_;
};

std::string label(const AuditEvent& event) {
  return "event " + std::to_string(event.serial) + " (" + std::string(name_of(event.what.message)) +
         ")";
}

/// Message and context went into the decision as they are on record, and its digest covers them;
/// so what is left to compare is what the decision made of them, the sender's name included.
bool is_same(const AuditEvent& decided, const AuditEvent& recorded) {
  return decided.digest == recorded.digest && decided.what.actor.id == recorded.what.actor.id &&
         decided.previous == recorded.previous && decided.number == recorded.number &&
         decided.run == recorded.run && decided.attempt == recorded.attempt &&
         decided.from == recorded.from && decided.to == recorded.to &&
         decided.lease_expires_at == recorded.lease_expires_at;
}

void fold(Tables& tables, const AuditEvent& event, const Settings& settings,
          std::vector<std::string>& problems) {
  if (Attempt* subject = tables.attempt(event.attempt)) {
    subject->expires_at = event.lease_expires_at;
  }
  const Rows rows = tables.locked_for(event.what.message);
  Decision decision = decide(rows, event.what, event.context, settings);
  if (decision.refused != event.refused) {
    problems.push_back(label(event) + ": the rules decide otherwise than the log says");
    return;
  }
  if (!decision.event || !is_same(*decision.event, event)) {
    problems.push_back(label(event) + ": it does not follow from the events before it");
  }
  tables.apply(decision.rows);
}

template <class Row, class Describe>
void compare(const std::vector<Row>& replayed, const std::vector<Row>& stored, Describe describe,
             std::vector<std::string>& found) {
  std::map<std::string, std::string> expected;
  for (const Row& row : replayed) {
    const auto [name, text] = describe(row);
    expected[name] = text;
  }
  for (const Row& row : stored) {
    const auto [name, text] = describe(row);
    const auto at = expected.find(name);
    if (at == expected.end()) {
      found.push_back(name + ": in the table, but no message made it");
      continue;
    }
    if (at->second != text) {
      found.push_back(name + ": table has " + text + ", the log makes " + at->second);
    }
    expected.erase(at);
  }
  for (const auto& [name, text] : expected) found.push_back(name + ": missing in the table");
}

/// "name=value name=value": what is compared, and what a difference shows.
class Columns {
 public:
  Columns& add(const char* name, std::string value) {
    text_ += (text_.empty() ? "" : " ") + std::string(name) + "=" + value;
    return *this;
  }
  Columns& add(const char* name, std::string_view value) { return add(name, std::string(value)); }
  Columns& add(const char* name, std::uint64_t value) { return add(name, std::to_string(value)); }
  Columns& add(const char* name, DbTime value) {
    return add(name, std::to_string(value.time_since_epoch().count()));
  }
  Columns& add(const char* name, const ChainHead& value) {
    return add(name, std::to_string(value.length) + ":" + to_string(value.digest));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::pair<std::string, std::string> describe_run(const Run& r) {
  Columns columns;
  columns.add("state", name_of(r.state)).add("open", r.open_jobs).add("failed", r.required_failed);
  columns.add("timed_out", r.required_timed_out).add("skipped", r.required_skipped);
  columns.add("submitted", r.submitted_at).add("finished", r.finished_at);
  columns.add("deadline", r.deadline).add("chain", r.audit);
  return {"run " + to_string(r.id), columns.take()};
}

std::pair<std::string, std::string> describe_job(const Job& j) {
  Columns columns;
  columns.add("state", name_of(j.state)).add("unmet", j.unmet).add("attempts", j.attempts);
  columns.add("failures", j.failures).add("losses", j.losses);
  columns.add("current", to_string(j.current));
  return {"job " + std::to_string(j.index) + " of run " + to_string(j.run), columns.take()};
}

/// Without its lease's end, which heartbeats move, and its beginning, which older programs did not
/// keep and nothing is decided by.
std::pair<std::string, std::string> describe_attempt(const Attempt& a) {
  Columns columns;
  columns.add("state", name_of(a.state)).add("lease", name_of(lease_state(a)));
  columns.add("run", to_string(a.run)).add("job", a.job).add("number", a.number);
  columns.add("epoch", a.epoch).add("generation", a.generation);
  columns.add("token_hash", to_string(a.token_hash)).add("runner", to_string(a.runner));
  columns.add("available", a.available_at).add("queue_deadline", a.queue_deadline);
  columns.add("deadline", a.deadline).add("cancel_deadline", a.cancel_deadline);
  columns.add("chain", a.audit);
  return {"attempt " + to_string(a.id), columns.take()};
}

/// Of what events are about; sweeps and their grace are on record nowhere else.
std::pair<std::string, std::string> describe_control(const Control& c) {
  Columns columns;
  columns.add("generation", c.generation).add("version", c.policy.version);
  columns.add("ingesting", c.policy.ingesting ? 1U : 0U);
  columns.add("lease_ttl", format_duration(c.policy.lease_ttl));
  columns.add("lease_ttl_until", c.policy.lease_ttl_until);
  columns.add("former_ttl", format_duration(c.policy.former_ttl));
  columns.add("former_until", c.policy.former_until);
  columns.add("most_leases", c.policy.most_leases);
  columns.add("submissions_per_minute", c.policy.submissions_per_minute);
  columns.add("chain", c.audit);
  return {"the control row", columns.take()};
}

}  // namespace

ReplayResult replay(std::span<const AuditEvent> events, const Settings& settings) {
  ReplayResult result;
  Tables tables;
  for (const AuditEvent& event : events) fold(tables, event, settings, result.problems);
  result.rows = tables.all();
  return result;
}

std::vector<std::string> differences(const Rows& replayed, const Rows& stored) {
  std::vector<std::string> found;
  compare(replayed.runs, stored.runs, describe_run, found);
  compare(replayed.jobs, stored.jobs, describe_job, found);
  compare(replayed.attempts, stored.attempts, describe_attempt, found);
  const auto control = [](const Rows& rows) {
    return rows.control ? std::vector{*rows.control} : std::vector<Control>{};
  };
  compare(control(replayed), control(stored), describe_control, found);
  return found;
}

}  // namespace delta
