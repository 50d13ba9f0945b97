// Who waits for whom, what the one who waited sees, and what becomes of those who wait in vain.
#include <gmock/gmock.h>

#include "tests/conformance/database_conformance.h"

namespace delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::uint32_t> jobs_of(const Opened& opened) {
  std::vector<std::uint32_t> jobs;
  for (const Job& job : opened.rows.jobs) jobs.push_back(job.index);
  return jobs;
}

std::vector<std::uint64_t> attempts_of(const Opened& opened) {
  std::vector<std::uint64_t> attempts;
  for (const Attempt& attempt : opened.rows.attempts) attempts.push_back(attempt.id.lo);
  return attempts;
}

bool is_conflict(const OpenCall& call, Conflict conflict) {
  return call.is_over() && !*call && call->error().kind == DbFailure::conflict &&
         call->error().conflict == conflict;
}

TEST_P(DatabaseConformance, a_waiter_gets_the_newest_version_and_reads_the_clock_after_the_lock) {
  run([this] {
    store(new_run(1));
    const auto first = connect();
    const auto second = connect();
    const Opened opened = open(*first, lock_run(1, Scope::attempt_and_run));
    const OpenCall waiting = begin_open(*second, lock_run(1, Scope::attempt_and_run));
    settle();
    EXPECT_FALSE(waiting.is_over());
    sleep(50ms);
    const DbTime later = open(*connect(), {}).now;
    EXPECT_GE(later, opened.now + 50ms);
    delta::Run row = opened.rows.runs.at(0);
    row.required_failed = 7;
    commit(*first, written(update(opened.rows.runs.at(0), row)));
    settle();
    ASSERT_TRUE(waiting.is_over());
    ASSERT_TRUE(*waiting);
    EXPECT_EQ((*waiting)->rows.runs.at(0).required_failed, 7U);
    EXPECT_GE((*waiting)->now, later);
  });
}

TEST_P(DatabaseConformance, waiters_get_the_lock_in_their_order_and_after_a_rollback_too) {
  run([this] {
    store(new_run(1));
    const auto holder = connect();
    const auto second = connect();
    const auto third = connect();
    open(*holder, lock_attempt(10));
    const OpenCall two = begin_open(*second, lock_attempt(10));
    settle();
    const OpenCall three = begin_open(*third, lock_attempt(10));
    settle();
    EXPECT_FALSE(two.is_over());
    holder->rollback();
    settle();
    EXPECT_TRUE(two.is_over());
    EXPECT_FALSE(three.is_over());
    second->rollback();
    settle();
    EXPECT_TRUE(three.is_over());
  });
}

