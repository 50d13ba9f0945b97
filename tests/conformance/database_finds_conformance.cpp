// What the reads without locks find and in which order, single statements, and broken connections.
#include <gmock/gmock.h>

#include "tests/conformance/database_conformance.h"

namespace delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Due = std::pair<DueKind, std::uint64_t>;

/// One run with attempts in these states and otherwise nothing due.
WriteSet attempts_in(std::uint64_t run, const std::vector<AttemptState>& states) {
  WriteSet writes = new_run(run, static_cast<std::uint32_t>(states.size()));
  for (std::size_t i = 0; i < states.size(); ++i) {
    Attempt& row = writes.attempts[i].row;
    row.state = states[i];
    row.generation = 1;
    row.runner = runner_id(i % 2);
  }
  return writes;
}

std::vector<Due> dues(const Found& found) {
  std::vector<Due> list;
  for (const DueItem& item : found.due) {
    list.emplace_back(item.kind, item.kind == DueKind::run ? item.ref.run.lo : item.ref.attempt.lo);
  }
  return list;
}

std::vector<std::uint64_t> numbers(const std::vector<AttemptId>& ids) {
  std::vector<std::uint64_t> list;
  for (const AttemptId& id : ids) list.push_back(id.lo);
  return list;
}
std::vector<std::uint64_t> numbers(const std::vector<AttemptRef>& refs) {
  std::vector<std::uint64_t> list;
  for (const AttemptRef& ref : refs) list.push_back(ref.attempt.lo);
  return list;
}
std::vector<std::uint64_t> numbers(const std::vector<RunSummary>& runs) {
  std::vector<std::uint64_t> list;
  for (const RunSummary& run : runs) list.push_back(run.id.lo);
  return list;
}
std::vector<std::uint64_t> serials(const Found& found) {
  std::vector<std::uint64_t> list;
  for (const OutboxRow& row : found.outbox) list.push_back(row.serial);
  return list;
}

TEST_P(DatabaseConformance, finds_what_is_due_of_every_kind_in_order) {
  run([this] {
    const auto session = connect();
    const DbTime now = open(*session, {}).now;
    session->rollback();
    using enum AttemptState;
    WriteSet writes = attempts_in(1, {running, running, cancel_requested, queued, leased, uploading,
                                      succeeded, waiting, cancel_requested, queued});
    const auto row = [&writes](std::size_t i) -> Attempt& { return writes.attempts[i].row; };
    row(0).expires_at = now - 1h;
    row(0).deadline = now - 1h;
    row(1).expires_at = now + 1h;
    row(1).deadline = now;
    row(2).cancel_deadline = now - 1ns;
    row(2).deadline = now - 1h;
    row(3).queue_deadline = now;
    row(3).expires_at = now - 1h;
    row(4).generation = 0;
    row(5).expires_at = now - 1ns;
    row(6).expires_at = row(6).deadline = row(6).queue_deadline = now - 1h;
    row(7).queue_deadline = row(7).deadline = now - 1h;
    row(8).cancel_deadline = now + 1h;
    row(9).queue_deadline = now + 1h;
    writes.runs[0].row.deadline = now;
    store(writes);
    WriteSet over = new_run(2);
    over.runs[0].row.state = RunState::timed_out;
    over.runs[0].row.finished_at = now;
    over.runs[0].row.deadline = now - 1h;
    store(over);
    const Found found = find(*session, FindDue{100});
    EXPECT_THAT(dues(found), ElementsAre(Due(DueKind::lease, 10), Due(DueKind::lease, 15),
                                         Due(DueKind::cancellation, 12), Due(DueKind::timeout, 10),
                                         Due(DueKind::timeout, 11), Due(DueKind::timeout, 13),
                                         Due(DueKind::run, 1), Due(DueKind::generation, 14)));
    EXPECT_EQ(found.due[1].ref, (AttemptRef{run_id(1), 5, attempt_id(15)}));
    EXPECT_EQ(found.due[6].ref, (AttemptRef{run_id(1), 0, {}}));
    EXPECT_THAT(find(*session, FindDue{3}).due, SizeIs(3));
  });
}

TEST_P(DatabaseConformance, grace_keeps_leases_and_nothing_else) {
  run([this] {
    const auto session = connect();
    const DbTime now = open(*session, lock_control()).now;
    WriteSet writes = attempts_in(1, {AttemptState::running});
    writes.attempts[0].row.expires_at = now - 1h;
    writes.attempts[0].row.deadline = now - 1h;
    writes.control = Control{};
    writes.control->grace_until = now + 1h;
    commit(*session, writes);
    EXPECT_THAT(dues(find(*session, FindDue{})), ElementsAre(Due(DueKind::timeout, 10)));
  });
}

