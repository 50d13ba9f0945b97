#include "platform/threads.h"

#include <pthread.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "core/check.h"

namespace delta {

namespace {

constexpr int kInternalError = 70;  // EX_SOFTWARE

using Steady = std::chrono::steady_clock;

Steady::time_point steady(MonoTime time) { return Steady::time_point(time.time_since_epoch()); }

class ThreadMonitor final : public Monitor {
 public:
  void lock() override { mutex_.lock(); }
  void unlock() override { mutex_.unlock(); }
  bool wait_until(MonoTime deadline) override {
    std::unique_lock held(mutex_, std::adopt_lock);
    bool in_time = true;
    if (deadline == kNoDeadline) {
      woken_.wait(held);
    } else {
      in_time = woken_.wait_until(held, steady(deadline)) == std::cv_status::no_timeout;
    }
    held.release();
    return in_time;
  }
  void notify_one() override { woken_.notify_one(); }
  void notify_all() override { woken_.notify_all(); }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
};

/// A broken assertion ends the process: nothing that goes on could be trusted.
void run_or_die(const std::function<void()>& work) {
  try {
    work();
  } catch (const CheckFailed& failed) {
    const std::string line = "internal error: " + failed.what + "\n";
    static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
    std::_Exit(kInternalError);
  }
}

}  // namespace

MonoTime SteadyClock::now() const { return MonoTime(Steady::now().time_since_epoch()); }

void SteadyClock::sleep_until(MonoTime time) { std::this_thread::sleep_until(steady(time)); }

struct ThreadTasks::Count {
  std::mutex mutex;
  std::condition_variable idle;
  std::size_t running = 0;
};

ThreadTasks::ThreadTasks() : count_(std::make_shared<Count>()) {}

ThreadTasks::~ThreadTasks() { wait_until_idle(kNoDeadline); }

void ThreadTasks::spawn(std::string_view name, std::function<void()> body) {
  {
    const std::lock_guard lock(count_->mutex);
    ++count_->running;
  }
  // The kernel keeps 15 characters of a thread's name.
  std::thread([count = count_, title = std::string(name.substr(0, 15)),
               work = std::move(body)]() mutable {
    pthread_setname_np(pthread_self(), title.c_str());
    run_or_die(work);
    work = nullptr;  // with what it holds, before anybody believes that the task is over
    const std::lock_guard lock(count->mutex);
    if (--count->running == 0) count->idle.notify_all();
  }).detach();
}

std::unique_ptr<Monitor> ThreadTasks::make_monitor() { return std::make_unique<ThreadMonitor>(); }

bool ThreadTasks::wait_until_idle(MonoTime deadline) {
  std::unique_lock lock(count_->mutex);
  const auto is_idle = [this] { return count_->running == 0; };
  if (deadline != kNoDeadline) return count_->idle.wait_until(lock, steady(deadline), is_idle);
  count_->idle.wait(lock, is_idle);
  return true;
}

std::uint64_t KernelRandom::next() {
  const std::lock_guard lock(mutex_);
  if (used_ == numbers_.size()) {
    constexpr std::size_t bytes = sizeof(numbers_);
    // Never short for up to 256 bytes once the kernel's pool is ready (getrandom(2)).
    while (getrandom(numbers_.data(), bytes, 0) < 0) CHECK(errno == EINTR);
    used_ = 0;
  }
  return numbers_[used_++];
}

}  // namespace delta
