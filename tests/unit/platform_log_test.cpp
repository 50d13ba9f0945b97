// Lines of the log: their form, what cannot get into them, many threads.
#include "platform/log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "platform/secret.h"

namespace delta {
namespace {

static_assert(std::is_constructible_v<LogField, const char*, std::string>);
static_assert(std::is_constructible_v<LogField, const char*, Duration>);
static_assert(!std::is_constructible_v<LogField, const char*, Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

std::chrono::system_clock::time_point a_moment() {
  return std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + 12h + 3min + 4s + 56ms + 789us;
}

class LogTest : public testing::Test {
 protected:
  LogTest() { std::filesystem::remove(path_); }
  ~LogTest() override { std::filesystem::remove(path_); }

  Log& log(LogFormat format = LogFormat::json, LogLevel least = LogLevel::info) {
    log_ = Log::open({.least = least, .format = format, .file = path_, .now = a_moment}).value();
    return *log_;
  }
  std::string written() const {
    std::ifstream stream(path_, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  const std::string path_ = testing::TempDir() + "delta-log-" + std::to_string(getpid());
  std::unique_ptr<Log> log_;
};

TEST_F(LogTest, AJsonLineHasItsKeysInOrder) {
  const std::string text = "a string";
  log().warning("lease_lost", "the lease was lost",
                {{"runner", text},
                 {"count", 3},
                 {"offset", -7},
                 {"most", ~std::uint64_t{0}},
                 {"again", true},
                 {"after", 90s},
                 {"view", std::string_view("v")}});
  EXPECT_EQ(written(),
            "{\"ts\":\"2026-01-31T12:03:04.056Z\",\"level\":\"warning\",\"event\":\"lease_lost\","
            "\"message\":\"the lease was lost\",\"runner\":\"a string\",\"count\":3,\"offset\":-7,"
            "\"most\":18446744073709551615,\"again\":true,\"after\":\"1m30s\",\"view\":\"v\"}\n");
}

TEST_F(LogTest, ALineForPeople) {
  log(LogFormat::text)
      .info("started", "ready", {{"port", 80}, {"name", "a b"}, {"id", "x-1"}, {"none", ""}});
  log_->error("died", "two\nlines", {{"path", "\x1b[31m"}});
  EXPECT_EQ(written(),
            "2026-01-31 12:03:04.056 info    started: ready  port=80  name=\"a b\"  id=x-1  "
            "none=\"\"\n"
            "2026-01-31 12:03:04.056 error   died: two\\nlines  path=\"\\u001b[31m\"\n");
}

TEST_F(LogTest, WhatIsBelowTheLevelIsNotWritten) {
  log(LogFormat::json, LogLevel::warning).info("no", "no");
  log_->debug("no", "no");
  EXPECT_EQ(written(), "");
  log_->error("yes", "yes");
  EXPECT_NE(written().find("\"error\""), std::string::npos);
}

TEST_F(LogTest, HostileTextStaysValidJsonOnOneLine) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  log().info("hostile", all, {{all, all}, {"valid", "\xC3\xA4\xF0\x9F\x98\x80"}});
  const std::string line = written();
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto json = nlohmann::json::parse(line);
  const std::string message = json["message"];
  EXPECT_EQ(message.substr(0, 128), all.substr(0, 128));
  EXPECT_EQ(message.substr(128, 6), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(json["valid"], "\xC3\xA4\xF0\x9F\x98\x80");
}

TEST_F(LogTest, LongTextsAreCut) {
  log().info("long", std::string(1 << 20, 'x'));
  EXPECT_LT(written().size(), 9'000U);
  EXPECT_TRUE(nlohmann::json::parse(written())["message"].get<std::string>().ends_with("x..."));
}

TEST_F(LogTest, ManyThreadsWriteWholeLines) {
  log();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, i] {
      for (int j = 0; j < 200; ++j) log_->info("line", std::string(500, 'x'), {{"i", i}, {"j", j}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::istringstream lines(written());
  int count = 0;
  std::array<int, 8> next{};
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["j"], next.at(json["i"])++);  // of one thread, in its order
  }
  EXPECT_EQ(count, 1'600);
}

TEST_F(LogTest, AppendsToAFileThatOthersCannotRead) {
  log().info("first", "");
  log().info("second", "");
  const std::string text = written();
  EXPECT_NE(text.find("first"), std::string::npos);
  EXPECT_NE(text.find("second"), std::string::npos);
  struct stat info{};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0007U, 0U);
}

TEST_F(LogTest, WhatCannotBeWrittenIsCounted) {
  const auto full = Log::open({.file = "/dev/full"}).value();
  full->info("lost", "no room");
  full->debug("not wanted", "so not lost");
  EXPECT_EQ(full->lost(), 1U);
  const auto refused = Log::open({.file = "/no/such/folder/log"});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error(),
            "the log file /no/such/folder/log cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace delta