TEST_P(DatabaseConformance, leases_of_older_generations_are_found_by_id_whatever_their_generation) {
  run([this] {
    using enum AttemptState;
    WriteSet writes = attempts_in(1, {leased, leased, leased, leased, leased, leased});
    for (std::size_t i = 0; i < 6; ++i) writes.attempts[i].row.generation = i < 3 ? 2 : 1;
    writes.control = Control{};
    writes.control->generation = 3;
    store(writes, lock_control());
    EXPECT_THAT(dues(find(*connect(), FindDue{1})), ElementsAre(Due(DueKind::generation, 10)));
    EXPECT_THAT(find(*connect(), FindDue{}).due, SizeIs(6));
  });
}

TEST_P(DatabaseConformance, finds_what_is_queued_the_longest_first_and_what_was_forgotten_by_id) {
  run([this] {
    const auto session = connect();
    const DbTime now = open(*session, {}).now;
    session->rollback();
    using enum AttemptState;
    WriteSet writes = attempts_in(1, {queued, queued, queued, queued, waiting, leased});
    writes.attempts[0].row.available_at = now - 1h;
    writes.attempts[1].row.available_at = now - 3h;
    writes.attempts[2].row.available_at = now - 2h;
    writes.attempts[3].row.available_at = now + 1h;
    store(writes);
    EXPECT_THAT(numbers(find(*session, FindDispatchable{}).attempts), ElementsAre(11, 12, 10));
    EXPECT_THAT(numbers(find(*session, FindDispatchable{2}).attempts), ElementsAre(11, 12));
    EXPECT_THAT(numbers(find(*session, FindForgotten{0s, 100}).attempts), ElementsAre(10, 11, 12));
    EXPECT_THAT(numbers(find(*session, FindForgotten{90min, 100}).attempts), ElementsAre(11, 12));
    EXPECT_THAT(numbers(find(*session, FindForgotten{0s, 2}).attempts), ElementsAre(11, 12));
    const Load load = find(*session, FindLoad{}).load.value();
    EXPECT_EQ(load.queued, 3U);
    EXPECT_EQ(load.live_leases, 1U);
    EXPECT_GE(load.oldest_queued, 3h);
    EXPECT_LT(load.oldest_queued, 3h + 1min);
    EXPECT_EQ(load.outbox, 0U);
    EXPECT_EQ(load.oldest_outbox, 0s);
  });
}

TEST_P(DatabaseConformance, the_oldest_transaction_is_of_another_session_and_holds_something) {
  run([this] {
    store(new_run(1));
    store(new_run(2));
    const auto asker = connect();
    const auto age = [&] { return find(*asker, FindLoad{}).load.value().oldest_transaction; };
    EXPECT_EQ(age(), 0s) << "nobody else does anything";
    const auto first = connect();
    const auto second = connect();
    open(*second, {});
    sleep(20ms);
    EXPECT_EQ(age(), 0s) << "it has neither locked nor written, and does nothing";
    open(*first, lock_run(1, Scope::attempt_and_run));
    sleep(300ms);
    second->rollback();
    open(*second, lock_run(2, Scope::attempt_and_run));
    sleep(20ms);
    EXPECT_GE(age(), 320ms);
    EXPECT_LT(age(), 1min);
    commit(*first, {});
    EXPECT_GE(age(), 20ms);
    EXPECT_LT(age(), 320ms) << "the second has begun later";
    second->rollback();
    EXPECT_EQ(age(), 0s);
  });
}

TEST_P(DatabaseConformance, what_waits_for_a_lock_is_in_the_middle_of_a_statement) {
  run([this] {
    store(new_run(1));
    const auto holder = connect();
    const auto waiter = connect();
    const OpenRequest request = lock_run(1, Scope::attempt_and_run);
    open(*holder, request);
    const OpenCall waiting = begin_open(*waiter, request);
    settle();
    sleep(20ms);
    // The holder does not count itself.
    EXPECT_GE(find(*holder, FindLoad{}).load.value().oldest_transaction, 20ms);
    holder->rollback();
    settle();
    ASSERT_TRUE(waiting.is_over() && *waiting);
    waiter->rollback();
  });
}

