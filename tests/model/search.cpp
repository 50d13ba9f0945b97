// The search: tries every message on every state that it has not seen before.
#include "tests/model/search.h"

#include <map>
#include <set>
#include <utility>

#include "tests/model/invariants.h"
#include "tests/model/table.h"

namespace delta::test {
namespace {

// Where each kind of deadline lies in every state.
constexpr DbTime kLeaseEnd = kStart + 100s;
constexpr DbTime kDeadline = kStart + 200s;
constexpr DbTime kCancelDeadline = kStart + 300s;
constexpr DbTime kQueueDeadline = kStart + 400s;
constexpr DbTime kRunDeadline = kStart + 500s;

DbTime set_or_never(DbTime time, DbTime at) { return time == kNever ? kNever : at; }

AttemptId plain_id(const Attempt& row) { return {100U + row.job, row.number}; }

Attempt plain(const Attempt& row) {
  Attempt made;
  made.id = plain_id(row);
  made.run = row.run;
  made.job = row.job;
  made.number = row.number;
  made.state = row.state;
  made.lease_end = row.lease_end;
  made.epoch = row.epoch;
  made.generation = row.generation;
  made.token_hash = row.token_hash;
  made.runner = row.runner;
  made.spec = row.spec;
  made.available_at = kStart;
  made.leased_at = set_or_never(row.leased_at, kStart);
  if (is_terminal(row.state)) return made;
  made.queue_deadline = set_or_never(row.queue_deadline, kQueueDeadline);
  made.expires_at = set_or_never(row.expires_at, kLeaseEnd);
  made.deadline = set_or_never(row.deadline, kDeadline);
  made.cancel_deadline = set_or_never(row.cancel_deadline, kCancelDeadline);
  return made;
}

/// The same rows without anything that tells apart states that behave alike.
Rows plain(const Rows& rows) {
  Rows made;
  for (Run run : rows.runs) {
    run.submitted_at = kStart;
    run.finished_at = set_or_never(run.finished_at, kStart);
    run.deadline = set_or_never(run.deadline, kRunDeadline);
    run.audit = {};
    made.put(std::move(run));
  }
  for (Job job : rows.jobs) {
    job.current = plain_id(*rows.attempt(job.current));
    made.put(job);
  }
  for (const Attempt& row : rows.attempts) made.put(plain(row));
  return made;
}

std::string key_of(const Rows& rows) {
  std::string key;
  const auto add = [&key](auto value) { key.push_back(static_cast<char>(value)); };
  add(rows.runs[0].state);
  add(rows.runs[0].open_jobs);
  add(rows.runs[0].required_failed);
  add(rows.runs[0].required_timed_out);
  add(rows.runs[0].required_skipped);
  for (const Job& job : rows.jobs) {
    add(job.state);
    add(job.unmet);
    add(job.attempts);
    add(job.failures);
    add(job.losses);
  }
  for (const Attempt& row : rows.attempts) {
    add(row.job);
    add(row.state);
    add(row.lease_end);
    add(row.epoch);
    add(row.generation);
    add((row.queue_deadline != kNever ? 1 : 0) | (row.expires_at != kNever ? 2 : 0) |
        (row.deadline != kNever ? 4 : 0) | (row.cancel_deadline != kNever ? 8 : 0));
  }
  return key;
}

/// One thing that may happen: a message, and the clock, grace and generation that it meets.
struct Event {
  Message message;
  Context context;
};

void add_from_holder(const Attempt& row, std::vector<Event>& events) {
  const Context in_time{kStart, {}, 1};
  const Context at_end{kLeaseEnd, {}, 1};
  const Context in_grace{kLeaseEnd, kLeaseEnd + 1s, 1};
  const Context newer{kStart, {}, 2};
  const auto add_all = [&](const Credentials& lease, const Context& context) {
    events.push_back({Start{lease}, context});
    events.push_back({Heartbeat{lease}, context});
    events.push_back({Report{lease, AttemptState::running}, context});
    events.push_back({Report{lease, AttemptState::uploading}, context});
    events.push_back({Complete{lease, true, FailureClass::user, {}}, context});
    events.push_back({Complete{lease, false, FailureClass::user, {}}, context});
    events.push_back({Complete{lease, false, FailureClass::infrastructure, {}}, context});
    events.push_back({CancelAck{lease}, context});
  };
  const Credentials holder{row.ref(), row.epoch, token_of(1)};
  for (const Context& context : {in_time, at_end, in_grace, newer}) add_all(holder, context);
  add_all({row.ref(), row.epoch, token_of(2)}, in_time);
  add_all({row.ref(), row.epoch - 1, token_of(1)}, in_time);
}

void add_in_background(const Attempt& row, std::vector<Event>& events) {
  const AttemptRef ref = row.ref();
  const auto around = [&](const Message& message, DbTime time) {
    events.push_back({message, {time - 1ns, {}, 1}});
    events.push_back({message, {time, {}, 1}});
  };
  around(Acquire{row.id, runner_id(1), token_of(1)}, kStart);
  around(Expire{ref}, kLeaseEnd);
  events.push_back({Expire{ref}, {kLeaseEnd, kLeaseEnd + 1ns, 1}});
  around(ForceCancel{ref}, kCancelDeadline);
  around(TimeOut{ref}, kDeadline);
  around(TimeOut{ref}, kQueueDeadline);
  events.push_back({Revoke{ref}, {kStart, {}, 1}});
  events.push_back({Reenqueue{row.id}, {kStart, {}, 1}});
}

std::vector<Event> all_events(const Rows& rows) {
  std::vector<Event> events;
  for (const Attempt& row : rows.attempts) {
    add_from_holder(row, events);
    add_in_background(row, events);
  }
  events.push_back({Cancel{kRun}, {kStart, {}, 1}});
  events.push_back({Revoke{rows.attempts.front().ref()}, {kStart, {}, 2}});
  events.push_back({RunTimeOut{kRun}, {kRunDeadline - 1ns, {}, 1}});
  events.push_back({RunTimeOut{kRun}, {kRunDeadline, {}, 1}});
  return events;
}

struct Node {
  Rows rows;
  std::size_t depth = 0;
  std::size_t parent = 0;
  std::string by;  ///< the message that led here from the parent
  std::vector<std::size_t> came_from;
};

class Search {
 public:
  explicit Search(const SearchOptions& options) : options_(options) {}

