#include "simulator/world/process_runtime.h"

namespace aftershock::sim {

namespace {

/// Fibers switch only at suspension points, so the lock is a flag; but holding it over any other
/// suspension is a bug that threads would show, and is caught here.
class SimMonitor final : public delta::Monitor {
 public:
  SimMonitor(Kernel& kernel, Process& process) : kernel_(kernel), process_(process) {}

  void lock() override {
    CHECK(!held_ || !process_.alive());
    held_ = true;
  }
  void unlock() override { held_ = false; }
  bool wait_until(delta::MonoTime deadline) override {
    // Held again however the wait ends, as the lock guard of the caller expects.
    struct Relock {
      bool& held;
      ~Relock() { held = true; }
    } relock{held_};
    held_ = false;
    return kernel_.wait(waiters_, ProcessRuntime::to_sim(deadline));
  }
  void notify_one() override { waiters_.notify_one(); }
  void notify_all() override { waiters_.notify_all(); }

 private:
  Kernel& kernel_;
  Process& process_;
  WaitQueue waiters_;
  bool held_ = false;
};

/// Counts a task down however it ends.
class Countdown {
 public:
  explicit Countdown(std::size_t& count) : count_(count) {}
  Countdown(const Countdown&) = delete;
  Countdown& operator=(const Countdown&) = delete;
  ~Countdown() { --count_; }

 private:
  std::size_t& count_;
};

}  // namespace

ProcessRuntime::ProcessRuntime(Kernel& kernel, Process& process)
    : kernel_(kernel), process_(process), rng_(kernel.stream("process", process.id())) {}

SimTime ProcessRuntime::to_sim(delta::MonoTime time) { return SimTime(time.time_since_epoch()); }

delta::MonoTime ProcessRuntime::now() const {
  return delta::MonoTime(kernel_.now().time_since_epoch());
}

void ProcessRuntime::sleep_until(delta::MonoTime time) {
  if (time > now()) kernel_.sleep_until(to_sim(time));
}

void ProcessRuntime::spawn(std::string_view name, std::function<void()> body) {
  ++running_tasks_;
  kernel_.spawn(process_, name, [this, body = std::move(body)] {
    const Countdown countdown(running_tasks_);
    body();
  });
}

std::unique_ptr<delta::Monitor> ProcessRuntime::make_monitor() {
  return std::make_unique<SimMonitor>(kernel_, process_);
}

std::uint64_t ProcessRuntime::next() {
  const std::uint64_t drawn = rng_.next();
  kernel_.mix(drawn, StepKind::draw);
  return drawn;
}

}  // namespace aftershock::sim
