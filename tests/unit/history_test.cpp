// What makes two histories of states the same.
#include "harness/explore/history.h"

#include <gtest/gtest.h>

namespace aftershock {
namespace {

using delta::Attempt;
using delta::AttemptState;
using delta::AttemptWrite;
using delta::RunState;
using delta::WriteSet;

delta::RunWrite run(std::uint64_t id, RunState state, std::optional<RunState> from = {}) {
  delta::RunWrite write;
  write.row.id = {0, id};
  write.row.state = state;
  write.expected = from;
  return write;
}

AttemptWrite attempt(std::uint64_t of_run, AttemptState state,
                     std::optional<AttemptState> from = {}) {
  AttemptWrite write;
  write.row.run = {0, of_run};
  write.row.number = 1;
  write.row.state = state;
  if (from) write.expected.emplace().state = *from;
  return write;
}

std::uint64_t digest_of(const std::vector<WriteSet>& commits) {
  History history;
  for (const WriteSet& commit : commits) history.on_commit(commit);
  return history.digest();
}

WriteSet writes(std::vector<delta::RunWrite> runs, std::vector<AttemptWrite> attempts) {
  WriteSet set;
  set.runs = std::move(runs);
  set.attempts = std::move(attempts);
  return set;
}

const WriteSet kSubmit = writes({run(7, RunState::queued)}, {attempt(7, AttemptState::queued)});
const WriteSet kLease = writes({}, {attempt(7, AttemptState::leased, AttemptState::queued)});

TEST(History, DependsOnTheOrderOfChanges) {
  const WriteSet other = writes({run(8, RunState::queued)}, {});
  EXPECT_EQ(digest_of({kSubmit, kLease, other}), digest_of({kSubmit, kLease, other}));
  EXPECT_NE(digest_of({kSubmit, kLease, other}), digest_of({kSubmit, other, kLease}));
}

TEST(History, DependsOnWhetherAnotherRunnerTookOver) {
  const auto lease_to = [](std::uint64_t runner) {
    WriteSet lease = kLease;
    lease.attempts.front().row.runner = {0, runner};
    return lease;
  };
  EXPECT_EQ(digest_of({kSubmit, lease_to(4), lease_to(4)}),
            digest_of({kSubmit, lease_to(5), lease_to(5)}));
  EXPECT_NE(digest_of({kSubmit, lease_to(4), lease_to(4)}),
            digest_of({kSubmit, lease_to(4), lease_to(5)}));
}

TEST(History, DoesNotDependOnIdsRenewalsOrTransactions) {
  const WriteSet submit = writes({run(99, RunState::queued)}, {attempt(99, AttemptState::queued)});
  const WriteSet lease = writes({}, {attempt(99, AttemptState::leased, AttemptState::queued)});
  EXPECT_EQ(digest_of({submit, lease}), digest_of({kSubmit, kLease}));

  const WriteSet renewal = writes({}, {attempt(7, AttemptState::leased, AttemptState::leased)});
  EXPECT_EQ(digest_of({kSubmit, kLease, renewal}), digest_of({kSubmit, kLease}));

  WriteSet together = kSubmit;
  together.attempts.push_back(kLease.attempts.front());
  EXPECT_EQ(digest_of({together}), digest_of({kSubmit, kLease}));
}

TEST(History, KnowsWhenTheTablesWentBackInTime) {
  History history;
  history.on_commit(kSubmit);
  history.on_rewind();
  EXPECT_NE(history.digest(), digest_of({kSubmit}));
}

}  // namespace
}  // namespace aftershock
