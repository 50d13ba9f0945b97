// Somebody who is shown what happens in a simulated world. Nobody has to be.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/ids.h"
#include "simulator/world/connection.h"

namespace aftershock::sim {

class Node;
enum class EndCause : std::uint8_t;
struct Impairment;

/// Told of each from inside its moment, right after it. Must neither suspend nor change anything.
class WorldObserver {
 public:
  virtual ~WorldObserver() = default;

  // Processes
  virtual void on_start(const Node& node) = 0;  ///< its program has not begun yet
  virtual void on_end(const Node& node, EndCause cause) = 0;
  virtual void on_pause(const Node& node, bool paused) = 0;

  // Network
  virtual void on_cut(HostId from, HostId to, bool cut) = 0;
  virtual void on_hold(HostId from, HostId to, bool held) = 0;
  virtual void on_power(HostId host, bool on) = 0;
  virtual void on_impairment(HostId host, const Impairment& impairment, bool begins) = 0;
  virtual void on_reset(HostId host, std::size_t connections) = 0;
  virtual void on_swallowed(HostId from, HostId to) = 0;  ///< a message that a cut lost

  // Database
  virtual void on_accepting(bool accepting) = 0;  ///< it takes connections from now on, or none
  virtual void on_promotion(HostId primary, std::uint32_t timeline) = 0;  ///< it is there now

  // Queue: an entry, and how many there are now.
  virtual void on_publish(delta::AttemptId attempt, std::size_t depth) = 0;
  virtual void on_lost(delta::AttemptId attempt, std::size_t depth) = 0;
  virtual void on_receive(delta::AttemptId attempt, std::size_t depth) = 0;
  virtual void on_acknowledge(delta::AttemptId attempt, std::size_t depth) = 0;
  virtual void on_queue_promotion(HostId primary) = 0;  ///< it is there now
  /// A crash or a loss changed how many entries it has.
  virtual void on_depth(std::size_t before, std::size_t depth) = 0;
};

}  // namespace aftershock::sim
