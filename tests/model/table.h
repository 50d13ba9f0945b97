// The tables of one run in memory, for tests: every message is decided on exactly the rows that
// its footprint locks, so that a rule that looks further fails here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/decide.h"
#include "core/rng.h"

namespace delta::test {

inline constexpr RunId kRun{1, 1};
inline constexpr DbTime kStart{1'000'000s};

inline RunnerId runner_id(std::uint64_t runner) { return {7, runner}; }
inline TokenHash token_of(std::uint64_t runner) { return {9, runner}; }

inline SharedSpec spec_of(std::vector<JobSpec> jobs, Duration timeout = 0s) {
  RunSpec spec;
  spec.name = "test";
  spec.timeout = timeout;
  spec.jobs = std::move(jobs);
  auto prepared = prepare(std::move(spec));
  CHECK(prepared.has_value());
  return *prepared;
}

/// The rows that core/ports/database.h promises to lock for this message, and no others.
inline Rows locked_rows(const Rows& all, const Message& message) {
  const Footprint need = footprint(message);
  Rows rows;
  const auto copy_job = [&](std::uint32_t index) {
    const Job* job = all.job(need.ref.run, index);
    if (job == nullptr) return;
    rows.put(*job);
    rows.put(*all.attempt(job->current));
  };
  const Run* run = all.run(need.ref.run);
  if (need.scope >= Scope::attempt_and_run && run != nullptr) {
    rows.put(*run);
    for (std::uint32_t i = 0; need.scope == Scope::run && i < run->spec->jobs.size(); ++i) {
      copy_job(i);
    }
    if (need.scope == Scope::job) {
      copy_job(need.ref.job);
      for (const std::uint32_t after : run->spec->jobs.at(need.ref.job).descendants) {
        copy_job(after);
      }
    }
  }
  if (need.scope == Scope::control) rows.control = all.control;
  const Schedule* schedule = all.schedule(need.schedule);
  if (need.scope == Scope::schedule && schedule != nullptr) rows.put(*schedule);
  const bool names_attempt = need.scope != Scope::nothing && need.scope < Scope::run;
  const Attempt* attempt = names_attempt ? all.attempt(need.ref.attempt) : nullptr;
  if (attempt != nullptr) rows.put(*attempt);
  return rows;
}

class Table {
 public:
  Settings settings;
  Context context{kStart, {}, 1};
  Rows rows;
  std::vector<AuditEvent> log;

  explicit Table(const SharedSpec& spec) {
    rows.control = Control{};
    CHECK(tell(Submit{kRun, spec}).accepted());
  }

  Decision tell(const Message& message) {
    const Envelope envelope{message, {ActorKind::orchestrator, 5}, {mix64(++nonce_), 11}};
    follow_policy();
    Decision decision = decide(locked_rows(rows, message), envelope, context, settings);
    for (const Run& row : decision.rows.runs) rows.put(row);
    for (const Job& row : decision.rows.jobs) rows.put(row);
    for (const Attempt& row : decision.rows.attempts) rows.put(row);
    for (const Schedule& row : decision.rows.schedules) rows.put(row);
    if (decision.rows.control) rows.control = decision.rows.control;
    if (std::holds_alternative<RaiseGeneration>(message)) ++context.generation;
    if (decision.event) {
      decision.event->serial = log.size() + 1;
      log.push_back(*decision.event);
    }
    return decision;
  }

  void pass(Duration duration) { context.now += duration; }

  /// Brings the context up to what the policy says now. Grace and generation are a test's own.
  void follow_policy() {
    const Policy& policy = rows.control->policy;
    context.lease_ttl = ttl_in_force(policy, context.now, settings);
    context.longest_lease = longest_ttl(policy, context.now, settings);
    context.ingesting = policy.ingesting;
  }

  const Run& run() const { return *rows.run(kRun); }
  const Job& job(std::uint32_t index = 0) const { return *rows.job(kRun, index); }
  const Attempt& attempt(std::uint32_t index = 0) const {
    return *rows.attempt(job(index).current);
  }

  /// What the runner that was granted `attempt` shows.
  static Credentials credentials(const Attempt& attempt, std::uint64_t runner = 1) {
    return {attempt.ref(), attempt.epoch, token_of(runner)};
  }
  Credentials credentials(std::uint32_t index = 0) const { return credentials(attempt(index)); }

  /// Takes the job's current attempt, which waits in the queue, as far as `state`, by messages
  /// that succeed. Of the terminal states only succeeded.
  void bring(std::uint32_t index, AttemptState state) {
    context.now = std::max(context.now, attempt(index).available_at);
    must(Acquire{attempt(index).id, runner_id(1), token_of(1)});
    if (state == AttemptState::leased) return;
    must(Start{credentials(index)});
    if (state == AttemptState::starting) return;
    must(Report{credentials(index), AttemptState::running});
    if (state == AttemptState::running) return;
    must(Report{credentials(index), AttemptState::uploading});
    if (state == AttemptState::uploading) return;
    CHECK(state == AttemptState::succeeded);
    must(complete(index, true));
  }

  Message complete(std::uint32_t index, bool succeeded,
                   FailureClass failure = FailureClass::user) const {
    return Complete{credentials(index), succeeded, failure, {}};
  }
  void must(const Message& message) {
    const Decision decision = tell(message);
    if (decision.accepted()) return;
    throw std::logic_error(std::string(name_of(message)) +
                           " refused: " + std::string(name_of(*decision.refused)));
  }

 private:
  std::uint64_t nonce_ = 0;
};

}  // namespace delta::test
