// Waking the fibers that wait in a queue.
#include "simulator/kernel/wait_queue.h"

#include "simulator/kernel/fiber.h"
#include "simulator/kernel/scheduler.h"

namespace aftershock::sim {

bool WaitQueue::notify_one() {
  if (empty()) return false;
  Fiber& fiber = static_cast<Fiber&>(*waiters_.next());
  fiber.Link<WaitTag>::unlink();
  fiber.scheduler->notify(fiber);
  return true;
}

std::size_t WaitQueue::notify_all() {
  std::size_t count = 0;
  while (notify_one()) ++count;
  return count;
}

}  // namespace aftershock::sim
