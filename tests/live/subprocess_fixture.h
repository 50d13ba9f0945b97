// Commands in a folder of the test's own, and what must not be left of them.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "platform/threads.h"
#include "runner/adapters/subprocess_executor.h"

namespace delta {

inline std::string read_all(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline std::size_t entries_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

struct Ran {
  ExecutionResult result;
  std::string output;
};

class SubprocessFixture : public testing::Test {
 protected:
  SubprocessFixture() {
    std::string pattern = testing::TempDir() + "delta-subprocess-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    log_ = Log::open({.least = LogLevel::debug, .file = folder_ / "log"}).value();
    descriptors_ = entries_in("/proc/self/fd");
  }
  /// Whatever the test did: no process, no descriptor and no folder may be left.
  ~SubprocessFixture() override {
    executor_.reset();
    EXPECT_EQ(survivors(), 0U);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child was not waited for";
    EXPECT_EQ(errno, ECHILD);
    EXPECT_EQ(entries_in("/proc/self/fd"), descriptors_);
    if (std::filesystem::exists(root())) {
      EXPECT_EQ(entries_in(root()), kept_folders_);
    }
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path root() const { return folder_ / "root"; }
  std::string logged() const { return read_all(folder_ / "log"); }

  SubprocessExecutor& executor(ExecutorOptions options = {}) {
    if (executor_ == nullptr) {
      options.root = root();
      executor_ = SubprocessExecutor::open(options, *log_).value();
    }
    return *executor_;
  }

  /// Its name finds the processes again, whatever they have done to hide.
  JobSpec job(const std::string& command) const {
    JobSpec spec;
    spec.name = folder_.filename();
    spec.command = command;
    return spec;
  }

  /// Null when it cannot be started.
  std::unique_ptr<Execution> start(const JobSpec& job, const Environment& environment,
                                   Output output) {
    const auto workplace =
        executor().prepare({.job = job, .environment = environment, .output = std::move(output)});
    return workplace == nullptr ? nullptr : workplace->start(0);
  }

  Ran run(const std::string& command, const Environment& environment = {}) {
    Ran ran;
    const auto execution =
        start(job(command), environment, [&](std::string_view piece) { ran.output += piece; });
    if (execution == nullptr) {
      ADD_FAILURE() << "not started: " << logged();
      return ran;
    }
    EXPECT_TRUE(execution->wait_until(kNoDeadline));
    ran.result = execution->result();
    return ran;
  }

  /// Processes of this test's jobs: each got DELTA_JOB, and kept it.
  std::size_t survivors() const {
    std::size_t count = 0;
    const std::string variable = "DELTA_JOB=" + folder_.filename().string();
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string environment = std::string(1, '\0') + read_all(entry.path() / "environ");
      if (environment.find('\0' + variable + '\0') != std::string::npos) ++count;
    }
    return count;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<SubprocessExecutor> executor_;
  std::size_t descriptors_ = 0;
  std::size_t kept_folders_ = 0;  ///< in the root, by intent of the test
};

/// Collects output, and tells when a text has come.
class Watcher {
 public:
  Output sink() {
    return [this](std::string_view piece) {
      const std::lock_guard lock(mutex_);
      seen_ += piece;
      ++pieces_;
      changed_.notify_all();
    };
  }
  void wait_for(std::string_view text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return seen_.find(text) != std::string::npos; });
  }
  std::string seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::size_t pieces() const {
    const std::lock_guard lock(mutex_);
    return pieces_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string seen_;
  std::size_t pieces_ = 0;
};

}  // namespace delta
