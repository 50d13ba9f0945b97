// `aftershock calendar` with the history that `aftershock run` writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDrill = "scenarios/canary/edited-row.yaml";

class Calendar : public testing::Test {
 protected:
  Calendar() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("calendar-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::ofstream(in_folder("plan.yaml"))
        << "calendar: Test\nexercises:\n  - id: weekly\n    title: Weekly\n"
        << "    source: {document: d, section: s}\n    every: week\n    drills:\n      - path: "
        << kDrill << "\n";
  }
  ~Calendar() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  Ended run(Words words) const {
    words.push_back("--history");
    words.push_back(in_folder("history"));
    const std::string out = in_folder("stdout"), err = in_folder("stderr");
    const int code = code_of(start(words, out, err, [] {}));
    return {code, content_of(out), content_of(err)};
  }
  Ended calendar(Words words) const {
    words.insert(words.begin(), {"calendar", "--plan", in_folder("plan.yaml")});
    return run(words);
  }

  fs::path folder_;
};

TEST_F(Calendar, ADrillThatWasRunIsNoLongerDue) {
  const Ended before = calendar({"--check"});
  EXPECT_EQ(before.code, 1);
  EXPECT_THAT(before.out, HasSubstr("overdue  Weekly"));

  const Json first = Json::parse(run({"run", kDrill, "--json", "--quiet"}).out);
  EXPECT_EQ(first["occasion"]["history"][0]["drilled"], nullptr) << "never before";
  const Ended after = calendar({"--check", "--json"});
  EXPECT_EQ(Json::parse(after.out)["exercises"][0]["missing"], Json::array());
  const Json second = Json::parse(run({"run", kDrill, "--json", "--quiet"}).out);
  EXPECT_TRUE(second["occasion"]["history"][0]["drilled"].is_string());
  EXPECT_EQ(first["drills"], second["drills"]) << "only the occasion differs";
}

TEST_F(Calendar, WhatCannotBeReadOrWrittenIsSaid) {
  EXPECT_THAT(calendar({"--done", "nothing"}).err, HasSubstr("the plan has no exercise 'nothing'"));
  EXPECT_THAT(calendar({"--done", "weekly"}).err, HasSubstr("is held by drills"));
  EXPECT_THAT(calendar({"--incident", "--on", "2999-01-01"}).err, HasSubstr("yet to come"));
  EXPECT_THAT(calendar({"--on", "yesterday"}).err, HasSubstr("write a day as 2026-11-28"));
  std::ofstream(in_folder("history")) << "{}\n";
  EXPECT_EQ(calendar({}).code, 64);
  const Ended refused = run({"run", kDrill});
  EXPECT_EQ(refused.code, 64);
  EXPECT_THAT(refused.err, HasSubstr("it is no line of a history"));
  EXPECT_THAT(refused.out, IsEmpty());
}

}  // namespace
}  // namespace aftershock
