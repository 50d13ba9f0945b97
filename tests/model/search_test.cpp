// Every state that small runs can reach keeps the invariants, and can still end.
#include "tests/model/search.h"

#include <gtest/gtest.h>

#include <iostream>
#include <limits>

#include "tests/model/table.h"

namespace delta::test {
namespace {

JobSpec job_with(std::vector<std::uint32_t> needs, bool required, RetryPolicy retry) {
  JobSpec job;
  job.needs = std::move(needs);
  job.required = required;
  job.retry = retry;
  job.timeout = 1h;
  job.queue_timeout = 1h;
  return job;
}

constexpr RetryPolicy kTwoTriesOneLoss{.max_attempts = 2, .max_losses = 1};
constexpr RetryPolicy kOneTry{.max_attempts = 1, .max_losses = 0};
constexpr RetryPolicy kOneTryOneLoss{.max_attempts = 1, .max_losses = 1};

constexpr std::size_t kNoBound = std::numeric_limits<std::size_t>::max();

SearchResult searched(std::vector<JobSpec> jobs, std::size_t max_depth = kNoBound) {
  SearchResult result = search({spec_of(std::move(jobs), 5h), max_depth});
  std::cout << result.states << " states, " << result.messages << " messages, " << result.ended
            << " ends" << (result.exhausted ? "" : ", bounded") << "\n";
  for (const std::string& broken : result.broken) ADD_FAILURE() << broken;
  EXPECT_GT(result.ended, 0U);
  EXPECT_TRUE(!result.exhausted || result.dead_ends == 0) << result.dead_ends << " dead ends";
  return result;
}

TEST(Search, OneJob) {
  for (const bool required : {true, false}) {
    EXPECT_TRUE(searched({job_with({}, required, kTwoTriesOneLoss)}).exhausted);
  }
}

TEST(Search, OneJobWhoseUserFailuresAreRetried) {
  RetryPolicy retry = kTwoTriesOneLoss;
  retry.retry_user = true;
  EXPECT_TRUE(searched({job_with({}, true, retry)}).exhausted);
}

TEST(Search, ChainOfTwo) {
  const JobSpec first = job_with({}, true, kOneTryOneLoss);
  EXPECT_TRUE(searched({first, job_with({0}, true, kTwoTriesOneLoss)}).exhausted);
}

TEST(Search, ChainOfTwoOfWhichOneMayFail) {
  const JobSpec first = job_with({}, false, kTwoTriesOneLoss);
  EXPECT_TRUE(searched({first, job_with({0}, true, kOneTry)}).exhausted);
  const JobSpec required = job_with({}, true, kOneTry);
  EXPECT_TRUE(searched({required, job_with({0}, false, kTwoTriesOneLoss)}).exhausted);
}

TEST(Search, TwoJobsSideBySide) {
  const JobSpec first = job_with({}, true, kOneTryOneLoss);
  EXPECT_TRUE(searched({first, job_with({}, false, kOneTry)}).exhausted);
}

std::vector<JobSpec> diamond(const RetryPolicy& retry) {
  return {job_with({}, true, retry), job_with({0}, true, retry), job_with({0}, false, retry),
          job_with({1, 2}, true, retry)};
}

TEST(Search, DiamondOfSingleTries) { EXPECT_TRUE(searched(diamond(kOneTry)).exhausted); }

TEST(Search, DiamondWithRetriesToABoundedDepth) { searched(diamond(kTwoTriesOneLoss), 14); }

}  // namespace
}  // namespace delta::test
