#include "core/replay.h"

#include <array>
#include <map>
#include <tuple>
#include <type_traits>

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
      case Scope::schedule:
        if (const auto at = schedules_.find(need.schedule); at != schedules_.end()) {
          rows.put(at->second);
        }
        break;
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
    for (const Schedule& row : rows.schedules) schedules_[row.id] = row;
    if (rows.control) control_ = *rows.control;
  }

  Rows all() const {
    Rows rows;
    for (const auto& [id, row] : runs_) rows.runs.push_back(row);
    for (const auto& [id, row] : jobs_) rows.jobs.push_back(row);
    for (const auto& [id, row] : attempts_) rows.attempts.push_back(row);
    for (const auto& [id, row] : schedules_) rows.schedules.push_back(row);
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
  std::map<ScheduleId, Schedule> schedules_;
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
         decided.schedule == recorded.schedule && decided.from == recorded.from &&
         decided.to == recorded.to && decided.lease_expires_at == recorded.lease_expires_at;
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

std::string text_of(std::uint64_t value) { return std::to_string(value); }
std::string text_of(DbTime value) { return std::to_string(value.time_since_epoch().count()); }
std::string text_of(Duration value) { return format_duration(value); }
std::string text_of(const ChainHead& value) {
  return std::to_string(value.length) + ":" + to_string(value.digest);
}
std::string text_of(const Checkpoint& value) {
  return std::to_string(value.steps) + ":" + value.state;
}
template <class Tag>
std::string text_of(const Id<Tag>& value) {
  return to_string(value);
}
template <class State>
  requires std::is_enum_v<State>
std::string text_of(State value) {
  return std::string(name_of(value));
}

/// What is compared of a kind of row: its columns, their names, and what the row is called.
struct OfRun {
  static constexpr std::array names{"state",    "open",      "failed",   "timed_out",
                                    "skipped",  "submitted", "finished", "deadline",
                                    "schedule", "fire_at",   "chain"};
  static auto key(const Run& r) { return r.id; }
  static auto columns(const Run& r) {
    return std::tuple(r.state, r.open_jobs, r.required_failed, r.required_timed_out,
                      r.required_skipped, r.submitted_at, r.finished_at, r.deadline, r.schedule,
                      r.fire_at, r.audit);
  }
  static std::string title(const Run& r) { return "run " + to_string(r.id); }
};

struct OfJob {
  static constexpr std::array names{"state",  "unmet",   "attempts",  "failures",
                                    "losses", "current", "checkpoint"};
  static auto key(const Job& j) { return std::pair(j.run, j.index); }
  static auto columns(const Job& j) {
    return std::tuple(j.state, j.unmet, j.attempts, j.failures, j.losses, j.current, j.checkpoint);
  }
  static std::string title(const Job& j) {
    return "job " + std::to_string(j.index) + " of run " + to_string(j.run);
  }
};

/// Without its lease's end, which heartbeats move, and its beginning, which older programs did not
/// keep and nothing is decided by.
struct OfAttempt {
  static constexpr std::array names{
      "state",           "lease",      "run",    "job",       "number",         "epoch",
      "generation",      "token_hash", "runner", "available", "queue_deadline", "deadline",
      "cancel_deadline", "resume",     "chain"};
  static auto key(const Attempt& a) { return a.id; }
  static auto columns(const Attempt& a) {
    return std::tuple(a.state, lease_state(a), a.run, a.job, a.number, a.epoch, a.generation,
                      a.token_hash, a.runner, a.available_at, a.queue_deadline, a.deadline,
                      a.cancel_deadline, a.resume, a.audit);
  }
  static std::string title(const Attempt& a) { return "attempt " + to_string(a.id); }
};

struct OfSchedule {
  static constexpr std::array names{"state", "created", "next_fire", "last_fire",
                                    "fires", "skipped", "spec",      "chain"};
  static auto key(const Schedule& s) { return s.id; }
  static auto columns(const Schedule& s) {
    return std::tuple(s.state, s.created_at, s.next_fire, s.last_fire, s.fires, s.skipped,
                      fingerprint(*s.spec), s.audit);
  }
  static std::string title(const Schedule& s) { return "schedule " + s.spec->name; }
};

/// Of what events are about; sweeps and their grace are on record nowhere else.
struct OfControl {
  static constexpr std::array names{"generation",   "version",         "ingesting",
                                    "lease_ttl",    "lease_ttl_until", "former_ttl",
                                    "former_until", "most_leases",     "submissions_per_minute",
                                    "chain"};
  static auto key(const Control&) { return 0; }
  static auto columns(const Control& c) {
    return std::tuple(c.generation, c.policy.version, std::uint64_t{c.policy.ingesting},
                      c.policy.lease_ttl, c.policy.lease_ttl_until, c.policy.former_ttl,
                      c.policy.former_until, c.policy.most_leases, c.policy.submissions_per_minute,
                      c.audit);
  }
  static std::string title(const Control&) { return "the control row"; }
};

/// "name=value name=value"
template <class Of, class Row>
std::string describe(const Row& row) {
  std::string text;
  std::size_t next = 0;
  const auto add = [&](const auto& value) {
    text += (text.empty() ? "" : " ") + std::string(Of::names.at(next++)) + "=" + text_of(value);
  };
  std::apply([&](const auto&... values) { (add(values), ...); }, Of::columns(row));
  return text;
}

template <class Of, class Row>
void compare(const std::vector<Row>& replayed, const std::vector<Row>& stored,
             std::vector<std::string>& found) {
  const auto add = [&found](const Row& row, const std::string& what) {
    found.push_back(Of::title(row));
    found.back().append(": ").append(what);
  };
  std::map<decltype(Of::key(std::declval<const Row&>())), const Row*> expected;
  for (const Row& row : replayed) expected[Of::key(row)] = &row;
  for (const Row& row : stored) {
    const auto at = expected.find(Of::key(row));
    if (at == expected.end()) {
      add(row, "in the table, but no message made it");
      continue;
    }
    if (Of::columns(*at->second) != Of::columns(row)) {
      add(row, "table has " + describe<Of>(row) + ", the log makes " + describe<Of>(*at->second));
    }
    expected.erase(at);
  }
  for (const auto& [key, row] : expected) add(*row, "missing in the table");
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
  compare<OfRun>(replayed.runs, stored.runs, found);
  compare<OfJob>(replayed.jobs, stored.jobs, found);
  compare<OfAttempt>(replayed.attempts, stored.attempts, found);
  compare<OfSchedule>(replayed.schedules, stored.schedules, found);
  const auto control = [](const Rows& rows) {
    return rows.control ? std::vector{*rows.control} : std::vector<Control>{};
  };
  compare<OfControl>(control(replayed), control(stored), found);
  return found;
}

}  // namespace delta
