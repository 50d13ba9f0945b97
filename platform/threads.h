// The runtime of a real process: threads, the steady clock, and random numbers from the kernel.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "core/ports/runtime.h"

namespace delta {

class SteadyClock final : public Clock {
 public:
  MonoTime now() const override;
  void sleep_until(MonoTime time) override;
};

/// Every task is a thread of its own. Thread: any.
class ThreadTasks final : public Tasks {
 public:
  ThreadTasks();
  /// Waits for the tasks.
  ~ThreadTasks() override;
  ThreadTasks(const ThreadTasks&) = delete;
  ThreadTasks& operator=(const ThreadTasks&) = delete;

  void spawn(std::string_view name, std::function<void()> body) override;
  std::unique_ptr<Monitor> make_monitor() override;
  /// Blocks until no task runs. False when `deadline` came first.
  bool wait_until_idle(MonoTime deadline);

 private:
  struct Count;
  std::shared_ptr<Count> count_;  ///< shared with the threads, which may end last
};

/// getrandom(2), some numbers at a time. Thread: any.
class KernelRandom final : public Random {
 public:
  std::uint64_t next() override;

 private:
  static constexpr std::size_t kAtOnce = 32;

  std::mutex mutex_;
  std::array<std::uint64_t, kAtOnce> numbers_{};
  std::size_t used_ = kAtOnce;
};

/// All three, for a program's main.
struct ThreadRuntime {
  SteadyClock clock;
  ThreadTasks tasks;
  KernelRandom random;

  Runtime ports() { return {clock, tasks, random}; }
};

}  // namespace delta
