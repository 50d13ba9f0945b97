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
  }

  Rows all() const {
    Rows rows;
    for (const auto& [id, row] : runs_) rows.runs.push_back(row);
    for (const auto& [id, row] : jobs_) rows.jobs.push_back(row);
    for (const auto& [id, row] : attempts_) rows.attempts.push_back(row);
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
};

std::string label(const AuditEvent& event) {
  return "event " + std::to_string(event.serial) + " (" + std::string(name_of(event.what.message)) +
         ")";
}

void fold(Tables& tables, const AuditEvent& event, const Settings& settings,
          std::vector<std::string>& problems) {
  if (digest_of(event) != event.digest) {
    problems.push_back(label(event) + ": its digest does not match its contents");
  }
  if (Attempt* subject = tables.attempt(event.attempt)) {
    subject->expires_at = event.lease_expires_at;
  }
  const Rows rows = tables.locked_for(event.what.message);
  Decision decision = decide(rows, event.what, event.context, settings);
  if (decision.refused != event.refused) {
    problems.push_back(label(event) + ": the rules decide otherwise than the log says");
    return;
  }
  if (!decision.event || decision.event->digest != event.digest) {
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

std::string instant(DbTime time) { return std::to_string(time.time_since_epoch().count()); }

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
  compare(replayed.runs, stored.runs, [](const Run& r) {
    return std::pair("run " + to_string(r.id),
                     std::string(name_of(r.state)) + " open=" + std::to_string(r.open_jobs) +
                         " failed=" + std::to_string(r.required_failed) +
                         " timed_out=" + std::to_string(r.required_timed_out) +
                         " finished=" + instant(r.finished_at) +
                         " chain=" + to_string(r.audit.digest));
  }, found);
  compare(replayed.jobs, stored.jobs, [](const Job& j) {
    return std::pair("job " + std::to_string(j.index) + " of run " + to_string(j.run),
                     std::string(name_of(j.state)) + " unmet=" + std::to_string(j.unmet) +
                         " attempts=" + std::to_string(j.attempts) +
                         " failures=" + std::to_string(j.failures) +
                         " losses=" + std::to_string(j.losses) +
                         " current=" + to_string(j.current));
  }, found);
  compare(replayed.attempts, stored.attempts, [](const Attempt& a) {
    return std::pair("attempt " + to_string(a.id),
                     std::string(name_of(a.state)) + " lease=" +
                         std::string(name_of(lease_state(a))) +
                         " epoch=" + std::to_string(a.epoch) +
                         " runner=" + to_string(a.runner) +
                         " available=" + instant(a.available_at) +
                         " chain=" + to_string(a.audit.digest));
  }, found);
  return found;
}

}  // namespace delta
