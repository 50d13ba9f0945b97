// Settings that would break a rule are refused at start.
#include "core/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace delta {
namespace {

bool names(const std::vector<std::string>& found, const std::string& word) {
  return std::any_of(found.begin(), found.end(), [&](const std::string& sentence) {
    return sentence.find(word) != std::string::npos;
  });
}

TEST(Settings, DefaultsAreThoseOfTheDesignAndSound) {
  const Settings settings;
  EXPECT_EQ(settings.lease_ttl, 120s);
  EXPECT_EQ(settings.heartbeat_interval, 20s);
  EXPECT_EQ(settings.ack_window, 30s);
  EXPECT_EQ(settings.cancel_deadline, 30s);
  EXPECT_EQ(settings.sweep_interval, 5s);
  EXPECT_TRUE(problems(settings).empty());
}

TEST(Settings, RefuseDisabledLeaseExpiry) {
  Settings settings;
  settings.lease_ttl = 0s;
  EXPECT_TRUE(names(problems(settings), "disabling lease expiry"));
  settings = {};
  settings.ack_window = 0s;
  EXPECT_TRUE(names(problems(settings), "disabling lease expiry"));
}

TEST(Settings, RefuseATtlBelowFourHeartbeats) {
  Settings settings;
  settings.lease_ttl = 80s;
  EXPECT_TRUE(problems(settings).empty());
  settings.lease_ttl = 80s - 1ns;
  EXPECT_TRUE(names(problems(settings), "4 x heartbeat_interval"));
}

/// One change of the defaults, and the word that its refusal must contain; none: it is sound.
struct Change {
  const char* refused;
  void (*apply)(Settings&);
};

/// Without it GoogleTest names each case by its bytes, which are addresses.
void PrintTo(const Change& change, std::ostream* out) {
  *out << (*change.refused == '\0' ? "accepted" : change.refused);
}

class SettingsRule : public testing::TestWithParam<Change> {};

TEST_P(SettingsRule, Holds) {
  Settings settings;
  GetParam().apply(settings);
  const std::vector<std::string> found = problems(settings);
  if (*GetParam().refused == '\0') {
    EXPECT_TRUE(found.empty()) << found.front();
  } else {
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().rfind(GetParam().refused, 0), 0U) << found.front();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, SettingsRule,
    testing::Values(
        Change{"heartbeat_interval", [](Settings& s) { s.heartbeat_interval = 0s; }},
        Change{"fence_margin", [](Settings& s) { s.fence_margin = 0s; }},
        Change{"fence_margin", [](Settings& s) { s.fence_margin = s.ack_window; }},
        Change{"", [](Settings& s) { s.fence_margin = s.ack_window - 1ns; }},
        Change{"fence_margin",
               [](Settings& s) {
                 s.ack_window = 2min;
                 s.fence_margin = s.lease_ttl / 2;
               }},
        Change{"cancel_deadline", [](Settings& s) { s.cancel_deadline = 0s; }},
        Change{"sweep_interval", [](Settings& s) { s.sweep_interval = 0s; }},
        Change{"", [](Settings& s) { s.sweep_interval = s.lease_ttl / 4; }},
        Change{"sweep_interval", [](Settings& s) { s.sweep_interval = s.lease_ttl / 4 + 1ns; }},
        Change{"sweep_batch", [](Settings& s) { s.sweep_batch = 0; }},
        Change{"reconcile_interval", [](Settings& s) { s.reconcile_interval = 0s; }},
        Change{"reconcile_after", [](Settings& s) { s.reconcile_after = 0s; }},
        Change{"outbox_interval", [](Settings& s) { s.outbox_interval = 0s; }},
        Change{"queue_visibility", [](Settings& s) { s.queue_visibility = 0s; }},
        Change{"retry_backoff", [](Settings& s) { s.retry_backoff = 0s; }},
        Change{"", [](Settings& s) { s.retry_backoff = s.retry_backoff_max; }},
        Change{"retry_backoff", [](Settings& s) { s.retry_backoff = s.retry_backoff_max + 1ns; }},
        Change{"request_timeout", [](Settings& s) { s.request_timeout = 0s; }},
        Change{"long_poll", [](Settings& s) { s.long_poll = 0s; }},
        Change{"upload_deadline", [](Settings& s) { s.upload_deadline = 0s; }},
        Change{"log_interval", [](Settings& s) { s.log_interval = 0s; }},
        Change{"secrets_deadline", [](Settings& s) { s.secrets_deadline = 0s; }},
        Change{"operation_ttl", [](Settings& s) { s.operation_ttl = 1h - 1ns; }},
        Change{"", [](Settings& s) { s.operation_ttl = 1h; }},
        Change{"batch_size", [](Settings& s) { s.batch_size = 0; }},
        Change{"batch_size", [](Settings& s) { s.batch_size = 1001; }},
        Change{"committers", [](Settings& s) { s.committers = 0; }},
        Change{"committers", [](Settings& s) { s.committers = 65; }},
        Change{"database_timeout", [](Settings& s) { s.database_timeout = 0s; }},
        Change{"database_timeout", [](Settings& s) { s.database_timeout = s.lease_ttl / 2; }}));

TEST(Settings, ReportEveryProblemAtOnce) {
  Settings settings;
  settings.sweep_batch = 0;
  settings.batch_size = 0;
  EXPECT_EQ(problems(settings).size(), 2U);
}

}  // namespace
}  // namespace delta
