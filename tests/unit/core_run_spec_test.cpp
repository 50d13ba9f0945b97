// What prepare() refuses, and the lists that it derives.
#include "core/run_spec.h"

#include <gtest/gtest.h>

namespace delta {
namespace {

using Indices = std::vector<std::uint32_t>;

/// Jobs named a, b, c, ... with these needs.
RunSpec spec_with(const std::vector<Indices>& needs) {
  RunSpec spec;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    JobSpec job;
    job.name = std::string(1, static_cast<char>('a' + i));
    job.needs = needs[i];
    spec.jobs.push_back(job);
  }
  return spec;
}

std::string error_of(RunSpec spec) {
  const auto prepared = prepare(std::move(spec));
  return prepared ? "accepted" : prepared.error();
}

TEST(Prepare, RefusesARunWithoutJobs) { EXPECT_NE(error_of({}), "accepted"); }

TEST(Prepare, RefusesANeedThatDoesNotExist) {
  const std::string error = error_of(spec_with({{}, {2}}));
  EXPECT_NE(error.find("'b'"), std::string::npos) << error;
  EXPECT_NE(error.find("no such"), std::string::npos) << error;
}

TEST(Prepare, RefusesANeedNamedTwice) {
  const std::string error = error_of(spec_with({{}, {0, 0}}));
  EXPECT_NE(error.find("'b' names a needed job twice"), std::string::npos) << error;
}

TEST(Prepare, RefusesCycles) {
  EXPECT_NE(error_of(spec_with({{0}})).find("cycle"), std::string::npos);
  EXPECT_NE(error_of(spec_with({{1}, {0}})).find("cycle"), std::string::npos);
  EXPECT_NE(error_of(spec_with({{}, {0, 3}, {1}, {2}})).find("cycle"), std::string::npos);
}

TEST(Prepare, RefusesZeroAttemptsAndNegativeTimes) {
  RunSpec spec = spec_with({{}});
  spec.jobs[0].retry.max_attempts = 0;
  EXPECT_NE(error_of(spec), "accepted");
  spec = spec_with({{}});
  spec.jobs[0].timeout = -1ns;
  EXPECT_NE(error_of(spec), "accepted");
  spec = spec_with({{}});
  spec.jobs[0].queue_timeout = -1ns;
  EXPECT_NE(error_of(spec), "accepted");
  spec = spec_with({{}});
  spec.timeout = -1ns;
  EXPECT_NE(error_of(spec), "accepted");
}

TEST(Prepare, RefusesSecretsThatCannotBeEnvironmentVariablesWithoutRepeatingThem) {
  for (const char* name : {"", "1ST", "A-B", "A B", "A=B", "\xc3\x84"}) {
    RunSpec spec = spec_with({{}});
    spec.jobs[0].secrets = {"GOOD_1", name};
    EXPECT_NE(error_of(spec).find("environment variable"), std::string::npos) << name;
  }
  RunSpec spec = spec_with({{}});
  spec.jobs[0].secrets = {"hunter-2"};
  EXPECT_EQ(error_of(spec).find("hunter-2"), std::string::npos) << "it may be a value";
  spec.jobs[0].secrets = {"KEY", "KEY"};
  EXPECT_NE(error_of(spec).find("twice"), std::string::npos);
  spec.jobs[0].secrets = {"KEY", "_key2"};
  EXPECT_EQ(error_of(spec), "accepted");
}

TEST(Prepare, RefusesMoreThanAThousandJobs) {
  EXPECT_EQ(error_of(spec_with(std::vector<Indices>(1'000))), "accepted");
  EXPECT_NE(error_of(spec_with(std::vector<Indices>(1'001))), "accepted");
}

TEST(Prepare, DerivesDependentsAndDescendants) {
  // 0 -> 1, 2 -> 3 (a diamond), 3 -> 4; 5 stands alone.
  const auto spec = prepare(spec_with({{}, {0}, {0}, {1, 2}, {3}, {}}));
  ASSERT_TRUE(spec.has_value()) << spec.error();
  const std::vector<JobSpec>& jobs = (*spec)->jobs;
  EXPECT_EQ(jobs[0].dependents, (Indices{1, 2}));
  EXPECT_EQ(jobs[0].descendants, (Indices{1, 2, 3, 4}));
  EXPECT_EQ(jobs[1].descendants, (Indices{3, 4}));
  EXPECT_EQ(jobs[3].dependents, (Indices{4}));
  EXPECT_TRUE(jobs[4].descendants.empty());
  EXPECT_TRUE(jobs[5].dependents.empty());
}

TEST(Prepare, AcceptsNeedsThatPointForward) {
  const auto spec = prepare(spec_with({{2}, {0}, {}}));
  ASSERT_TRUE(spec.has_value()) << spec.error();
  EXPECT_EQ((*spec)->jobs[2].descendants, (Indices{0, 1}));
}

TEST(Prepare, DoesNotTrustDerivedListsThatTheClientSent) {
  RunSpec spec = spec_with({{}, {}});
  spec.jobs[0].dependents = {1};
  spec.jobs[0].descendants = {1, 7};
  const auto prepared = prepare(spec);
  ASSERT_TRUE(prepared.has_value()) << prepared.error();
  EXPECT_TRUE((*prepared)->jobs[0].dependents.empty());
  EXPECT_TRUE((*prepared)->jobs[0].descendants.empty());
}

}  // namespace
}  // namespace delta