  SearchResult run() {
    Table table(options_.spec);
    visit(plain(table.rows), 0, "submit");
    result_.exhausted = true;
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      if (nodes_[at].depth >= options_.max_depth) {
        result_.exhausted = false;
        break;
      }
      explore(at);
    }
    result_.states = nodes_.size();
    count_ends();
    return std::move(result_);
  }

 private:
  void explore(std::size_t at) {
    const Rows before = nodes_[at].rows;
    for (const Event& event : all_events(before)) {
      ++result_.messages;
      try {
        attempt(at, before, event);
      } catch (const CheckFailed& failed) {
        report(at, event.message, failed.what);
      }
    }
  }

  void attempt(std::size_t at, const Rows& before, const Event& event) {
    const Envelope envelope{event.message, {}, {mix64(result_.messages), 0}};
    const Decision decision =
        decide(locked_rows(before, event.message), envelope, event.context, settings_);
    Rows after = before;
    for (const Run& row : decision.rows.runs) after.put(row);
    for (const Job& row : decision.rows.jobs) after.put(row);
    for (const Attempt& row : decision.rows.attempts) after.put(row);
    const Step step{before, after, event.message, event.context, decision};
    for (const std::string& broken : broken_in_step(step)) report(at, event.message, broken);
    if (!decision.accepted()) return;
    for (const std::string& broken : broken_in_state(after)) report(at, event.message, broken);
    visit(plain(after), at, std::string(name_of(event.message)));
  }

  void visit(Rows rows, std::size_t from, std::string by) {
    const auto [known, is_new] = numbers_.try_emplace(key_of(rows), nodes_.size());
    if (is_new) {
      const std::size_t depth = nodes_.empty() ? 0 : nodes_[from].depth + 1;
      nodes_.push_back({std::move(rows), depth, from, std::move(by), {}});
    }
    nodes_[known->second].came_from.push_back(from);
  }

  void report(std::size_t at, const Message& message, const std::string& broken) {
    if (!reported_.insert(broken).second) return;  // the shortest way there is told already
    std::string path(name_of(message));
    while (true) {
      path = nodes_[at].by + ", " + path;
      if (at == 0) break;
      at = nodes_[at].parent;
    }
    result_.broken.push_back(broken + "\n  after: " + path);
  }

  /// Walks back from every end: what is not met cannot end.
  void count_ends() {
    std::vector<bool> ends(nodes_.size(), false);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!is_terminal(nodes_[i].rows.runs[0].state)) continue;
      ends[i] = true;
      open.push_back(i);
    }
    result_.ended = open.size();
    std::size_t met = open.size();
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const std::size_t from : nodes_[at].came_from) {
        if (ends[from]) continue;
        ends[from] = true;
        ++met;
        open.push_back(from);
      }
    }
    result_.dead_ends = nodes_.size() - met;
  }

  SearchOptions options_;
  Settings settings_;
  SearchResult result_;
  std::vector<Node> nodes_;
  std::map<std::string, std::size_t> numbers_;
  std::set<std::string> reported_;
};

}  // namespace

SearchResult search(const SearchOptions& options) { return Search(options).run(); }

}  // namespace delta::test
