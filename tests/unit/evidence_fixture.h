// Bundles in a folder of a test's own, and ways to spoil them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/evidence/bundle_writer.h"
#include "harness/evidence/verify.h"
#include "harness/scenario/loader.h"
#include "tests/unit/report_sample.h"

namespace aftershock::evidence {

/// The key of RFC 8032, 7.1, test 2.
inline constexpr const char* kPrivatePem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";

inline std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline void put(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

class EvidenceTest : public testing::Test {
 protected:
  EvidenceTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("evidence-") + info->test_suite_name() + "-" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    put(folder_ / "key.pem", kPrivatePem);
  }
  ~EvidenceTest() override { std::filesystem::remove_all(folder_); }

  SigningKey key() const { return *SigningKey::read((folder_ / "key.pem").string()); }
  std::string bundle() const { return (folder_ / "bundle").string(); }

  /// Of an exercise without a drill.
  static Report small_report() {
    return {.tool_version = "0.1.0", .drills = {}, .occasion = {.exercise = "exercise-1"}};
  }

  void write_small_bundle(const SigningKey* signer = nullptr) const {
    auto writer = BundleWriter::begin(bundle());
    ASSERT_TRUE(writer) << writer.error();
    const auto written = (*writer)->finish(small_report(), signer);
    ASSERT_TRUE(written) << written.error();
  }

  /// Of one drill that is really run.
  void write_drill_bundle(const SigningKey* signer = nullptr) const {
    auto writer = BundleWriter::begin(bundle());
    ASSERT_TRUE(writer) << writer.error();
    const auto scenario = load_scenario("scenarios/explore/two-runners-one-job.yaml");
    ASSERT_TRUE(scenario);
    Report report = small_report();
    DrillOptions options;
    (*writer)->observe(options);
    report.drills.push_back(run_simulated(*scenario, options));
    (*writer)->add(*scenario, report.drills.back());
    const auto written = (*writer)->finish(report, signer);
    ASSERT_TRUE(written) << written.error();
  }

  Verification verified(const VerifyOptions& options = {}) const {
    const auto result = verify(bundle(), options);
    return result ? *result : Verification{};
  }

  /// "file: message" of the first that is not good.
  static std::string first_flaw(const Verification& verification) {
    for (const Check& check : verification.checks) {
      if (check.finding == Finding::wrong || check.finding == Finding::unchecked) {
        return check.file + ": " + check.message;
      }
    }
    return "";
  }

  std::filesystem::path folder_;
};

}  // namespace aftershock::evidence
