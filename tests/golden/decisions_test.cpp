// The golden table of every (state, message, variant): tests/golden/decisions.txt, to be reviewed
// by eye. UPDATE_GOLDENS=1 rewrites it.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <sstream>
#include <string>

#include "tests/golden/cases.h"
#include "tests/golden/golden_file.h"

namespace delta::test {
namespace {

constexpr const char* kGolden = "tests/golden/decisions.txt";

struct Variant {
  std::string title;
  std::function<Message(Case&)> message;  ///< may move the clock first
  Policy policy;
};

std::string padded(std::string_view text, std::size_t width) {
  std::string cell(text);
  cell.resize(std::max(width, cell.size() + 1), ' ');
  return cell;
}

std::string after_job(const Case& c, const Job& before) {
  const Job& job = *c.table.rows.job(kRun, before.index);
  const std::string state(name_of(job.state));
  return job.attempts > before.attempts ? state + ", try " + std::to_string(job.attempts) : state;
}

template <class State>
std::string step_of(const AuditEvent& event) {
  return std::string(name_of(State{event.from})) + "->" + std::string(name_of(State{event.to}));
}

std::string event_of(const Decision& decision) {
  if (!decision.event) return "-";
  return decision.event->attempt.is_nil() ? "run " + step_of<RunState>(*decision.event)
                                          : step_of<AttemptState>(*decision.event);
}

std::string accepted_line(const Case& c, const Job& before, const Decision& decision) {
  const bool first = before.index == 0;
  std::string line = padded(name_of(c.row().state), 17);
  line += padded(name_of(lease_state(c.row())), 10);
  line += padded(after_job(c, before), 14);
  line += padded(name_of(c.table.run().state), 17);
  line += padded(first ? name_of(c.table.attempt(1).state) : "-", 10);
  line += padded(std::to_string(decision.dispatches.size()), 9);
  return line + event_of(decision);
}

void write_refusal(const std::string& kind, const std::vector<std::string>& states, std::size_t all,
                   std::ostream& out) {
  std::string line = "   refused (" + kind + "):";
  if (states.size() == all) line += " in every state";
  for (const std::string& state : states) {
    if (states.size() == all) break;
    if (line.size() + state.size() > 97) {
      out << line << "\n";
      line = "     ";
    }
    line += " " + state;
  }
  out << line << "\n";
}

/// What one message does from each state: a line for each state that accepts it, then the
/// refusals, a line a reason.
template <class States>
void write_variant(const Variant& variant, const States& states, std::ostream& out) {
  out << "\n-- " << variant.title << "\n";
  std::map<std::string, std::vector<std::string>> refusals;
  for (const auto state : states) {
    Case c = case_of(state, variant.policy);
    const Message message = variant.message(c);
    const Job before = c.table.job(c.row().job);
    const Decision decision = c.table.tell(message);
    if (!decision.accepted()) {
      const std::string kind =
          std::string(name_of(*decision.refused)) + (decision.event ? ", on record" : "");
      refusals[kind].emplace_back(name_of(state));
      continue;
    }
    out << "   " << padded(name_of(state), 17) << accepted_line(c, before, decision) << "\n";
  }
  for (const auto& [kind, states_refused] : refusals) {
    write_refusal(kind, states_refused, states.size(), out);
  }
}

void write_heading(std::string_view message, std::string_view subject, std::ostream& out) {
  out << "\n" << std::string(98, '=') << "\n" << message << "\n";
  out << "   " << padded(subject, 17) << padded("-> attempt", 17) << padded("lease", 10)
      << padded("job", 14) << padded("run", 17) << padded("next job", 10) << padded("dispatch", 9)
      << "event\n";
}

using Make = std::function<Message(const Case&, const Credentials&)>;

/// The variants of whoever must show credentials.
std::vector<Variant> fenced(const std::string& name, const Make& make, Policy policy) {
  const auto with = [&make](auto change) {
    return [make, change](Case& c) {
      Credentials lease = c.lease();
      change(c, lease);
      return make(c, lease);
    };
  };
  const auto over = [](Case& c, Credentials&) {
    c.table.context.now = c.row().expires_at == kNever ? kStart + 24h : c.row().expires_at;
  };
  return {
      {name + "right credentials, in time", with([](Case&, Credentials&) {}), policy},
      {name + "wrong token", with([](Case&, Credentials& l) { ++l.token_hash.lo; }), policy},
      {name + "epoch before the lease's", with([](Case&, Credentials& l) { --l.epoch; }), policy},
      {name + "epoch after the lease's", with([](Case&, Credentials& l) { ++l.epoch; }), policy},
      {name + "lease at its end", with(over), policy},
      {name + "lease past expires_at, but within grace", with([over](Case& c, Credentials& l) {
         over(c, l);
         c.table.context.grace_until = c.table.context.now + 1s;
       }),
       policy},
      {name + "lease of an older generation",
       with([](Case& c, Credentials&) { c.table.context.generation = 2; }), policy},
      {name + "no such attempt", with([](Case&, Credentials& l) { l.ref.attempt = {66, 66}; }),
       policy},
  };
}

void write_all(const std::vector<Variant>& variants, std::ostream& out) {
  for (const Variant& variant : variants) write_variant(variant, kAttempts, out);
}

void write_phases(std::ostream& out) {
  write_heading("start", "from", out);
  write_all(fenced("", [](const Case&, const Credentials& l) { return Start{l}; }, {}), out);
  write_heading("heartbeat", "from", out);
  write_all(fenced("", [](const Case&, const Credentials& l) { return Heartbeat{l}; }, {}), out);
  const auto report = [](AttemptState phase) {
    return [phase](const Case&, const Credentials& l) { return Report{l, phase}; };
  };
  write_heading("report", "from", out);
  write_all(fenced("running: ", report(AttemptState::running), {}), out);
  write_all(fenced("uploading: ", report(AttemptState::uploading), {}), out);
  for (const AttemptState phase : kAttempts) {
    if (phase == AttemptState::running || phase == AttemptState::uploading) continue;
    const std::string name(name_of(phase));
    write_variant(fenced(name + ": ", report(phase), {}).front(), kAttempts, out);
  }
  write_heading("cancel_ack", "from", out);
  write_all(fenced("", [](const Case&, const Credentials& l) { return CancelAck{l}; }, {}), out);
}

void write_checkpoints(std::ostream& out) {
  const auto save = [](std::uint32_t steps, const char* state) {
    return [=](const Case&, const Credentials& l) { return SaveCheckpoint{l, {steps, state}}; };
  };
  write_heading("checkpoint", "from", out);
  write_all(fenced("", save(1, "{}"), {}), out);
  write_variant(fenced("after the last step: ", save(3, "{}"), {}).front(), kAttempts, out);
  write_variant(fenced("state that is not JSON: ", save(1, "{"), {}).front(), kAttempts, out);
  const auto again = [](Case& c) -> Message {
    c.table.tell(SaveCheckpoint{c.lease(), {2, "1"}});
    return SaveCheckpoint{c.lease(), {2, "2"}};
  };
  write_variant({"a second one of the same step", again, {}}, kAttempts, out);
}

void write_completions(std::ostream& out) {
  const auto make = [](bool succeeded, FailureClass failure) {
    return [=](const Case&, const Credentials& l) { return Complete{l, succeeded, failure, {}}; };
  };
  write_heading("complete, succeeded", "from", out);
  write_all(fenced("", make(true, FailureClass::user), {}), out);
  write_heading("complete, failed", "from", out);
  write_all(fenced("infrastructure, try left: ", make(false, FailureClass::infrastructure), {}),
            out);
  struct Other {
    const char* title;
    FailureClass failure;
    Policy policy;
  };
  const auto others = std::to_array<Other>({
      {"infrastructure, last try: ", FailureClass::infrastructure, {.retry_left = false}},
      {"infrastructure, last try, allowed to fail: ",
       FailureClass::infrastructure,
       {.retry_left = false, .required = false}},
      {"user, not retried by policy: ", FailureClass::user, {}},
      {"user, retried by policy: ", FailureClass::user, {.retry_user = true}},
      {"user, last try: ", FailureClass::user, {.retry_left = false, .retry_user = true}},
      {"timeout, by the runner's own word, try left: ", FailureClass::timeout, {}},
      {"lost, by the runner's own word, last try: ", FailureClass::lost, {.retry_left = false}},
  });
  for (const Other& other : others) {
    const Make complete = make(false, other.failure);
    write_variant(fenced(other.title, complete, other.policy).front(), kAttempts, out);
  }
}

/// Sets the clock to `at(row)` plus `offset` when the row has that deadline.
auto clock_at(DbTime Attempt::* deadline, Duration offset, auto make) {
  return [=](Case& c) -> Message {
    const DbTime at = c.row().*deadline;
    c.table.context.now = (at == kNever ? kStart + 24h : at) + offset;
    return make(c);
  };
}

/// Sets the clock to the deadline that time_out is about in the subject's state, plus `offset`.
auto clock_at_due(Duration offset, auto make) {
  return [=](Case& c) -> Message {
    const bool queued = c.row().state == AttemptState::queued;
    return clock_at(queued ? &Attempt::queue_deadline : &Attempt::deadline, offset, make)(c);
  };
}

void write_deadlines(std::ostream& out) {
  const auto expire = [](const Case& c) { return Expire{c.row().ref()}; };
  write_heading("expire", "from", out);
  write_all({{"before expires_at", clock_at(&Attempt::expires_at, -1ns, expire), {}},
             {"at expires_at, loss left", clock_at(&Attempt::expires_at, 0s, expire), {}},
             {"at expires_at, last loss",
              clock_at(&Attempt::expires_at, 0s, expire),
              {.retry_left = false}},
             {"at expires_at, last loss, allowed to fail",
              clock_at(&Attempt::expires_at, 0s, expire),
              {.retry_left = false, .required = false}},
             {"past expires_at, but within grace",
              [=](Case& c) -> Message {
                c.table.context.now = kStart + 48h;
                c.table.context.grace_until = kStart + 49h;
                return expire(c);
              },
              {}}},
            out);
  const auto revoke = [](const Case& c) -> Message { return Revoke{c.row().ref()}; };
  write_heading("revoke", "from", out);
  write_all({{"loss left", revoke, {}}, {"last loss", revoke, {.retry_left = false}}}, out);
  const auto force = [](const Case& c) { return ForceCancel{c.row().ref()}; };
  write_heading("force_cancel", "from", out);
  write_all({{"before cancel_deadline", clock_at(&Attempt::cancel_deadline, -1ns, force), {}},
             {"at cancel_deadline", clock_at(&Attempt::cancel_deadline, 0s, force), {}}},
            out);
  const auto time_out = [](const Case& c) { return TimeOut{c.row().ref()}; };
  write_heading("time_out", "from", out);
  write_all({{"before its deadline", clock_at_due(-1ns, time_out), {}},
             {"at its deadline, try left", clock_at_due(0s, time_out), {}},
             {"at its deadline, last try", clock_at_due(0s, time_out), {.retry_left = false}}},
            out);
}

void write_acquire(std::ostream& out) {
  const auto acquire = [](Duration offset) {
    return clock_at(&Attempt::available_at, offset,
                    [](const Case& c) { return Acquire{c.row().id, runner_id(2), token_of(2)}; });
  };
  write_heading("acquire", "from", out);
  write_all({{"before available_at", acquire(-1ns), {}},
             {"at available_at", acquire(0s), {}},
             {"no such attempt",
              [](const Case&) { return Acquire{{66, 66}, runner_id(2), token_of(2)}; },
              {}}},
            out);
}

void write_reenqueue(std::ostream& out) {
  const auto reenqueue = [](const Case& c) -> Message { return Reenqueue{c.row().id, "ann"}; };
  write_heading("reenqueue", "from", out);
  write_all({{"of the attempt", reenqueue, {}},
             {"no such attempt", [](const Case&) { return Reenqueue{{66, 66}, "ann"}; }, {}}},
            out);
}

std::string control_line(const Decision& decision, const Table& table) {
  if (!decision.accepted()) return "refused (" + std::string(name_of(*decision.refused)) + ")";
  const Control& control = *table.rows.control;
  const delta::Policy& policy = control.policy;
  const Duration left = policy.lease_ttl_until - table.context.now;
  std::string line = "version " + std::to_string(policy.version);
  line += ", generation " + std::to_string(control.generation);
  line += policy.ingesting ? ", open" : ", paused";
  if (policy.lease_ttl > 0s) {
    line += ", TTL " + format_duration(policy.lease_ttl) + " for " + format_duration(left);
  }
  line += ", leases " + std::to_string(policy.most_leases);
  line += ", submissions " + std::to_string(policy.submissions_per_minute);
  return line + (decision.event ? "; on record" : "; not on record");
}

/// Each message meets what those before it have made of the control row.
void write_control(std::ostream& out) {
  out << "\n" << std::string(98, '=') << "\nset_policy, raise_generation, one after another\n\n";
  const auto steps = std::to_array<std::pair<const char*, Message>>({
      {"nothing", SetPolicy{{}, "ann"}},
      {"pause", SetPolicy{{.ingesting = false}, "ann"}},
      {"submit while paused", Submit{{1, 2}, two_jobs({})}},
      {"resume", SetPolicy{{.ingesting = true}, "ann"}},
      {"TTL 80s for 1h", SetPolicy{{.lease_ttl = TtlOverride{80s, 1h}}, "ann"}},
      {"TTL 10min for 2h, 5 leases",
       SetPolicy{{.lease_ttl = TtlOverride{10min, 2h}, .most_leases = 5}, "ann"}},
      {"TTL 79s, less than 4 heartbeats", SetPolicy{{.lease_ttl = TtlOverride{79s, 1h}}, "ann"}},
      {"TTL 0s", SetPolicy{{.lease_ttl = TtlOverride{0s, 1h}}, "ann"}},
      {"TTL 61min", SetPolicy{{.lease_ttl = TtlOverride{61min, 1h}}, "ann"}},
      {"TTL 80s for 25h", SetPolicy{{.lease_ttl = TtlOverride{80s, 25h}}, "ann"}},
      {"TTL 80s for 0s", SetPolicy{{.lease_ttl = TtlOverride{80s, 0s}}, "ann"}},
      {"60 submissions a minute", SetPolicy{{.submissions_per_minute = 60}, "ann"}},
      {"no limit of leases", SetPolicy{{.most_leases = 0}, "ann"}},
      {"raise_generation", RaiseGeneration{"ann"}},
  });
  Case c = case_of(AttemptState::running, {});
  for (const auto& [title, message] : steps) {
    const Decision decision = c.table.tell(message);
    out << "   " << padded(title, 33) << control_line(decision, c.table) << "\n";
  }
}

auto run_time_out(Duration offset) {
  return [offset](Case& c) -> Message {
    c.table.context.now = c.table.run().deadline + offset;
    return RunTimeOut{kRun};
  };
}

template <class States>
void write_run_messages(const States& states, std::string_view subject, std::ostream& out) {
  const auto cancel = [](const Case&) -> Message { return Cancel{kRun}; };
  write_heading("cancel", subject, out);
  write_variant({"of the run", cancel, {}}, states, out);
  write_variant({"no such run", [](const Case&) { return Cancel{{6, 6}}; }, {}}, states, out);
  write_heading("run_time_out", subject, out);
  write_variant({"before the run's deadline", run_time_out(-1ns), {}}, states, out);
  write_variant({"at the run's deadline", run_time_out(0s), {}}, states, out);
  write_variant({"no such run", [](const Case&) { return RunTimeOut{{6, 6}}; }, {}}, states, out);
}

std::string whole_table() {
  std::ostringstream out;
  out << "Every (state, message, variant) and what decide() makes of it. Written by\n"
         "tests/golden/decisions_test.cpp; review each change against docs/ARCHITECTURE.md.\n\n"
         "A run of two jobs, the second needs the first. The subject is the first attempt of the\n"
         "first job; in the states waiting and skipped it is the second job's. \"try 2\": the job\n"
         "has a new attempt. The audit event is of the attempt, unless it says run.\n";
  write_acquire(out);
  write_phases(out);
  write_checkpoints(out);
  write_completions(out);
  write_deadlines(out);
  write_reenqueue(out);
  write_run_messages(kAttempts, "attempt was", out);
  write_variant(
      {"at the run's deadline, jobs allowed to fail", run_time_out(0s), {.required = false}},
      kAttempts, out);
  write_run_messages(kRuns, "run was", out);
  write_control(out);
  return out.str();
}

TEST(Decisions, AreThoseOfTheReviewedTable) { expect_golden(kGolden, whole_table()); }

}  // namespace
}  // namespace delta::test