TEST_P(DatabaseConformance, finds_leases_of_one_runner_and_of_all) {
  run([this] {
    using enum AttemptState;
    store(attempts_in(1, {leased, starting, running, uploading, cancel_requested, queued, lost}));
    const auto session = connect();
    const auto live = [&](FindLive request) { return numbers(find(*session, request).live); };
    EXPECT_THAT(live({}), ElementsAre(10, 11, 12, 13, 14));
    EXPECT_THAT(live({.limit = 4}), ElementsAre(10, 11, 12, 14)) << "runner by runner";
    EXPECT_THAT(live({.runner = runner_id(1)}), ElementsAre(11, 13));
    EXPECT_THAT(live({.runner = runner_id(0), .limit = 2}), ElementsAre(10, 12));
    EXPECT_THAT(live({.runner = runner_id(9)}), IsEmpty());
    EXPECT_EQ(find(*session, FindLive{.runner = runner_id(1)}).live.at(1),
              (AttemptRef{run_id(1), 3, attempt_id(13)}));
  });
}

TEST_P(DatabaseConformance, a_lease_is_found_by_its_new_runner_and_generation) {
  run([this] {
    store(attempts_in(1, {AttemptState::leased}));
    const auto session = connect();
    const Attempt before = open(*session, lock_attempt(10)).rows.attempts.at(0);
    Attempt row = before;
    row.runner = runner_id(5);
    row.generation = 0;
    row.state = AttemptState::running;
    commit(*session, written(update(before, row)));
    EXPECT_THAT(find(*session, FindLive{.runner = runner_id(0)}).live, IsEmpty());
    EXPECT_THAT(find(*session, FindLive{.runner = runner_id(5)}).live, SizeIs(1));
    EXPECT_THAT(dues(find(*session, FindDue{})), ElementsAre(Due(DueKind::generation, 10)));
  });
}

TEST_P(DatabaseConformance, lists_runs_the_newest_first_by_state_and_page) {
  run([this] {
    for (std::uint64_t n = 1; n <= 6; ++n) {
      WriteSet writes = new_run(n);
      delta::Run& row = writes.runs[0].row;
      row.spec = chain_spec(1, "run-" + std::to_string(n));
      row.submitted_at = DbTime(Duration(n <= 3 ? 100 : 90));  // of the same time: by id
      if (n % 2 == 0) row.state = RunState::running;
      store(writes);
    }
    const auto session = connect();
    const auto list = [&](FindRuns request) { return numbers(find(*session, request).runs); };
    EXPECT_THAT(list({}), ElementsAre(3, 2, 1, 6, 5, 4));
    EXPECT_THAT(list({.limit = 2}), ElementsAre(3, 2));
    EXPECT_THAT(list({.after = run_id(2), .limit = 3}), ElementsAre(1, 6, 5));
    EXPECT_THAT(list({.after = run_id(4)}), IsEmpty());
    EXPECT_THAT(list({.after = run_id(99)}), IsEmpty());
    EXPECT_THAT(list({.state = RunState::running}), ElementsAre(2, 6, 4));
    EXPECT_THAT(list({.state = RunState::running, .after = run_id(2)}), ElementsAre(6, 4));
    EXPECT_THAT(list({.state = RunState::running, .after = run_id(3), .limit = 1}), ElementsAre(2));
    EXPECT_THAT(list({.state = RunState::failed}), IsEmpty());
    const RunSummary newest = find(*session, FindRuns{}).runs.at(0);
    EXPECT_EQ(newest.name, "run-3");
    EXPECT_EQ(newest.submitted_at, DbTime(100ns));
    EXPECT_EQ(newest.finished_at, kNever);
  });
}

TEST_P(DatabaseConformance, artifacts_are_those_of_accepted_completions_in_their_order) {
  run([this] {
    const auto completion = [](std::uint64_t attempt, const char* name) {
      Complete complete;
      complete.lease.ref = {run_id(1), 0, attempt_id(attempt)};
      complete.artifacts.push_back({name, ArtifactState::stored, 7});
      return complete;
    };
    WriteSet writes;
    writes.audit = {full_event(run_id(1), attempt_id(12), 1, completion(12, "one'\"")),
                    full_event(run_id(1), attempt_id(11), 2, completion(11, "refused")),
                    full_event(run_id(2), attempt_id(21), 1, completion(21, "of another run")),
                    full_event(run_id(1), attempt_id(11), 3, completion(11, "two")),
                    full_event(run_id(1), attempt_id(11), 5, Cancel{run_id(1)})};
    store(writes);
    const auto left = find(*connect(), FindArtifacts{run_id(1)}).artifacts;
    ASSERT_THAT(left, SizeIs(2));
    EXPECT_EQ(left[0].ref.attempt, attempt_id(12));
    EXPECT_EQ(left[0].artifacts.at(0).name, "one'\"");
    EXPECT_EQ(left[1].artifacts.at(0).name, "two");
  });
}

