// The measures of docs/MEASUREMENT.md on hand-made samples.
#include "harness/engine/recovery.h"

#include <gtest/gtest.h>

namespace aftershock {
namespace {

using namespace std::chrono_literals;

const Disruption kFault{{60s, 61s}, 600s, 60s};

CanarySample good(Duration sent) { return {sent, sent + 2s, true}; }
CanarySample bad(Duration sent) { return {sent, sent + 10s, false}; }

TEST(ServiceRecovery, lies_between_the_last_failure_and_the_end_of_the_next_good_canary) {
  const std::vector<CanarySample> samples{good(55s), bad(60s), bad(65s), good(70s), good(75s)};
  const ServiceRecovery result = service_recovery(samples, kFault);
  ASSERT_TRUE(result.recovered);
  EXPECT_EQ(result.recovered->lower, 65s);
  EXPECT_EQ(result.recovered->upper, 72s);
  EXPECT_EQ(result.first_failure, Duration(60s));
  EXPECT_EQ(result.last_failure, Duration(65s));
}

TEST(ServiceRecovery, without_a_failure_is_proven_by_the_first_canary_after_the_fault) {
  const std::vector<CanarySample> samples{good(55s), good(60s), good(65s)};
  const ServiceRecovery result = service_recovery(samples, kFault);
  ASSERT_TRUE(result.recovered);
  EXPECT_EQ(result.recovered->lower, 60s);
  EXPECT_EQ(result.recovered->upper, 67s) << "the one sent at 60s was sent before the confirmation";
}

TEST(ServiceRecovery, starts_again_after_a_flap) {
  const std::vector<CanarySample> samples{bad(62s), good(70s), good(80s), bad(90s), good(95s)};
  const ServiceRecovery result = service_recovery(samples, kFault);
  ASSERT_TRUE(result.recovered);
  EXPECT_EQ(result.recovered->lower, 90s);
  EXPECT_EQ(result.recovered->upper, 97s);
}

TEST(ServiceRecovery, is_not_seen_when_the_window_does_not_fit_into_the_observation) {
  const std::vector<CanarySample> samples{bad(62s), bad(535s), good(540s)};
  EXPECT_FALSE(service_recovery(samples, kFault).recovered);
  const std::vector<CanarySample> earlier{bad(62s), bad(530s), good(538s)};
  EXPECT_TRUE(service_recovery(earlier, kFault).recovered) << "540s + 60s just fits";
}

TEST(ServiceRecovery, is_not_seen_without_a_good_canary_after_the_last_failure) {
  const std::vector<CanarySample> samples{good(62s), bad(70s)};
  EXPECT_FALSE(service_recovery(samples, kFault).recovered);
}

TEST(ServiceRecovery, ignores_failures_that_were_over_before_the_fault) {
  const std::vector<CanarySample> samples{bad(40s), good(62s)};
  const ServiceRecovery result = service_recovery(samples, kFault);
  EXPECT_FALSE(result.first_failure);
  ASSERT_TRUE(result.recovered);
  EXPECT_EQ(result.recovered->lower, 60s);
}

TEST(ServiceRecovery, does_not_depend_on_the_order_of_the_samples) {
  const std::vector<CanarySample> samples{good(75s), bad(65s), good(70s), bad(60s)};
  const ServiceRecovery result = service_recovery(samples, kFault);
  ASSERT_TRUE(result.recovered);
  EXPECT_EQ(result.recovered->upper, 72s);
}

TEST(TimeSince, widens_by_both_brackets_and_is_never_negative) {
  const Bounds rta = time_since({60s, 61s}, {65s, 72s});
  EXPECT_EQ(rta.lower, 4s);
  EXPECT_EQ(rta.upper, 12s);
  EXPECT_EQ(time_since({60s, 61s}, {60s, 60s}).lower, 0s);
}

TEST(Judgement, is_of_the_upper_bound) {
  EXPECT_EQ(judge_recovery(Bounds{1s, 30s}, 30s, 60s), Judgement::met);
  EXPECT_EQ(judge_recovery(Bounds{1s, 30001ms}, 30s, 60s), Judgement::over_target);
  EXPECT_EQ(judge_recovery(Bounds{1s, 60s}, 30s, 60s), Judgement::over_target);
  EXPECT_EQ(judge_recovery(Bounds{1s, 60001ms}, 30s, 60s), Judgement::breached);
  EXPECT_EQ(judge_recovery(std::nullopt, 30s, 60s), Judgement::breached) << "> T is never a pass";
}

TEST(RecoveryPoint, counts_from_the_earliest_lost_write_back_to_t0) {
  const Bounds t0{60s, 61s};
  EXPECT_EQ(recovery_point({}, t0), 0s);
  const std::vector<LostWrite> lost{{50s}, {31s}, {70s}};
  EXPECT_EQ(recovery_point(lost, t0), 30s);
  const std::vector<LostWrite> later{{70s}};
  EXPECT_EQ(recovery_point(later, t0), 0s) << "acknowledged after t0 is reported apart";
}

}  // namespace
}  // namespace aftershock
