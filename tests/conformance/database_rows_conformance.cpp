// What is written comes back, and what must not be written is refused as a whole.
#include <gmock/gmock.h>

#include "platform/wire/codec.h"
#include "tests/conformance/database_conformance.h"

namespace delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A run in all of whose fields something is to be seen, with an attempt in every state.
WriteSet full_rows(const SharedSpec& spec) {
  WriteSet writes;
  const delta::Run run = full_run(1, spec);
  writes.runs.push_back({run, std::nullopt});
  for (std::uint32_t j = 0; j < spec->jobs.size(); ++j) {
    const auto state = static_cast<AttemptState>(j % kAttemptStates);
    writes.attempts.push_back({full_attempt(10 + j, run.id, j, state), std::nullopt});
    writes.jobs.push_back({full_job(run.id, j, attempt_id(10 + j)), true});
  }
  return writes;
}

Rows rows_of(const WriteSet& writes) {
  Rows rows;
  for (const RunWrite& write : writes.runs) rows.put(write.row);
  for (const JobWrite& write : writes.jobs) rows.put(write.row);
  for (AttemptWrite write : writes.attempts) {
    write.row.spec = rows.run(write.row.run)->spec;
    rows.put(std::move(write.row));
  }
  return rows;
}

SharedSpec odd_spec() {
  RunSpec spec;
  spec.name =
      "O'Reilly said \"no\"; DROP TABLE run; -- {a,b} \\ \xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x80";
  spec.timeout = 1h + 1ns;
  for (const char* name : {"'", "''", "\"", "\\", "\\'", "{", "}", "{}", ",", "NULL", "$1", "\\x00",
                           "tab\there", "a;b", "%s", "\xC2\xA0", " "}) {
    JobSpec job;
    job.name = name;
    job.command = std::string("echo '") + name + "'\n\techo \"$HOME\\n\" {1..3} \\\\ \r\n\x01\x7F";
    job.secrets = {"TOKEN", "_X9"};
    job.required = false;
    job.retry = {600, 400, false, true, false};
    job.timeout = 1ns;
    job.queue_timeout = 365 * 24h;
    if (!spec.jobs.empty()) job.needs = {0};
    spec.jobs.push_back(job);
  }
  return *prepare(spec);
}

TEST_P(DatabaseConformance, every_field_of_every_row_comes_back) {
  run([this] {
    const WriteSet writes = full_rows(odd_spec());
    store(writes);
    Rows expected = rows_of(writes);
    const auto session = connect();
    const Opened opened = open(*session, lock_run(1, Scope::run));
    EXPECT_EQ(texts_.of(opened.rows), texts_.of(expected));
    EXPECT_FALSE(opened.control_locked);
    session->rollback();
    expected.control = Control{};
    EXPECT_EQ(texts_.of(world().stored().rows), texts_.of(expected));
  });
}

TEST_P(DatabaseConformance, every_field_but_what_never_changes_can_be_updated) {
  run([this] {
    const SharedSpec spec = odd_spec();
    store(full_rows(spec));
    const auto session = connect();
    const Opened opened = open(*session, lock_run(1, Scope::run));
    const delta::Run& before = opened.rows.runs.at(0);
    delta::Run row = full_run(2, spec);
    row.id = before.id;
    row.submitted_at = before.submitted_at;
    row.deadline = before.deadline;
    row.state = RunState::failed;
    row.finished_at = DbTime(123ns);
    WriteSet writes;
    writes.runs.push_back(update(before, row));
    for (const Job& job : opened.rows.jobs) {
      Job changed = full_job(job.run, job.index + 1, attempt_id(77));
      changed.index = job.index;
      changed.unmet = 0;
      writes.jobs.push_back({changed, false});
    }
    for (const Attempt& attempt : opened.rows.attempts) {
      Attempt changed = full_attempt(attempt.id.lo + 100, attempt.run, attempt.job, attempt.state);
      changed.id = attempt.id;
      changed.number = attempt.number;
      changed.epoch = 0;
      changed.generation = 5;
      changed.token_hash = {};
      changed.runner = {};
      changed.expires_at = kNever;
      writes.attempts.push_back(update(attempt, changed));
    }
    commit(*session, writes);
    OpenRequest request = lock_run(1, Scope::run);
    for (const Attempt& attempt : opened.rows.attempts) request.attempts.push_back(attempt.id);
    EXPECT_EQ(texts_.of(open(*session, request).rows), texts_.of(rows_of(writes)));
  });
}