TEST_P(DatabaseConformance, outbox_rows_get_serials_in_order_and_go_when_they_are_published) {
  run([this] {
    const auto session = connect();
    const DbTime now = open(*session, {}).now;
    WriteSet writes;
    writes.outbox = {{attempt_id(3), now}, {attempt_id(1), now - 2h}, {attempt_id(2), now + 1h}};
    const auto given = commit(*session, writes);
    ASSERT_THAT(given, SizeIs(3));
    EXPECT_LT(given[0], given[1]);
    EXPECT_LT(given[1], given[2]);
    Found found = find(*session, FindOutbox{0s, 100});
    EXPECT_THAT(serials(found), ElementsAre(given[0], given[1]));
    EXPECT_EQ(found.outbox[1].attempt, attempt_id(1));
    EXPECT_EQ(found.outbox[1].due, now - 2h);
    EXPECT_THAT(serials(find(*session, FindOutbox{0s, 1})), ElementsAre(given[0]));
    EXPECT_THAT(serials(find(*session, FindOutbox{1h, 100})), ElementsAre(given[1]));
    const Load load = find(*session, FindLoad{}).load.value();
    EXPECT_EQ(load.outbox, 2U);
    EXPECT_GE(load.oldest_outbox, 2h);
    EXPECT_TRUE(session->delete_outbox({given[0], given[0], 999'999}));
    EXPECT_TRUE(session->delete_outbox({}));
    EXPECT_THAT(serials(find(*session, FindOutbox{0s, 100})), ElementsAre(given[1]));
    EXPECT_GT(store(writes).at(0), given[2]);
  });
}

TEST_P(DatabaseConformance, purging_takes_the_oldest_operations_and_says_how_many) {
  run([this] {
    const auto session = connect();
    for (const std::uint64_t n : {5U, 3U, 4U}) {
      OpenRequest request = insert_operation(n);
      request.operations.push_back({operation_id(n + 10), 0});
      open(*session, request);
      WriteSet writes = answered(n + 10, 0, "");
      writes.operations.push_back(answered(n, 0, "").operations[0]);
      commit(*session, writes);
      sleep(2ms);
    }
    EXPECT_EQ(session->purge_operations({1h, 100}).value(), 0U);
    EXPECT_EQ(session->purge_operations({0s, 0}).value(), 0U);
    EXPECT_EQ(session->purge_operations({0s, 3}).value(), 3U);
    OpenRequest all;
    for (std::uint64_t n = 1; n < 20; ++n) all.operations.push_back({operation_id(n), 0});
    std::vector<std::uint64_t> left;
    for (const auto& one : open(*session, all).existing) left.push_back(one.key.id.lo);
    EXPECT_THAT(left, ElementsAre(4, 13, 14)) << "of one transaction: by id";
    session->rollback();
    EXPECT_EQ(session->purge_operations({0s, 100}).value(), 3U);
  });
}

TEST_P(DatabaseConformance, a_broken_connection_is_unavailable_and_leaves_nothing_behind) {
  run([this] {
    store(new_run(1));
    const auto idle = connect();
    const auto busy = connect();
    const auto waiter = connect();
    const Opened opened = open(*busy, lock_run(1, Scope::run));
    const OpenCall waiting = begin_open(*waiter, lock_run(1, Scope::run));
    settle();
    world().break_connections();
    settle();
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting->error().kind, DbFailure::unavailable);
    const CommitResult late =
        busy->commit(written(update(opened.rows.runs[0], opened.rows.runs[0])));
    EXPECT_EQ(late.outcome, CommitOutcome::not_committed) << "nothing was sent";
    EXPECT_EQ(late.error.kind, DbFailure::unavailable);
    EXPECT_EQ(idle->find(FindLoad{}).error().kind, DbFailure::unavailable);
    EXPECT_EQ(idle->open({}).error().kind, DbFailure::unavailable);
    EXPECT_EQ(idle->delete_outbox({1}).error().kind, DbFailure::unavailable);
    EXPECT_EQ(idle->purge_operations({}).error().kind, DbFailure::unavailable);
    idle->rollback();
    EXPECT_EQ(idle->commit({}).outcome, CommitOutcome::not_committed);
    EXPECT_THAT(open(*connect(), lock_run(1, Scope::run)).rows.runs, SizeIs(1));
  });
}

TEST_P(DatabaseConformance, a_session_that_is_dropped_in_a_transaction_rolls_back) {
  run([this] {
    store(new_run(1));
    auto session = connect();
    open(*session, lock_run(1, Scope::run));
    session.reset();
    const auto waiter = connect();
    const OpenCall waiting = begin_open(*waiter, lock_run(1, Scope::run));
    settle();
    EXPECT_TRUE(waiting.is_over() && *waiting);
  });
}

}  // namespace
}  // namespace delta
