#include "tests/conformance/differential_plan.h"

#include <algorithm>

#include "core/rng.h"
#include "tests/conformance/database_rows.h"

namespace delta {

namespace {

constexpr std::uint64_t kRuns = 4;
constexpr std::uint64_t kOperations = 6;
constexpr std::uint64_t kSchedules = 3;
constexpr std::uint64_t kNeverStored = 900;

class Planner {
 public:
  Planner(const Step& step, Knowledge& knowledge)
      : step_(step),
        knowledge_(knowledge),
        party_(knowledge.parties[step.party]),
        rng_(step.number) {}

  Action plan() {
    if (step_.party == kByHand) return by_hand();
    switch (party_.state) {
      case PartyState::waiting: return {.kind = chance(10) ? Kind::kill : Kind::nothing};
      case PartyState::idle: return idle();
      case PartyState::in_transaction: break;
    }
    const std::uint64_t dice = rng_.below(100);
    if (dice < 70) return commit();
    if (dice < 85) return {.kind = Kind::rollback};
    if (dice < 98) return find();
    return {.kind = Kind::kill};
  }

 private:
  using Kind = Action::Kind;

  bool chance(std::uint32_t percent) { return rng_.below(100) < percent; }
  DbTime hours(std::int64_t from, std::int64_t to) {
    const auto span = static_cast<std::uint64_t>(to - from + 1);
    return knowledge_.base + std::chrono::hours(from + static_cast<std::int64_t>(rng_.below(span)));
  }
  DbTime maybe(DbTime time) { return chance(40) ? kNever : time; }
  /// Not so near to now that it matters when exactly now is.
  DbTime before_or_after() { return chance(50) ? hours(-3, -1) : hours(1, 3); }
  RunId some_run() { return run_id(1 + rng_.below(kRuns)); }
  AttemptId some_attempt() { return attempt_id((1 + rng_.below(kRuns)) * 10 + rng_.below(4)); }

  std::uint64_t some_schedule() { return 1 + rng_.below(kSchedules); }

  Action by_hand() {
    if (party_.state == PartyState::waiting) return {};
    if (party_.state == PartyState::in_transaction && chance(45)) return {.kind = Kind::hand_end};
    Action action{.kind = Kind::hand_lock};
    // First what others lock last: that is how circles come about.
    const std::uint64_t what = rng_.below(party_.opened ? 4 : 2);
    if (what == 0) action.request.control = true;
    if (what == 1) action.request.attempts.push_back(some_attempt());
    if (what > 1) action.request.runs.push_back({some_run(), Scope::attempt_and_run, 0});
    return action;
  }

  Action idle() {
    const std::uint64_t dice = rng_.below(100);
    if (dice < 72) return open();
    if (dice < 90) return find();
    if (dice < 91) return {.kind = Kind::kill};
    if (dice < 95) {
      Action action{.kind = Kind::purge};
      action.purge = {chance(70) ? 0h : 1h, static_cast<std::uint32_t>(rng_.below(5))};
      return action;
    }
    Action action{.kind = Kind::delete_outbox};
    for (std::uint64_t i = rng_.below(3); i > 0 && !knowledge_.serials.empty(); --i) {
      action.serials.push_back(knowledge_.serials[rng_.below(knowledge_.serials.size())]);
    }
    return action;
  }

  /// Of two that wait for the same new key, either may be the next owner.
  bool may_use(OperationId id) const {
    std::size_t users = 0;
    for (const Party& party : knowledge_.parties) {
      if (party.state == PartyState::idle) continue;
      users += static_cast<std::size_t>(
          std::ranges::count(party.request.operations, id, &OperationKey::id));
    }
    return users < 2;
  }

  Action open() {
    Action action{.kind = Kind::open};
    OpenRequest& request = action.request;
    if (chance(30)) {
      for (std::uint64_t i = 1 + rng_.below(2); i > 0; --i) {
        const OperationId id = operation_id(1 + rng_.below(kOperations));
        const bool repeated = std::ranges::count(request.operations, id, &OperationKey::id) > 0;
        if (!repeated && may_use(id)) request.operations.push_back({id, rng_.below(3)});
      }
    }
    if (chance(85)) {
      for (std::uint64_t i = 1 + rng_.below(2); i > 0; --i) {
        const Scope scope =
            std::array{Scope::attempt_and_run, Scope::job, Scope::run}[rng_.below(3)];
        request.runs.push_back({some_run(), scope, static_cast<std::uint32_t>(rng_.below(4))});
      }
    }
    if (chance(40)) {
      for (std::uint64_t i = 1 + rng_.below(2); i > 0; --i) {
        request.attempts.push_back(some_attempt());
      }
    }
    if (chance(25)) {
      for (std::uint64_t i = 1 + rng_.below(2); i > 0; --i) {
        request.schedules.push_back(schedule_id_of(some_schedule()));
      }
    }
    request.control = chance(30);
    if (chance(25)) request.on_locked = OnLocked::skip;
    return action;
  }