TEST_P(DatabaseConformance, a_lease_that_has_ended_can_be_written) {
  run([this] {
    store(new_run(1));
    const auto session = connect();
    for (const AttemptState state :
         {AttemptState::leased, AttemptState::starting, AttemptState::lost}) {
      const Opened opened = open(*session, lock_attempt(10));
      const Attempt& before = opened.rows.attempts.at(0);
      Attempt row = before;
      row.state = state;
      row.expires_at = opened.now - 1h;
      row.deadline = opened.now - 1h;
      row.cancel_deadline = opened.now - 1h;
      commit(*session, written(update(before, row)));
    }
    EXPECT_EQ(open(*session, lock_attempt(10)).rows.attempts.at(0).state, AttemptState::lost);
  });
}

TEST_P(DatabaseConformance, a_specification_may_be_large) {
  run([this] {
    RunSpec spec;
    spec.name = "large";
    for (std::uint32_t j = 0; j < 500; ++j) {
      JobSpec job;
      job.name = "job-" + std::to_string(j);
      job.command = std::string(2'000, 'x');
      if (j > 0) job.needs = {(j - 1) / 2};
      spec.jobs.push_back(job);
    }
    const WriteSet writes = full_rows(*prepare(spec));
    store(writes);
    const auto session = connect();
    const Opened opened = open(*session, lock_run(1, Scope::run));
    EXPECT_EQ(texts_.of(opened.rows.runs.at(0)), texts_.of(writes.runs[0].row));
    EXPECT_THAT(opened.rows.attempts, SizeIs(500));
    session->rollback();
    OpenRequest request;
    request.runs.push_back({run_id(1), Scope::job, 1});
    const auto& descendants = writes.runs[0].row.spec->jobs[1].descendants;
    EXPECT_THAT(open(*session, request).rows.jobs, SizeIs(1 + descendants.size()));
  });
}

TEST_P(DatabaseConformance, the_control_row_is_there_and_every_field_of_it_comes_back) {
  run([this] {
    const auto session = connect();
    Opened opened = open(*session, {});
    EXPECT_FALSE(opened.control_locked);
    EXPECT_EQ(texts_.of(opened.control), texts_.of(Control{}));
    session->rollback();
    for (const std::uint64_t seed : {1'000'000'000'000'000'000UL, 3UL}) {
      EXPECT_TRUE(open(*session, lock_control()).control_locked);
      WriteSet writes;
      writes.control = full_control(seed);
      commit(*session, writes);
      opened = open(*session, {});
      EXPECT_EQ(texts_.of(opened.control), texts_.of(full_control(seed)));
      session->rollback();
    }
  });
}

TEST_P(DatabaseConformance, audit_events_of_every_message_come_back_in_order) {
  run([this] {
    WriteSet writes;
    std::string expected;
    std::uint32_t number = 0;
    for (const Message& message : all_messages()) {
      const AttemptId attempt = number % 3 == 0 ? AttemptId{} : attempt_id(1);
      ++number;
      writes.audit.push_back(full_event(run_id(number % 2), attempt, number, message));
      expected += texts_.of(writes.audit.back());
    }
    store(writes);
    std::string text;
    std::uint64_t serial = 0;
    for (const AuditEvent& event : world().stored().audit) {
      text += texts_.of(event);
      EXPECT_GT(event.serial, serial);
      serial = event.serial;
    }
    EXPECT_EQ(text, expected);
  });
}

TEST_P(DatabaseConformance, replies_of_every_kind_come_back_with_digest_and_time) {
  run([this] {
    const AttemptRef ref{run_id(1), 2, attempt_id(3)};
    const std::vector<ReplyBody> bodies{
        std::monostate{},
        SubmitReply{run_id(1), {3, digest_of(4)}},
        CancelReply{RunState::cancelled},
        AcquireReply{{{ref, 7, odd_spec()}}},
        LeaseReply{120s},
        HeartbeatReply{{{attempt_id(3), Reason::stale, true, 5s}}},
        AdminReply{.rows = 1, .more = true, .generation = 9, .policy = full_control(1).policy}};
    OpenRequest request;
    WriteSet writes;
    for (std::uint64_t n = 0; n < bodies.size(); ++n) {
      const OperationKey key{operation_id(n), ~std::uint64_t{0} - n};
      request.operations.push_back(key);
      writes.operations.push_back(
          {key, {Status::refused, Reason::paused, "it's {odd}\\", bodies[n]}});
    }
    const auto session = connect();
    const DbTime before = open(*session, {}).now;
    session->rollback();
    open(*session, request);
    commit(*session, writes);
    const Opened opened = open(*session, request);
    ASSERT_THAT(opened.existing, SizeIs(bodies.size()));
    for (std::size_t n = 0; n < bodies.size(); ++n) {
      StoredOperation expected = writes.operations[n];
      expected.stored_at = opened.existing[n].stored_at;
      EXPECT_EQ(texts_.of(opened.existing[n]), texts_.of(expected));
      EXPECT_GE(expected.stored_at, before);
      EXPECT_LE(expected.stored_at, opened.now);
    }
  });
}

TEST_P(DatabaseConformance, an_update_whose_predicate_matches_no_row_rejects_everything) {
  run([this] {
    store(new_run(1));
    const Rows rows = world().stored().rows;
    const Attempt& attempt = rows.attempts.at(0);
    const AttemptFence right = *update(attempt, attempt).expected;
    std::vector<WriteSet> wrong;
    const auto add = [&](auto change) {
      AttemptFence fence = right;
      change(fence);
      wrong.push_back(written(AttemptWrite{attempt, fence}));
    };
    add([](AttemptFence& fence) { fence.state = AttemptState::waiting; });
    add([](AttemptFence& fence) { ++fence.epoch; });
    add([](AttemptFence& fence) { fence.token_hash = {1, 1}; });
    add([](AttemptFence& fence) { ++fence.generation; });
    wrong.push_back(written(RunWrite{rows.runs.at(0), RunState::running}));
    Attempt absent = attempt;
    absent.id = attempt_id(99);
    wrong.push_back(written(update(attempt, absent)));
    delta::Run no_run = rows.runs.at(0);
    no_run.id = run_id(99);
    wrong.push_back(written(update(no_run, no_run)));
    Job no_job = rows.jobs.at(0);
    no_job.index = 9;
    wrong.emplace_back().jobs.push_back({no_job, false});
    for (WriteSet& writes : wrong) {
      writes.audit.push_back(full_event(run_id(1), {}, 1, Cancel{run_id(1)}));
      writes.outbox.push_back({attempt.id, {}});
      expect_rejected(lock_run(1, Scope::run), writes);
    }
    EXPECT_THAT(find(*connect(), FindOutbox{0s, 100}).outbox, IsEmpty());
  });
}

TEST_P(DatabaseConformance, one_wrong_row_of_many_rejects_all) {
  run([this] {
    store(new_run(1, 3));
    WriteSet writes;
    for (const Attempt& attempt : world().stored().rows.attempts) {
      Attempt changed = attempt;
      ++changed.epoch;
      writes.attempts.push_back(update(attempt, changed));
    }
    writes.attempts[1].expected->epoch = 8;
    expect_rejected(lock_run(1, Scope::run), writes);
  });
}

TEST_P(DatabaseConformance, a_second_row_with_the_same_key_is_rejected) {
  run([this] {
    store(new_run(1, 2));
    store(new_run(2, 2));
    expect_rejected({}, new_run(1, 2));
    WriteSet job;
    job.jobs.push_back({full_job(run_id(1), 1, attempt_id(10)), true});
    expect_rejected({}, job);
    WriteSet attempt;
    attempt.attempts.push_back(
        {full_attempt(21, run_id(1), 0, AttemptState::queued), std::nullopt});
    expect_rejected({}, attempt);
  });
}

TEST_P(DatabaseConformance, what_a_refused_insert_said_of_a_run_is_not_remembered) {
  run([this] {
    store(new_run(1));
    WriteSet again = new_run(1);
    again.runs[0].row.spec = chain_spec(1, "another");
    world().break_connections();
    expect_rejected({}, again);
    WriteSet never = new_run(2);
    never.runs[0].row.spec = chain_spec(1, "never was");
    never.attempts[0].row.id = attempt_id(10);
    expect_rejected({}, never);
    store(new_run(2));
    const auto session = connect();
    EXPECT_EQ(open(*session, lock_run(1, Scope::run)).rows.runs.at(0).spec->name, "chain");
    session->rollback();
    EXPECT_EQ(open(*session, lock_run(2, Scope::run)).rows.runs.at(0).spec->name, "chain");
  });
}

TEST_P(DatabaseConformance, jobs_and_attempts_without_their_run_are_rejected) {
  run([this] {
    WriteSet jobs = new_run(1);
    jobs.runs.clear();
    jobs.attempts.clear();
    expect_rejected({}, jobs);
    WriteSet attempts = new_run(1);
    attempts.runs.clear();
    attempts.jobs.clear();
    expect_rejected({}, attempts);
  });
}

TEST_P(DatabaseConformance, rollback_leaves_no_trace_and_empty_transactions_are_fine) {
  run([this] {
    store(new_run(1));
    const auto session = connect();
    const std::string before = stored_text();
    open(*session, insert_operation(1));
    session->rollback();
    session->rollback();
    open(*session, {});
    commit(*session, {});
    EXPECT_THAT(open(*session, insert_operation(1)).existing, IsEmpty());
    session->rollback();
    EXPECT_EQ(stored_text(), before);
  });
}

TEST_P(DatabaseConformance, what_does_not_exist_is_absent) {
  run([this] {
    store(new_run(1));
    const auto session = connect();
    OpenRequest request = lock_run(9, Scope::run);
    request.runs.push_back({run_id(8), Scope::job, 4});
    request.runs.push_back({run_id(1), Scope::job, 4});
    request.runs.push_back({run_id(1), Scope::attempt_and_run, 0});
    request.runs.push_back({run_id(1), Scope::attempt_and_run, 0});
    request.attempts = {attempt_id(99), {}, attempt_id(10), attempt_id(10)};
    const Opened opened = open(*session, request);
    EXPECT_THAT(opened.rows.runs, SizeIs(1));
    EXPECT_THAT(opened.rows.jobs, IsEmpty());
    EXPECT_THAT(opened.rows.attempts, SizeIs(1));
  });
}

TEST_P(DatabaseConformance, an_operation_is_as_old_as_its_insertion_not_as_its_commit) {
  run([this] {
    const auto slow = connect();
    const auto quick = connect();
    open(*slow, insert_operation(1));
    sleep(2ms);
    open(*quick, insert_operation(2));
    commit(*quick, answered(2, 0, ""));
    sleep(2ms);
    commit(*slow, answered(1, 0, ""));
    EXPECT_EQ(quick->purge_operations({0s, 1}).value(), 1U);
    OpenRequest both = insert_operation(1);
    both.operations.push_back({operation_id(2), 0});
    const Opened opened = open(*quick, both);
    ASSERT_THAT(opened.existing, SizeIs(1));
    EXPECT_EQ(opened.existing[0].key.id, operation_id(2));
    quick->rollback();
  });
}

}  // namespace
}  // namespace delta