TEST_P(DatabaseConformance, each_scope_locks_its_rows_and_no_other) {
  run([this] {
    store(new_run(1, 4));
    const auto session = connect();
    const auto other = connect();
    OpenRequest request;
    request.runs.push_back({run_id(1), Scope::job, 2});
    request.attempts = {attempt_id(12), attempt_id(99)};
    Opened opened = open(*session, request);
    EXPECT_THAT(opened.rows.runs, SizeIs(1));
    EXPECT_THAT(jobs_of(opened), ElementsAre(2, 3));
    EXPECT_THAT(attempts_of(opened), ElementsAre(12, 13));
    EXPECT_EQ(opened.rows.attempts.at(1).job_spec().name, "job-3");
    EXPECT_THAT(attempts_of(open(*other, lock_attempt(11))), ElementsAre(11));
    other->rollback();
    session->rollback();

    request = lock_run(1, Scope::attempt_and_run);
    request.attempts = {attempt_id(10)};
    opened = open(*session, request);
    EXPECT_THAT(opened.rows.runs, SizeIs(1));
    EXPECT_THAT(opened.rows.jobs, IsEmpty());
    EXPECT_THAT(attempts_of(opened), ElementsAre(10));
    session->rollback();

    opened = open(*session, lock_run(1, Scope::run));
    EXPECT_THAT(jobs_of(opened), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(attempts_of(opened), ElementsAre(10, 11, 12, 13));
  });
}

TEST_P(DatabaseConformance, the_current_attempt_is_that_of_the_jobs_newest_version) {
  run([this] {
    store(new_run(1));
    const auto first = connect();
    const auto second = connect();
    const Opened opened = open(*first, lock_run(1, Scope::run));
    const OpenCall waiting = begin_open(*second, lock_run(1, Scope::run));
    settle();
    WriteSet writes;
    Attempt retry = opened.rows.attempts.at(0);
    retry.id = attempt_id(19);
    writes.attempts.push_back({retry, std::nullopt});
    Job job = opened.rows.jobs.at(0);
    job.current = retry.id;
    writes.jobs.push_back({job, false});
    commit(*first, writes);
    settle();
    ASSERT_TRUE(waiting.is_over() && *waiting);
    EXPECT_THAT(attempts_of(**waiting), ElementsAre(19));
  });
}

TEST_P(DatabaseConformance, background_work_skips_what_is_locked) {
  run([this] {
    store(new_run(1, 2));
    store(new_run(2, 2));
    const auto holder = connect();
    const auto skipper = connect();
    open(*holder, lock_run(1, Scope::attempt_and_run));
    OpenRequest request = lock_run(1, Scope::run, OnLocked::skip);
    request.runs.push_back({run_id(2), Scope::job, 1});
    request.attempts = {attempt_id(10), attempt_id(20)};
    Opened opened = open(*skipper, request);
    ASSERT_THAT(opened.rows.runs, SizeIs(1));
    EXPECT_EQ(opened.rows.runs.at(0).id, run_id(2));
    EXPECT_THAT(jobs_of(opened), ElementsAre(1));
    EXPECT_THAT(attempts_of(opened), ElementsAre(10, 20, 21));
    skipper->rollback();
    holder->rollback();

    open(*holder, lock_attempt(20));
    opened = open(*skipper, request);
    EXPECT_THAT(opened.rows.runs, SizeIs(2));
    EXPECT_THAT(attempts_of(opened), ElementsAre(10, 11, 21));
    skipper->rollback();
    holder->rollback();
    EXPECT_THAT(attempts_of(open(*skipper, request)), ElementsAre(10, 11, 20, 21));
  });
}

TEST_P(DatabaseConformance, a_control_row_that_was_skipped_is_still_read) {
  run([this] {
    const auto holder = connect();
    const auto skipper = connect();
    EXPECT_TRUE(open(*holder, lock_control()).control_locked);
    const Opened opened = open(*skipper, lock_control(OnLocked::skip));
    EXPECT_FALSE(opened.control_locked);
    EXPECT_EQ(opened.control.generation, 1U);
    skipper->rollback();
    holder->rollback();
    EXPECT_TRUE(open(*skipper, lock_control(OnLocked::skip)).control_locked);
  });
}

TEST_P(DatabaseConformance, a_waiter_for_the_control_row_reads_its_newest_version) {
  run([this] {
    const auto first = connect();
    const auto second = connect();
    open(*first, lock_control());
    const OpenCall waiting = begin_open(*second, lock_control());
    settle();
    WriteSet writes;
    writes.control = full_control(9);
    commit(*first, writes);
    settle();
    ASSERT_TRUE(waiting.is_over() && *waiting);
    EXPECT_EQ(texts_.of((*waiting)->control), texts_.of(full_control(9)));
  });
}

TEST_P(DatabaseConformance, the_second_user_of_an_operation_key_waits_and_gets_the_reply) {
  run([this] {
    const auto first = connect();
    const auto second = connect();
    const auto third = connect();
    EXPECT_THAT(open(*first, insert_operation(1, 5)).existing, IsEmpty());
    const OpenCall two = begin_open(*second, insert_operation(1, 6));
    const OpenCall three = begin_open(*third, insert_operation(1, 5));
    settle();
    EXPECT_FALSE(two.is_over());
    commit(*first, answered(1, 5, "the first one's answer"));
    settle();
    ASSERT_TRUE(two.is_over() && *two);
    ASSERT_THAT((*two)->existing, SizeIs(1));
    EXPECT_EQ((*two)->existing[0].key.digest, 5U) << "the first one's digest, for comparison";
    EXPECT_EQ((*two)->existing[0].reply.detail, "the first one's answer");
    EXPECT_TRUE(three.is_over()) << "a key that is stored is not locked";
  });
}

TEST_P(DatabaseConformance, an_operation_key_is_the_next_ones_after_rollback_and_withdrawal) {
  run([this] {
    const auto first = connect();
    const auto second = connect();
    const auto third = connect();
    open(*first, insert_operation(1, 5));
    const OpenCall two = begin_open(*second, insert_operation(1, 6));
    settle();
    first->rollback();
    settle();
    ASSERT_TRUE(two.is_over() && *two);
    EXPECT_THAT((*two)->existing, IsEmpty());
    const OpenCall three = begin_open(*third, insert_operation(1, 7));
    settle();
    EXPECT_FALSE(three.is_over());
    WriteSet withdrawal;
    withdrawal.withdrawn.push_back(operation_id(1));
    commit(*second, withdrawal);
    settle();
    ASSERT_TRUE(three.is_over() && *three);
    EXPECT_THAT((*three)->existing, IsEmpty());
    commit(*third, answered(1, 7, "third"));
    EXPECT_EQ(open(*first, insert_operation(1, 5)).existing.at(0).key.digest, 7U);
  });
}

TEST_P(DatabaseConformance, some_keys_of_a_transaction_are_stored_and_others_withdrawn) {
  run([this] {
    OpenRequest request;
    for (std::uint64_t n = 4; n > 0; --n) request.operations.push_back({operation_id(n), n});
    const auto session = connect();
    open(*session, request);
    WriteSet writes = answered(2, 2, "two");
    writes.operations.push_back(answered(3, 3, "three").operations[0]);
    writes.withdrawn = {operation_id(1), operation_id(4)};
    commit(*session, writes);
    std::vector<std::uint64_t> digests;
    for (const auto& stored : open(*session, request).existing)
      digests.push_back(stored.key.digest);
    EXPECT_THAT(digests, ElementsAre(2, 3));
  });
}

TEST_P(DatabaseConformance, a_key_that_is_purged_while_another_is_waited_for_is_nobodys) {
  run([this] {
    const auto holder = connect();
    const auto waiter = connect();
    store(answered(1, 0, "old"), insert_operation(1));
    open(*holder, insert_operation(2));
    OpenRequest request = insert_operation(1);
    request.operations.push_back({operation_id(2), 0});
    const OpenCall waiting = begin_open(*waiter, request);
    settle();
    EXPECT_EQ(connect()->purge_operations({0s, 10}).value(), 1U);
    holder->rollback();
    settle();
    ASSERT_TRUE(waiting.is_over() && *waiting);
    EXPECT_THAT((*waiting)->existing, IsEmpty());
    WriteSet writes = answered(1, 0, "new");
    writes.withdrawn.push_back(operation_id(2));
    EXPECT_EQ(waiter->commit(writes).error.kind, DbFailure::rejected);
    store(writes, request);
  });
}

TEST_P(DatabaseConformance, waiting_too_long_for_a_lock_is_a_conflict_and_frees_what_it_held) {
  run(
      [this] {
        store(new_run(1));
        store(new_run(2));
        const auto holder = connect();
        const auto waiter = connect();
        open(*holder, lock_run(2, Scope::attempt_and_run));
        OpenRequest both = lock_run(1, Scope::attempt_and_run);
        both.runs.push_back({run_id(2), Scope::attempt_and_run, 0});
        const OpenCall waiting = begin_open(*waiter, both);
        settle();
        EXPECT_FALSE(waiting.is_over());
        sleep(1100ms);
        settle();
        EXPECT_TRUE(is_conflict(waiting, Conflict::lock_timeout));
        open(*connect(), lock_run(1, Scope::attempt_and_run));
        open(*waiter, {});
        commit(*waiter, {});
        commit(*holder, {});
      },
      1s);
}

TEST_P(DatabaseConformance, a_silent_transaction_loses_its_locks_after_twice_that_time) {
  run(
      [this] {
        store(new_run(1));
        const auto silent = connect();
        open(*silent, lock_run(1, Scope::attempt_and_run));
        sleep(1500ms);
        const auto waiter = connect();
        const OpenCall waiting = begin_open(*waiter, lock_run(1, Scope::attempt_and_run));
        settle();
        EXPECT_FALSE(waiting.is_over());
        sleep(700ms);
        settle();
        EXPECT_TRUE(waiting.is_over() && *waiting);
        const CommitResult late = silent->commit({});
        EXPECT_NE(late.outcome, CommitOutcome::committed);
        EXPECT_EQ(late.error.kind, DbFailure::unavailable);
      },
      1s);
}

TEST_P(DatabaseConformance, of_two_that_wait_for_each_other_one_gets_a_conflict) {
  run([this] {
    store(new_run(1));
    const auto session = connect();
    OpenRequest request = lock_run(1, Scope::attempt_and_run);
    request.control = true;
    world().hold_control();
    const OpenCall waiting = begin_open(*session, request);
    settle();
    EXPECT_FALSE(waiting.is_over());
    world().hold_run_too(run_id(1));
    settle();
    // Either is the victim: the one who closed the circle, or the one who looks for it first.
    ASSERT_TRUE(waiting.is_over());
    EXPECT_TRUE(*waiting || is_conflict(waiting, Conflict::deadlock));
    world().let_go();
    if (*waiting) session->rollback();
    EXPECT_TRUE(open(*session, request).control_locked);
  });
}

TEST_P(DatabaseConformance, an_insert_waits_for_another_of_the_same_key_and_is_rejected) {
  run([this] {
    const auto session = connect();
    open(*session, {});
    world().begin_insert();
    const CommitCall waiting = begin_commit(*session, new_run(1));
    settle();
    EXPECT_FALSE(waiting.is_over());
    EXPECT_FALSE(find(*connect(), FindRun{run_id(1)}).run) << "nobody sees what is not committed";
    world().end_insert();
    settle();
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting->outcome, CommitOutcome::not_committed);
    EXPECT_EQ(waiting->error.kind, DbFailure::rejected);
  });
}

