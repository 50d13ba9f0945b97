// The fibers that are ready, and the choice among them. Internal to the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "simulator/kernel/fiber.h"
#include "simulator/kernel/schedule.h"

namespace aftershock::sim {

class ReadyFibers {
 public:
  ReadyFibers(delta::Rng random, const ScheduleOptions& options);

  std::size_t size() const { return fibers_.size() - begin_; }
  /// How often several were ready when one was taken, and it was a question which.
  std::uint64_t choices() const { return choices_; }

  /// Before a fiber with a new body becomes ready.
  void introduce(Fiber& fiber) {
    if (schedule_ == Schedule::pct) [[unlikely]]
      draw_priority(fiber);
  }

  void add(Fiber& fiber) {
    fibers_.push_back(&fiber);
    if (schedule_ == Schedule::pct) [[unlikely]]
      sift_up();
  }

  /// Only when there is one.
  Fiber& take(SimTime now) {
    if (schedule_ != Schedule::random) [[unlikely]]
      return take_by_rule(now);
    if (fibers_.size() > 1) {
      ++choices_;
      std::swap(fibers_[random_.below(fibers_.size())], fibers_.back());
    }
    return take_last();
  }

  /// Takes out all that belong to `process`.
  std::vector<Fiber*> remove(const Process& process);

 private:
  /// From then on, the fiber that would have its turn has this priority.
  struct PriorityChange {
    std::uint64_t choice;
    std::uint64_t priority;
  };

  Fiber& take_last() {
    Fiber& fiber = *fibers_.back();
    fibers_.pop_back();
    return fiber;
  }
  Fiber& take_by_rule(SimTime now);
  Fiber& take_at(std::size_t index);
  Fiber& take_highest(SimTime now);
  Fiber& take_guided(SimTime now);
  bool is_patient(SimTime now);
  void draw_priority(Fiber& fiber);
  void sift_up();
  void sort();

  std::vector<Fiber*> fibers_;  ///< from begin_ on; of pct a heap, else as they became ready
  std::size_t begin_ = 0;       ///< only what takes from the front moves it
  std::uint64_t choices_ = 0;
  delta::Rng random_;
  Schedule schedule_;
  Guide* guide_;
  std::vector<PriorityChange> changes_;  ///< the next one last
  SimTime instant_{};                    ///< of the last choice by priority
  std::uint64_t choices_in_instant_ = 0;
};

}  // namespace aftershock::sim
