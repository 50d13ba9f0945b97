// What is shown of a run: its jobs, each with one of its attempts.
#include <gmock/gmock.h>

#include "tests/conformance/database_conformance.h"

namespace delta {
namespace {

using testing::SizeIs;

TEST_P(DatabaseConformance, a_run_is_seen_with_its_jobs_and_their_current_attempts) {
  run([this] {
    WriteSet writes = new_run(1, 2);
    writes.attempts[0].row.state = AttemptState::succeeded;
    writes.attempts[1].row.state = AttemptState::running;
    writes.attempts[1].row.token_hash = {7, 1};
    writes.jobs[0].row.state = JobState::succeeded;
    writes.jobs[1].row.attempts = 3;
    store(writes);
    const auto session = connect();
    const RunView view = find(*session, FindRun{run_id(1)}).run.value();
    EXPECT_EQ(view.spec->jobs.size(), 2U);
    ASSERT_THAT(view.jobs, SizeIs(2));
    EXPECT_EQ(view.jobs[0].state, JobState::succeeded);
    EXPECT_EQ(view.jobs[0].attempt, AttemptState::succeeded);
    EXPECT_TRUE(view.jobs[0].lease.is_nil());
    EXPECT_EQ(view.jobs[1].attempt, AttemptState::running);
    EXPECT_EQ(view.jobs[1].current, attempt_id(11));
    EXPECT_EQ(view.jobs[1].attempts, 3U);
    EXPECT_EQ(view.jobs[1].lease, (TokenHash{7, 1}));
    EXPECT_FALSE(find(*session, FindRun{run_id(2)}).run);
  });
}

TEST_P(DatabaseConformance, a_run_is_seen_with_another_attempt_in_place_of_its_jobs_current_one) {
  run([this] {
    WriteSet writes = new_run(1, 2);
    Attempt earlier = writes.attempts[0].row;
    earlier.id = attempt_id(19);
    earlier.state = AttemptState::lost;
    earlier.token_hash = {7, 2};
    writes.attempts.push_back({earlier, std::nullopt});
    store(writes);
    store(new_run(2));
    const auto session = connect();
    const auto shown = [this, &session](std::uint64_t attempt) {
      return find(*session, FindRun{run_id(1), attempt_id(attempt)}).run.value().jobs;
    };
    const std::vector<JobView> jobs = shown(19);
    ASSERT_THAT(jobs, SizeIs(2));
    EXPECT_EQ(jobs[0].current, attempt_id(19));
    EXPECT_EQ(jobs[0].attempt, AttemptState::lost);
    EXPECT_EQ(jobs[0].lease, (TokenHash{7, 2}));
    EXPECT_EQ(jobs[1].current, attempt_id(11)) << "it is of another job";
    for (const std::uint64_t stranger : {20U, 99U}) {
      EXPECT_EQ(shown(stranger).at(0).current, attempt_id(10)) << stranger;
    }
  });
}

}  // namespace
}  // namespace delta
