#include "simulator/world/process_runtime.h"

namespace aftershock::sim {

namespace {

/// Fibers switch only at suspension points, so the lock is a flag; but holding it over any other
/// suspension is a bug that threads would show, and the kernel catches it at that very place.
class SimMonitor final : public delta::Monitor {
 public:
  SimMonitor(Kernel& kernel, Process& process, HostClock& clock)
      : kernel_(kernel), process_(process), clock_(clock) {}

  void lock() override {
    CHECK(!held_ || !process_.alive());  // or it is locked twice
    held_ = true;
    kernel_.enter_critical_section();
  }
  void unlock() override {
    held_ = false;
    kernel_.leave_critical_section();
  }
  bool wait_until(delta::MonoTime deadline) override {
    // Held again however the wait ends, as the lock guard of the caller expects.
    struct Relock {
      SimMonitor& monitor;
      ~Relock() {
        monitor.held_ = true;
        monitor.kernel_.enter_critical_section();
      }
    } const relock{*this};
    unlock();
    return clock_.wait(waiters_, deadline);
  }
  void notify_one() override { waiters_.notify_one(); }
  void notify_all() override { waiters_.notify_all(); }

 private:
  Kernel& kernel_;
  Process& process_;
  HostClock& clock_;
  ClockQueue waiters_;
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

ProcessRuntime::ProcessRuntime(Kernel& kernel, Process& process, HostClock& clock)
    : kernel_(kernel),
      process_(process),
      clock_(clock),
      rng_(kernel.stream("process", process.id())) {}

delta::MonoTime ProcessRuntime::now() const { return clock_.read(); }

void ProcessRuntime::sleep_until(delta::MonoTime time) {
  while (time > now()) {
    if (!clock_.wait(sleepers_, time)) return;
  }
}

void ProcessRuntime::spawn(std::string_view name, std::function<void()> body) {
  ++running_tasks_;
  kernel_.spawn(process_, name, [this, body = std::move(body)] {
    const Countdown countdown(running_tasks_);
    body();
  });
}

std::unique_ptr<delta::Monitor> ProcessRuntime::make_monitor() {
  return std::make_unique<SimMonitor>(kernel_, process_, clock_);
}

std::uint64_t ProcessRuntime::next() {
  const std::uint64_t drawn = rng_.next();
  kernel_.mix(drawn, StepKind::draw);
  return drawn;
}

}  // namespace aftershock::sim
