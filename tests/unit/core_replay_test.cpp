// Replay rebuilds the tables from the audit log, and finds what was changed by hand.
#include "core/replay.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/model/table.h"

namespace delta::test {
namespace {

/// A history with a loss, a late completion, a retry, a failure, heartbeats and a live lease:
/// 0 before 1 and 2; 3 alone waits in the queue.
Table lived_through() {
  JobSpec after;
  after.needs = {0};
  after.timeout = 2h;
  JobSpec alone;
  alone.queue_timeout = 3h;
  Table table(spec_of({JobSpec{}, after, after, alone}, 5h));
  table.bring(0, AttemptState::uploading);
  const Message late = table.complete(0, true);
  table.pass(1min);
  table.must(Heartbeat{table.credentials()});
  table.context.now = table.attempt().expires_at;
  table.must(Expire{table.attempt().ref()});
  EXPECT_EQ(table.tell(late).refused, Reason::lease_over);
  table.must(SetPolicy{{.lease_ttl = TtlOverride{80s, 1h}}, "ann"});
  table.bring(0, AttemptState::succeeded);
  table.bring(1, AttemptState::running);
  table.must(table.complete(1, false));
  table.bring(2, AttemptState::running);
  table.pass(1s);
  table.must(Heartbeat{table.credentials(2)});
  table.must(SetPolicy{{.ingesting = false, .most_leases = 3}, "bob"});
  EXPECT_EQ(table.tell(Submit{{1, 2}, spec_of({JobSpec{}})}).refused, Reason::paused);
  table.must(Reenqueue{table.attempt(3).id, "bob"});
  return table;
}

ReplayResult replayed(const Table& table) { return replay(table.log, table.settings); }

bool is_found(const Table& table) {
  const ReplayResult result = replayed(table);
  return !result.problems.empty() || !differences(result.rows, table.rows).empty();
}

TEST(Replay, RebuildsTheTables) {
  const Table table = lived_through();
  const ReplayResult result = replayed(table);
  EXPECT_TRUE(result.problems.empty()) << result.problems.front();
  const std::vector<std::string> found = differences(result.rows, table.rows);
  EXPECT_TRUE(found.empty()) << found.front();
  EXPECT_EQ(result.rows.attempts.size(), 5U);
}

TEST(Replay, RebuildsARunThatTimedOutOrWasCancelled) {
  Table timed_out = lived_through();
  timed_out.context.now = timed_out.run().deadline;
  timed_out.must(RunTimeOut{kRun});
  EXPECT_FALSE(is_found(timed_out));
  Table cancelled = lived_through();
  cancelled.must(Cancel{kRun});
  EXPECT_FALSE(is_found(cancelled));
  cancelled.context.now = cancelled.attempt(2).cancel_deadline;
  cancelled.must(ForceCancel{cancelled.attempt(2).ref()});
  EXPECT_FALSE(is_found(cancelled));
}

TEST(Replay, RebuildsTheControlRow) {
  Table table = lived_through();
  table.must(RaiseGeneration{"bob"});
  EXPECT_FALSE(is_found(table));
  const Control control = *replayed(table).rows.control;
  EXPECT_EQ(control.generation, 2U);
  EXPECT_EQ(control.policy, table.rows.control->policy);
  EXPECT_EQ(control.audit.length, 3U);
}

TEST(Replay, FindsAnEventDecidedByAnotherPolicyThanItSays) {
  const Table table = lived_through();
  for (std::size_t i = 0; i < table.log.size(); ++i) {
    Table changed = table;
    changed.log[i].context.lease_ttl += 1s;
    EXPECT_TRUE(is_found(changed)) << "event " << i;
    changed.log[i] = table.log[i];
    changed.log[i].context.ingesting ^= true;
    EXPECT_TRUE(is_found(changed)) << "event " << i;
  }
}

TEST(Replay, FindsAnyEventThatIsMissing) {
  const Table table = lived_through();
  for (std::size_t i = 0; i < table.log.size(); ++i) {
    Table cut = table;
    cut.log.erase(cut.log.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(is_found(cut)) << "without event " << i;
  }
}

TEST(Replay, FindsAnyTruncation) {
  const Table table = lived_through();
  for (std::size_t length = 0; length < table.log.size(); ++length) {
    Table cut = table;
    cut.log.resize(length);
    EXPECT_TRUE(is_found(cut)) << "cut to " << length;
  }
}

TEST(Replay, FindsAnyEventThatIsThereTwice) {
  const Table table = lived_through();
  for (std::size_t i = 0; i < table.log.size(); ++i) {
    Table twice = table;
    twice.log.insert(twice.log.begin() + static_cast<std::ptrdiff_t>(i), table.log[i]);
    // Serials are the database's; a copied row gets a new one.
    for (std::size_t k = 0; k < twice.log.size(); ++k) twice.log[k].serial = k + 1;
    if (i == 0) continue;  // a submission twice at the very start makes the same rows
    EXPECT_TRUE(is_found(twice)) << "event " << i;
  }
}

TEST(Replay, FindsNeighboursOfOneChainThatChangedPlaces) {
  const Table table = lived_through();
  int swaps = 0;
  for (std::size_t i = 0; i + 1 < table.log.size(); ++i) {
    if (table.log[i].attempt != table.log[i + 1].attempt) continue;
    Table swapped = table;
    std::swap(swapped.log[i], swapped.log[i + 1]);
    EXPECT_TRUE(is_found(swapped)) << "events " << i << " and the next";
    ++swaps;
  }
  EXPECT_GT(swaps, 5);
}

TEST(Replay, FindsAChangedEventEvenWithItsDigestMadeToFit) {
  const Table table = lived_through();
  for (std::size_t i = 0; i < table.log.size(); ++i) {
    for (const bool fitted : {false, true}) {
      Table changed = table;
      AuditEvent& event = changed.log[i];
      event.what.actor.id = 666;
      if (fitted) event.digest = digest_of(event);
      EXPECT_TRUE(is_found(changed)) << "event " << i;
    }
  }
}

struct Edit {
  const char* column;
  std::function<void(Rows&)> apply;
};

[[maybe_unused]] void PrintTo(const Edit& edit, std::ostream* out) { *out << edit.column; }

template <class Row, class Value>
Edit edit(const char* column, std::vector<Row> Rows::* table, std::size_t row, Value Row::* field,
          Value value) {
  return {column, [=](Rows& rows) { (rows.*table).at(row).*field = value; }};
}

class ReplayFindsEdit : public testing::TestWithParam<Edit> {};

TEST_P(ReplayFindsEdit, OfTheColumn) {
  Table table = lived_through();
  ASSERT_FALSE(is_found(table));
  GetParam().apply(table.rows);
  EXPECT_TRUE(is_found(table)) << GetParam().column;
}

std::string edit_name(const testing::TestParamInfo<Edit>& info) { return info.param.column; }

constexpr DbTime kOther{77s};

INSTANTIATE_TEST_SUITE_P(
    Run, ReplayFindsEdit,
    testing::Values(edit("run_state", &Rows::runs, 0, &Run::state, RunState::succeeded),
                    edit("run_open_jobs", &Rows::runs, 0, &Run::open_jobs, 9U),
                    edit("run_required_failed", &Rows::runs, 0, &Run::required_failed, 9U),
                    edit("run_required_timed_out", &Rows::runs, 0, &Run::required_timed_out, 9U),
                    edit("run_required_skipped", &Rows::runs, 0, &Run::required_skipped, 9U),
                    edit("run_submitted_at", &Rows::runs, 0, &Run::submitted_at, kOther),
                    edit("run_finished_at", &Rows::runs, 0, &Run::finished_at, kOther),
                    edit("run_deadline", &Rows::runs, 0, &Run::deadline, kOther),
                    edit("run_audit", &Rows::runs, 0, &Run::audit, ChainHead{}),
                    Edit{"run_deleted", [](Rows& rows) { rows.runs.clear(); }},
                    Edit{"run_inserted",
                         [](Rows& rows) {
                           Run copy = rows.runs[0];
                           copy.id = {99, 99};
                           rows.put(copy);
                         }}),
    edit_name);

INSTANTIATE_TEST_SUITE_P(
    Job, ReplayFindsEdit,
    testing::Values(edit("job_state", &Rows::jobs, 1, &Job::state, JobState::succeeded),
                    edit("job_unmet", &Rows::jobs, 1, &Job::unmet, 9U),
                    edit("job_attempts", &Rows::jobs, 1, &Job::attempts, std::uint16_t{9}),
                    edit("job_failures", &Rows::jobs, 1, &Job::failures, std::uint16_t{0}),
                    edit("job_losses", &Rows::jobs, 1, &Job::losses, std::uint16_t{9}),
                    edit("job_current", &Rows::jobs, 1, &Job::current, AttemptId{9, 9}),
                    Edit{"job_deleted", [](Rows& rows) { rows.jobs.pop_back(); }}),
    edit_name);

/// Edits the attempt of the job 2, which is running.
template <class Value>
Edit live(const char* column, Value Attempt::* field, Value value) {
  return {column, [=](Rows& rows) {
            Attempt row = *rows.attempt(rows.job(kRun, 2)->current);
            row.*field = value;
            rows.put(row);
          }};
}

INSTANTIATE_TEST_SUITE_P(
    Attempt, ReplayFindsEdit,
    testing::Values(live("attempt_job", &Attempt::job, 0U),
                    live("attempt_number", &Attempt::number, std::uint16_t{9}),
                    live("attempt_state", &Attempt::state, AttemptState::uploading),
                    live("attempt_lease_end", &Attempt::lease_end, LeaseEnd::revoked),
                    live("attempt_epoch", &Attempt::epoch, 9U),
                    live("attempt_generation", &Attempt::generation, std::uint64_t{9}),
                    live("attempt_token_hash", &Attempt::token_hash, TokenHash{6, 6}),
                    live("attempt_runner", &Attempt::runner, RunnerId{6, 6}),
                    live("attempt_available_at", &Attempt::available_at, kOther),
                    live("attempt_queue_deadline", &Attempt::queue_deadline, kOther),
                    live("attempt_deadline", &Attempt::deadline, kOther),
                    live("attempt_cancel_deadline", &Attempt::cancel_deadline, kOther),
                    live("attempt_audit", &Attempt::audit, ChainHead{}),
                    Edit{"attempt_deleted", [](Rows& rows) { rows.attempts.pop_back(); }}),
    edit_name);

template <class Value>
Edit of_control(const char* column, Value Control::* field, Value value) {
  return {column, [=](Rows& rows) { *rows.control.*field = value; }};
}
template <class Value>
Edit of_policy(const char* column, Value Policy::* field, Value value) {
  return {column, [=](Rows& rows) { rows.control->policy.*field = value; }};
}

INSTANTIATE_TEST_SUITE_P(
    ControlRow, ReplayFindsEdit,
    testing::Values(of_control("control_generation", &Control::generation, std::uint64_t{9}),
                    of_control("control_audit", &Control::audit, ChainHead{}),
                    of_policy("policy_version", &Policy::version, std::uint64_t{9}),
                    of_policy("policy_ingesting", &Policy::ingesting, true),
                    of_policy("policy_lease_ttl", &Policy::lease_ttl, Duration(9s)),
                    of_policy("policy_lease_ttl_until", &Policy::lease_ttl_until, kOther),
                    of_policy("policy_former_ttl", &Policy::former_ttl, Duration(9s)),
                    of_policy("policy_former_until", &Policy::former_until, kOther),
                    of_policy("policy_most_leases", &Policy::most_leases, 9U),
                    of_policy("policy_submissions", &Policy::submissions_per_minute, 9U)),
    edit_name);

TEST(Replay, FindsTheTruncationOfAnEndedAttemptInTheRunsChain) {
  // The head of an attempt enters its run's chain when the attempt ends, whatever ends it.
  const auto heads_entered = [](Table& table, const Message& end) {
    const std::uint32_t before = table.run().audit.length;
    table.must(end);
    return table.run().audit.length - before;
  };
  Table lost(spec_of({JobSpec{}}, 1h));
  lost.bring(0, AttemptState::running);
  EXPECT_EQ(heads_entered(lost, Revoke{lost.attempt().ref()}), 1U);
  Table timed_out(spec_of({JobSpec{}}, 1h));
  timed_out.bring(0, AttemptState::running);
  timed_out.pass(1h);
  EXPECT_EQ(heads_entered(timed_out, RunTimeOut{kRun}), 2U);  // the attempt's head, the run's event
}

}  // namespace
}  // namespace delta::test
