// One incarnation of a simulated process: the fibers, timers and events that die with it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/time.h"
#include "simulator/kernel/link.h"

namespace aftershock::sim {

struct Event;
struct Fiber;
struct FiberTag;
struct EventTag;

/// Made by Kernel::create_process(); lives as long as the kernel. A restart is another Process.
class Process {
 public:
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  const std::string& name() const { return name_; }
  std::uint64_t id() const { return id_; }  ///< from 1, in the order of creation

  /// False from the moment of the kill, before any of its fibers unwinds. Ports of the process
  /// must check it and neither act, throw nor suspend when it is false.
  bool alive() const { return alive_; }
  bool paused() const { return paused_; }
  /// Wake-ups that Kernel::delay_wakeups() made late. Only grows.
  std::uint64_t late_wakeups() const { return late_wakeups_; }

 private:
  friend class Kernel;
  friend class Scheduler;

  Process(std::string name, std::uint64_t id) : name_(std::move(name)), id_(id) {}

  std::string name_;
  std::uint64_t id_;
  bool alive_ = true;
  bool paused_ = false;
  bool hindered_ = false;  ///< paused, or its wake-ups may be late: the one question of a hot path
  std::function<delta::Duration()> wakeup_delay_;
  std::uint64_t late_wakeups_ = 0;
  Link<FiberTag> fibers_;
  Link<EventTag> events_;              ///< bound to it and not yet run
  std::vector<Fiber*> parked_fibers_;  ///< became ready while it was paused, in that order
  std::vector<Event*> parked_events_;  ///< became due while it was paused, in that order
};

}  // namespace aftershock::sim
