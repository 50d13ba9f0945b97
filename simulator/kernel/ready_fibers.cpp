// Choosing by priority, in order and by a guide.
#include "simulator/kernel/ready_fibers.h"

#include <algorithm>
#include <iterator>

#include "core/check.h"
#include "simulator/kernel/process.h"

namespace aftershock::sim {
namespace {

/// Initial priorities have this bit: what has fallen is below them.
constexpr std::uint64_t kNotFallen = 1ULL << 63;

constexpr std::uint64_t kMainProcess = 1;  ///< Process::id() of the first

/// A total order, so that a heap's first is the same with every library.
bool has_lower_priority(const Fiber* a, const Fiber* b) {
  return a->priority != b->priority ? a->priority < b->priority : a->id < b->id;
}
bool has_higher_priority(const Fiber* a, const Fiber* b) { return has_lower_priority(b, a); }

}  // namespace

ReadyFibers::ReadyFibers(delta::Rng random, const ScheduleOptions& options)
    : random_(random), schedule_(options.schedule), guide_(options.guide) {
  CHECK(schedule_ != Schedule::guided || guide_ != nullptr);
  if (schedule_ != Schedule::pct) return;
  CHECK(options.pct.depth > 0 && options.pct.choices > 0);
  for (std::uint64_t priority = 1; priority < options.pct.depth; ++priority) {
    changes_.push_back({1 + random_.below(options.pct.choices), priority});
  }
  std::ranges::sort(changes_, std::ranges::greater(), &PriorityChange::choice);
}

std::vector<Fiber*> ReadyFibers::remove(const Process& process) {
  if (schedule_ == Schedule::pct) sort();
  const auto is_its = [&](const Fiber* fiber) { return fiber->process == &process; };
  const auto begin = fibers_.begin() + static_cast<std::ptrdiff_t>(begin_);
  std::vector<Fiber*> removed;
  std::copy_if(begin, fibers_.end(), std::back_inserter(removed), is_its);
  fibers_.erase(std::remove_if(begin, fibers_.end(), is_its), fibers_.end());
  return removed;
}

Fiber& ReadyFibers::take_by_rule(SimTime now) {
  switch (schedule_) {
    case Schedule::random: break;  // take() did it
    case Schedule::round_robin: choices_ += size() > 1; return take_at(0);
    case Schedule::pct: return size() > 1 ? take_highest(now) : take_last();
    case Schedule::guided: return take_guided(now);
  }
  CHECK(false);
  return take_last();
}

Fiber& ReadyFibers::take_at(std::size_t index) {
  CHECK(index < size());
  const auto begin = fibers_.begin() + static_cast<std::ptrdiff_t>(begin_);
  Fiber& fiber = *fibers_[begin_ + index];
  if (index > 0) {
    fibers_.erase(begin + static_cast<std::ptrdiff_t>(index));
  } else if (++begin_ * 2 >= fibers_.size()) {
    fibers_.erase(fibers_.begin(), begin + 1);
    begin_ = 0;
  }
  return fiber;
}

Fiber& ReadyFibers::take_highest(SimTime now) {
  ++choices_;
  if (!is_patient(now)) {
    sort();
    const auto index = static_cast<std::ptrdiff_t>(random_.below(fibers_.size()));
    Fiber& fiber = *fibers_[static_cast<std::size_t>(index)];
    fibers_.erase(fibers_.begin() + index);
    return fiber;
  }
  std::ranges::pop_heap(fibers_, has_lower_priority);
  while (!changes_.empty() && changes_.back().choice <= choices_) {
    fibers_.back()->priority = changes_.back().priority;
    changes_.pop_back();
    sift_up();
    std::ranges::pop_heap(fibers_, has_lower_priority);
  }
  return take_last();
}

Fiber& ReadyFibers::take_guided(SimTime now) {
  const auto begin = fibers_.begin() + static_cast<std::ptrdiff_t>(begin_);
  const auto of_main = std::find_if(begin, fibers_.end(), [](const Fiber* fiber) {
    return fiber->process->id() == kMainProcess;
  });
  if (of_main != fibers_.end()) return take_at(static_cast<std::size_t>(of_main - begin));
  if (size() == 1) return take_at(0);
  ++choices_;
  return take_at(guide_->choose(now, size()));
}

bool ReadyFibers::is_patient(SimTime now) {
  if (std::exchange(instant_, now) != now) choices_in_instant_ = 0;
  return ++choices_in_instant_ <= kPctPatience * fibers_.size();
}

void ReadyFibers::draw_priority(Fiber& fiber) { fiber.priority = kNotFallen | random_.next(); }

void ReadyFibers::sift_up() { std::ranges::push_heap(fibers_, has_lower_priority); }

/// From the highest priority to the lowest, which is a heap, too.
void ReadyFibers::sort() { std::ranges::sort(fibers_, has_higher_priority); }

}  // namespace aftershock::sim