TEST_P(DatabaseConformance, predicates_are_looked_at_before_an_insert_waits) {
  run([this] {
    store(new_run(2));
    const auto session = connect();
    open(*session, lock_run(2, Scope::run));
    world().begin_insert();
    WriteSet writes = new_run(3);
    writes.runs.push_back({world().stored().rows.runs.at(0), RunState::running});
    writes.attempts.push_back({full_attempt(11, run_id(1), 0, AttemptState::queued), std::nullopt});
    const CommitCall call = begin_commit(*session, writes);
    settle();
    ASSERT_TRUE(call.is_over());
    EXPECT_EQ(call->error.kind, DbFailure::rejected);
    world().end_insert();
  });
}

TEST_P(DatabaseConformance, rows_of_a_run_that_came_while_the_call_waited_are_locked_without_it) {
  run([this] {
    store(new_run(1));
    const auto holder = connect();
    const auto waiter = connect();
    open(*holder, lock_run(1, Scope::attempt_and_run));
    OpenRequest request = lock_run(1, Scope::run);
    request.runs.push_back({run_id(2), Scope::run, 0});
    const OpenCall waiting = begin_open(*waiter, request);
    settle();
    store(new_run(2));
    holder->rollback();
    settle();
    ASSERT_TRUE(waiting.is_over() && *waiting);
    EXPECT_THAT((*waiting)->rows.runs, SizeIs(1));
    EXPECT_THAT((*waiting)->rows.jobs, SizeIs(2));
    EXPECT_THAT(attempts_of(**waiting), ElementsAre(10, 20));
  });
}

}  // namespace
}  // namespace delta
