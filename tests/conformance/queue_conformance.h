// What every queue must do, whatever world it is in: the simulated one and Redis pass the same.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/queue.h"
#include "core/ports/runtime.h"

namespace delta {

/// How long tests sleep, and a visibility with which what was taken before that is overdue after
/// it.
inline constexpr Duration kSoon = 20ms;
inline constexpr Duration kOverdue = 5ms;
/// A visibility with which nothing is overdue before the test is over, however slow the machine is.
inline constexpr Duration kOneHour = 1h;
/// For a receive that gets something long before; else the test fails, and does not hang.
inline constexpr Duration kLongWait = 60s;

/// A queue that is empty, and the tasks that use it.
class QueueWorld {
 public:
  virtual ~QueueWorld() = default;
  /// Runs a test's body as a task of this world.
  virtual void run(const std::function<void()>& body) = 0;
  virtual Runtime runtime() = 0;
  /// One process' end of the queue. Thread: any, as the port says.
  virtual Queue& client(std::size_t number) = 0;
  /// Adds at least one entry whose attempt cannot be read.
  virtual void add_unreadable() = 0;
};

struct QueueMaker {
  std::string name;
  std::function<std::unique_ptr<QueueWorld>()> make;
};

/// INSTANTIATE_TEST_SUITE_P(, QueueConformance, testing::Values(QueueMaker{...}), name_of_maker);
class QueueConformance : public testing::TestWithParam<QueueMaker> {
 protected:
  static constexpr std::size_t kClients = 4;
  using Bodies = std::vector<std::function<void()>>;

  void run(const std::function<void()>& body) { world_->run(body); }
  Queue& client(std::size_t number = 0) { return world_->client(number); }
  QueueWorld& world() { return *world_; }

  MonoTime now() { return world_->runtime().clock.now(); }
  void sleep(Duration time) { world_->runtime().clock.sleep_until(now() + time); }
  /// Runs them at once, and waits for all.
  void together(const Bodies& bodies);

  static AttemptId attempt(std::uint64_t number) { return {7, number}; }
  void publish(std::uint64_t first, std::uint64_t last, std::size_t by = 0);
  std::vector<QueueEntry> receive(std::uint32_t most, Duration wait, Duration visibility,
                                  std::size_t by = 0);
  void acknowledge(const std::vector<QueueEntry>& entries, std::size_t by = 0);

  /// The numbers of their attempts.
  static std::vector<std::uint64_t> numbers(const std::vector<QueueEntry>& entries);
  static std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last);
  /// Nothing is there, not even for one who finds everything overdue.
  void expect_empty();

 private:
  std::unique_ptr<QueueWorld> world_ = GetParam().make();
};

inline std::string name_of_maker(const testing::TestParamInfo<QueueMaker>& info) {
  return info.param.name;
}

}  // namespace delta
