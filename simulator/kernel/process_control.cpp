// Killing, pausing and resuming processes.
#include <utility>

#include "core/check.h"
#include "simulator/kernel/fiber_host.h"
#include "simulator/kernel/kernel.h"

namespace aftershock::sim {

Process& Kernel::create_process(std::string name) {
  const std::uint64_t id = processes_.size() + 1;
  processes_.push_back(std::unique_ptr<Process>(new Process(std::move(name), id)));
  return *processes_.back();
}

void Kernel::kill(Process& process) {
  CHECK(&process != &main_process());
  if (process.alive() && !inert()) end(process);
}

void Kernel::end(Process& process) {
  scheduler_.record(StepKind::kill, running_->id, process.id());
  process.alive_ = false;
  process.paused_ = false;
  process.hindered_ = false;
  scheduler_.forget(process);
  bool itself = false;
  for (Link<FiberTag>* link = process.fibers_.next(); link != &process.fibers_;) {
    Fiber& fiber = static_cast<Fiber&>(*link);
    link = link->next();
    if (&fiber == running_) {
      itself = true;
    } else {
      unwind(fiber);
    }
  }
  // Nothing of it survives but the caller, if it is one of them.
  CHECK(itself ? process.fibers_.next()->next() == &process.fibers_ : !process.fibers_.linked());
  CHECK(!process.events_.linked());
}

void Kernel::unwind(Fiber& fiber) {
  if (fiber.context == nullptr) {
    // Before run(): it has no stack yet, and never ran.
    fiber.body.reset();
    fiber.Link<FiberTag>::unlink();
    idle_.push_back(&fiber);
    return;
  }
  fiber.killer = running_;
  switch_to(fiber);
}

void Kernel::pause(Process& process) {
  if (!process.alive() || process.paused() || inert()) return;
  scheduler_.record(StepKind::pause, running_->id, process.id());
  scheduler_.park(process);
}

void Kernel::delay_wakeups(Process& process, std::function<delta::Duration()> delay) {
  CHECK(&process != &main_process());
  if (process.alive()) scheduler_.set_wakeup_delay(process, std::move(delay));
}

void Kernel::resume(Process& process) {
  if (!process.paused() || inert()) return;
  scheduler_.record(StepKind::resume, running_->id, process.id());
  scheduler_.unpark(process);
}

}  // namespace aftershock::sim
