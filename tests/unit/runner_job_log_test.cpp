// The log that a job's output is kept in, and who stores it while it grows.
#include <gtest/gtest.h>

#include "platform/threads.h"
#include "runner/log_shipper.h"

namespace delta {
namespace {

using Secrets = std::map<std::string, std::string>;

TEST(JobLog, keeps_the_beginning_of_a_log_that_is_too_long_and_says_so) {
  ThreadTasks tasks;
  JobLog log(tasks, Secrets{});
  EXPECT_FALSE(log.printed());
  int grown = 0;
  for (int i = 0; i < 5; ++i) grown += log.write(std::string(1 << 19, 'x')) ? 1 : 0;
  EXPECT_EQ(grown, 2) << "the third piece found no room";
  EXPECT_TRUE(log.printed());
  const std::string text = log.finish();
  EXPECT_EQ(text.size(), JobLog::kLongest);
  EXPECT_NE(text.find("too long"), std::string::npos);
}

TEST(JobLog, holds_the_end_that_was_kept_back) {
  ThreadTasks tasks;
  JobLog log(tasks, Secrets{{"KEY", "hunter22"}});
  EXPECT_FALSE(log.write("hunt")) << "perhaps a secret begins here";
  EXPECT_TRUE(log.printed());
  EXPECT_EQ(log.so_far(), "");
  EXPECT_TRUE(log.write("ing for a hunt"));
  const std::string shown = log.so_far();
  EXPECT_FALSE(shown.empty());
  EXPECT_TRUE(std::string_view("hunting for a hunt").starts_with(shown)) << shown;
  EXPECT_EQ(log.finish(), "hunting for a hunt");
  EXPECT_FALSE(log.write("er22 and more"));
  EXPECT_EQ(log.so_far(), "hunting for a hunt");
}

/// Counts what is spawned.
class CountedTasks final : public Tasks {
 public:
  explicit CountedTasks(Tasks& real) : real_(real) {}
  void spawn(std::string_view name, std::function<void()> body) override {
    EXPECT_EQ(name, "log-shipper");
    ++spawned;
    real_.spawn(name, std::move(body));
  }
  std::unique_ptr<Monitor> make_monitor() override { return real_.make_monitor(); }

  int spawned = 0;

 private:
  Tasks& real_;
};

class CountingStore final : public ArtifactStore {
 public:
  std::expected<void, StoreError> put(const std::string&, const Content&) override {
    ++puts;
    return {};
  }
  std::expected<std::optional<Content>, StoreError> get(const std::string&) override {
    return std::nullopt;
  }

  std::atomic<int> puts = 0;
};

TEST(LogShipper, has_a_task_only_while_something_waits_to_be_stored) {
  ThreadRuntime real;
  CountedTasks tasks(real.tasks);
  const Runtime runtime{real.clock, tasks, real.random};
  CountingStore store;
  Dependency dependency(runtime, {}, {});
  std::atomic<std::uint64_t> failures = 0;
  LogShipper shipper({runtime, store, dependency, failures, 20ms});
  const auto idle = [&real] {
    return real.tasks.wait_until_idle(real.clock.now() + std::chrono::seconds(60));
  };
  const AttemptRef ref{{1, 1}, 0, {2, 2}};
  const auto log = std::make_shared<JobLog>(tasks, Secrets{});
  log->write("something");
  shipper.add({ref, 1, {3, 3}}, log);
  EXPECT_EQ(tasks.spawned, 0);
  for (int i = 0; i < 3; ++i) shipper.printed(ref.attempt);
  EXPECT_EQ(tasks.spawned, 1);
  EXPECT_TRUE(idle());
  EXPECT_EQ(store.puts, 1);
  shipper.printed(ref.attempt);
  EXPECT_TRUE(idle());
  EXPECT_EQ(tasks.spawned, 2);
  EXPECT_EQ(store.puts, 2);
  shipper.abandon(ref.attempt);
  EXPECT_TRUE(idle());
  EXPECT_EQ(store.puts, 3);
  for (const AttemptId attempt : {ref.attempt, AttemptId{3, 3}}) {
    shipper.printed(attempt);
    shipper.abandon(attempt);
    shipper.release(attempt);
  }
  EXPECT_EQ(tasks.spawned, 3) << "nothing is known of them";
}

TEST(LogShipper, waits_no_longer_for_a_log_that_is_released) {
  ThreadRuntime runtime;
  CountingStore store;
  Dependency dependency(runtime.ports(), {}, {});
  std::atomic<std::uint64_t> failures = 0;
  LogShipper shipper({runtime.ports(), store, dependency, failures, 1h});
  const auto log = std::make_shared<JobLog>(runtime.tasks, Secrets{});
  shipper.add({{{1, 1}, 0, {2, 2}}, 1, {3, 3}}, log);
  log->write("something");
  shipper.printed({2, 2});
  shipper.release({2, 2});
  EXPECT_TRUE(runtime.tasks.wait_until_idle(runtime.clock.now() + std::chrono::seconds(60)));
  EXPECT_EQ(store.puts, 0);
}

}  // namespace
}  // namespace delta
