// decide() never decides on half of the rows that a message needs: it refuses.
#include <gtest/gtest.h>

#include "core/decide.h"

namespace delta {
namespace {

/// A diamond whose first job is running, as rows, and the attempt that runs.
struct Diamond {
  Rows rows;
  AttemptRef first;
  Settings settings;
  Context context{.now = DbTime(1s), .grace_until = {}, .generation = 1};

  Diamond() {
    RunSpec spec;
    for (int i = 0; i < 4; ++i) spec.jobs.emplace_back();
    spec.jobs[1].needs = {0};
    spec.jobs[2].needs = {0};
    spec.jobs[3].needs = {1, 2};
    tell(Submit{{1, 1}, prepare(std::move(spec)).value()});
    first = {{1, 1}, 0, rows.job({1, 1}, 0)->current};
    tell(Acquire{first.attempt, {2, 2}, {3, 3}});
    tell(Start{{first, 1, {3, 3}}});
  }
  void tell(Message message) {
    const Decision decision = decide(rows, {std::move(message), {}, {4, 4}}, context, settings);
    ASSERT_TRUE(decision.accepted());
    for (const Run& row : decision.rows.runs) rows.put(row);
    for (const Job& row : decision.rows.jobs) rows.put(row);
    for (const Attempt& row : decision.rows.attempts) rows.put(row);
  }
  std::optional<Reason> refusal(Message message) const {
    Context late = context;
    late.now += 1h;
    return decide(rows, {std::move(message), {}, {5, 5}}, late, settings).refused;
  }
};

template <class Row, class Rule>
void without_each(std::vector<Row> Rows::* table, std::size_t count, Rule rule) {
  for (std::size_t i = 0; i < count; ++i) {
    Diamond diamond;
    ASSERT_EQ((diamond.rows.*table).size(), count);
    (diamond.rows.*table).erase((diamond.rows.*table).begin() + static_cast<std::ptrdiff_t>(i));
    rule(diamond);
  }
}

void expect_all_refused_but_of_the_run(const Diamond& diamond, const AttemptRef& ref) {
  EXPECT_EQ(diamond.refusal(Expire{ref}), Reason::not_found);
  EXPECT_EQ(diamond.refusal(Revoke{ref}), Reason::not_found);
  EXPECT_EQ(diamond.refusal(TimeOut{ref}), Reason::not_found);
  EXPECT_EQ(diamond.refusal(ForceCancel{ref}), Reason::not_found);
  EXPECT_EQ(diamond.refusal(Complete{{ref, 1, {3, 3}}, true, FailureClass::user, {}}),
            Reason::not_found);
}

void expect_all_refused(const Diamond& diamond) {
  const AttemptRef& ref = diamond.first;
  expect_all_refused_but_of_the_run(diamond, ref);
  EXPECT_EQ(diamond.refusal(Cancel{ref.run}), Reason::not_found);
  EXPECT_EQ(diamond.refusal(RunTimeOut{ref.run}), Reason::not_found);
}

TEST(Footprint, WithoutTheRunNothingIsDecided) { without_each(&Rows::runs, 1, expect_all_refused); }

TEST(Footprint, WithoutAnyOneJobNothingIsDecided) {
  without_each(&Rows::jobs, 4, expect_all_refused);
}

TEST(Footprint, WithoutAnyOneAttemptNothingIsDecided) {
  without_each(&Rows::attempts, 4, expect_all_refused);
}

TEST(Footprint, ARefToAJobThatTheRunDoesNotHaveIsRefused) {
  Diamond diamond;
  diamond.first.job = 4;
  EXPECT_EQ(diamond.refusal(Expire{diamond.first}), Reason::not_found);
}

TEST(Footprint, ARefWhoseAttemptIsAnotherJobsIsRefused) {
  Diamond diamond;
  const AttemptId second = diamond.rows.job(diamond.first.run, 1)->current;
  expect_all_refused_but_of_the_run(diamond, {diamond.first.run, 0, second});
}

TEST(Footprint, WithAllRowsTheSameMessagesAreDecided) {
  Diamond diamond;
  EXPECT_EQ(diamond.refusal(Expire{diamond.first}), std::nullopt);
  EXPECT_EQ(diamond.refusal(Cancel{diamond.first.run}), std::nullopt);
}

}  // namespace
}  // namespace delta
