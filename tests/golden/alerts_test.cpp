// The committed rules file for Prometheus is the table of alert rules, and the runbook knows each.
// UPDATE_GOLDENS=1 rewrites the rules file.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "harness/alerts/alert_rules.h"

namespace aftershock {
namespace {

constexpr const char* kRulesFile = "deploy/prometheus/aftershock-alerts.yml";

std::string content_of(const char* path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

TEST(AlertRulesFile, IsTheTable) {
  if (std::getenv("UPDATE_GOLDENS") != nullptr) std::ofstream(kRulesFile) << prometheus_rules();
  EXPECT_EQ(content_of(kRulesFile), prometheus_rules())
      << "aftershock alerts --format prometheus > " << kRulesFile;
}

TEST(AlertRulesFile, EveryAlertHasItsPlaceInTheRunbook) {
  const std::string runbook_text = content_of("docs/OPERATIONS.md");
  for (const AlertRule& rule : alert_rules()) {
    const std::string heading = "\n### " + std::string(rule.name) + "\n";
    EXPECT_NE(runbook_text.find(heading), std::string::npos) << runbook(rule);
  }
}

}  // namespace
}  // namespace aftershock