  Action find() {
    const auto limit = static_cast<std::uint32_t>(1 + rng_.below(6));
    const Duration age = std::chrono::hours(rng_.below(3)) + (chance(50) ? 0min : 30min);
    std::optional<RunnerId> runner;
    if (chance(50)) runner = runner_id(rng_.below(3));
    std::optional<RunState> state;
    if (chance(50)) state = static_cast<RunState>(rng_.below(kRunStates));
    const RunId after = chance(50) ? RunId{} : some_run();
    const std::vector<FindRequest> requests{
        FindDue{limit * 3},
        FindDue{limit * 3},
        FindDispatchable{limit},
        FindForgotten{age, limit},
        FindOutbox{age, limit},
        FindLive{runner, limit},
        FindRun{some_run(), chance(50) ? AttemptId{} : some_attempt()},
        FindRuns{state, after, limit},
        FindArtifacts{some_run()},
        FindLoad{},
        FindSchedule{schedule_id_of(some_schedule())},
        FindSchedules{chance(50) ? "" : schedule_name(some_schedule()), limit},
        FindDueSchedules{limit}};
    Action action{.kind = Kind::find};
    action.find = requests[rng_.below(requests.size())];
    return action;
  }

  // Commits

  Action commit() {
    Action action{.kind = Kind::commit};
    WriteSet& writes = action.writes;
    for (const Run& row : party_.opened->rows.runs) {
      if (chance(60)) writes.runs.push_back(changed(row));
    }
    for (const Job& row : party_.opened->rows.jobs) {
      if (chance(40)) writes.jobs.push_back({changed(row), false});
    }
    for (const Attempt& row : party_.opened->rows.attempts) {
      if (chance(60)) writes.attempts.push_back(changed(row));
    }
    for (const Schedule& row : party_.opened->rows.schedules) {
      if (chance(60)) writes.schedules.push_back(changed(row));
    }
    if (chance(20)) insert_schedule(writes);
    if (chance(35)) insert_run(writes);
    if (chance(15)) insert_attempt(writes);
    if (chance(4)) write_what_is_not_there(writes);
    if (party_.opened->control_locked && chance(70)) writes.control = some_control();
    if (chance(40)) append_event(writes);
    for (std::uint64_t i = rng_.below(3); i > 0; --i) {
      writes.outbox.push_back({some_attempt(), before_or_after()});
    }
    answer_operations(writes);
    return action;
  }

  ScheduleWrite changed(const Schedule& before) {
    Schedule row = before;
    row.state = static_cast<ScheduleState>(rng_.below(4));
    row.next_fire = row.state == ScheduleState::active ? before_or_after() : kNever;
    row.last_fire = hours(-3, 0);
    ++row.fires;
    row.skipped += rng_.below(3);
    row.audit = {row.audit.length + 1, digest_of(rng_.below(100))};
    ScheduleWrite write = update(before, row);
    if (chance(4)) ++*write.expected;
    return write;
  }

  void insert_schedule(WriteSet& writes) {
    Schedule row = full_schedule(some_schedule(), ScheduleState::active);
    row.next_fire = before_or_after();
    row.created_at = hours(-3, 0);
    row.last_fire = hours(-3, 0);
    row.audit.length = 1;
    row.fires = row.skipped = 0;
    const bool repeated = std::ranges::count(writes.schedules, row.id,
                                             [](const ScheduleWrite& w) { return w.row.id; }) > 0;
    if (!repeated) writes.schedules.push_back({row, std::nullopt});
  }

  RunWrite changed(const Run& before) {
    Run row = before;
    std::vector<RunState> next{before.state};
    for (const RunEdge& edge : kRunEdges) {
      if (edge.from == before.state) next.push_back(edge.to);
    }
    row.state = next[rng_.below(next.size())];
    row.finished_at = is_terminal(row.state) ? hours(-1, 1) : kNever;
    row.open_jobs = static_cast<std::uint32_t>(rng_.below(5));
    ++row.required_failed;
    row.audit = {row.audit.length + 1, digest_of(rng_.below(100))};
    RunWrite write = update(before, row);
    if (chance(4)) write.expected = static_cast<RunState>(rng_.below(kRunStates));
    return write;
  }

  Job changed(Job row) {
    row.state = static_cast<JobState>(rng_.below(6));
    row.unmet = static_cast<std::uint32_t>(rng_.below(4));
    ++row.attempts;
    if (chance(20)) row.current = attempt_id(row.run.lo * 10 + rng_.below(4));
    return row;
  }

  AttemptWrite changed(const Attempt& before) {
    Attempt row = before;
    std::vector<AttemptState> next{before.state};
    for (const AttemptEdge& edge : kAttemptEdges) {
      if (edge.from == before.state) next.push_back(edge.to);
    }
    row.state = next[rng_.below(next.size())];
    set_times(row);
    ++row.epoch;
    row.audit = {row.audit.length + 1, digest_of(rng_.below(100))};
    AttemptWrite write = update(before, row);
    const std::uint64_t dice = rng_.below(100);
    if (dice == 0) ++write.expected->epoch;
    if (dice == 1) ++write.expected->generation;
    if (dice == 2) write.expected->token_hash = {9, 9};
    if (dice == 3) write.expected->state = AttemptState::skipped;
    return write;
  }

  void set_times(Attempt& row) {
    row.available_at = before_or_after();
    row.leased_at = maybe(before_or_after());
    row.queue_deadline = maybe(before_or_after());
    row.expires_at = maybe(before_or_after());
    row.deadline = maybe(before_or_after());
    row.cancel_deadline = maybe(before_or_after());
    row.lease_end = static_cast<LeaseEnd>(rng_.below(5));
    row.generation = 1 + rng_.below(3);
    row.runner = runner_id(rng_.below(3));
    row.token_hash = {5, rng_.below(3)};
  }

  void insert_run(WriteSet& writes) {
    const std::uint64_t n = some_run().lo;
    if (std::ranges::count(writes.runs, run_id(n), [](const RunWrite& w) { return w.row.id; }) >
        0) {
      return;
    }
    // The specification is the same whenever this run is made: adapters may remember it.
    WriteSet made = new_run(n, static_cast<std::uint32_t>(1 + n % 3));
    Run& run = made.runs[0].row;
    run.submitted_at = hours(-2, 0);
    run.deadline = maybe(before_or_after());
    if (chance(40)) {
      run.schedule = schedule_id_of(some_schedule());
      run.fire_at = hours(-1, 0);
    }
    for (AttemptWrite& write : made.attempts) {
      if (std::ranges::count(writes.attempts, write.row.id,
                             [](const AttemptWrite& w) { return w.row.id; }) > 0) {
        return;
      }
      write.row.state = static_cast<AttemptState>(rng_.below(kAttemptStates));
      set_times(write.row);
    }
    const bool orphan = chance(5);
    if (!orphan) writes.runs.insert(writes.runs.end(), made.runs.begin(), made.runs.end());
    writes.jobs.insert(writes.jobs.end(), made.jobs.begin(), made.jobs.end());
    writes.attempts.insert(writes.attempts.end(), made.attempts.begin(), made.attempts.end());
  }

  void insert_attempt(WriteSet& writes) {
    Attempt row;
    row.run = some_run();
    row.id = attempt_id(row.run.lo * 10 + 3);
    row.number = 2;
    row.state = AttemptState::queued;
    set_times(row);
    const bool repeated = std::ranges::count(writes.attempts, row.id,
                                             [](const AttemptWrite& w) { return w.row.id; }) > 0;
    if (!repeated) writes.attempts.push_back({row, std::nullopt});
  }

  void write_what_is_not_there(WriteSet& writes) {
    Attempt attempt;
    attempt.id = attempt_id(kNeverStored);
    Run run;
    run.id = run_id(kNeverStored);
    Job job;
    job.run = run.id;
    switch (rng_.below(3)) {
      case 0: writes.runs.push_back(update(run, run)); break;
      case 1: writes.jobs.push_back({job, false}); break;
      default: writes.attempts.push_back(update(attempt, attempt));
    }
  }

  Control some_control() {
    Control control = full_control(1 + rng_.below(3));
    control.grace_until = chance(50) ? DbTime{} : before_or_after();
    control.last_sweep = hours(-1, 0);
    control.policy.lease_ttl_until = control.policy.former_until = hours(0, 2);
    return control;
  }

  void append_event(WriteSet& writes) {
    const auto messages = all_messages();
    const Message& message = chance(40) ? messages[6] : messages[rng_.below(messages.size())];
    AuditEvent event = full_event(some_run(), some_attempt(), knowledge_.events + 1, message);
    if (chance(30)) event.refused = Reason::stale;
    ++knowledge_.events;
    writes.audit.push_back(std::move(event));
  }

  void answer_operations(WriteSet& writes) {
    for (const OperationKey& key : party_.request.operations) {
      const bool known = std::ranges::any_of(
          party_.opened->existing, [&key](const auto& stored) { return stored.key.id == key.id; });
      if (known) continue;
      if (chance(15)) {
        writes.withdrawn.push_back(key.id);
      } else {
        StoredReply reply;
        reply.detail = "reply " + std::to_string(rng_.below(100));
        writes.operations.push_back({key, reply});
      }
    }
  }

  const Step& step_;
  Knowledge& knowledge_;
  const Party& party_;
  Rng rng_;
};

}  // namespace

Action first_rows(DbTime base) {
  Action action{.kind = Action::Kind::commit};
  for (std::uint64_t n = 1; n < kRuns; ++n) {
    WriteSet made = new_run(n, static_cast<std::uint32_t>(1 + n % 3));
    made.runs[0].row.submitted_at = base;
    for (AttemptWrite& write : made.attempts) write.row.available_at = base - 1h;
    WriteSet& all = action.writes;
    all.runs.insert(all.runs.end(), made.runs.begin(), made.runs.end());
    all.jobs.insert(all.jobs.end(), made.jobs.begin(), made.jobs.end());
    all.attempts.insert(all.attempts.end(), made.attempts.begin(), made.attempts.end());
  }
  return action;
}

Action plan(const Step& step, Knowledge& knowledge) { return Planner(step, knowledge).plan(); }

}  // namespace delta
