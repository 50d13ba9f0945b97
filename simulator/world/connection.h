// One open connection as the network knows it: what a reset breaks.
#pragma once

#include <cstdint>

#include "simulator/kernel/link.h"

namespace aftershock::sim {

/// Index of a host. A host has one name and lives as long as the world.
enum class HostId : std::uint32_t {};
/// A place that hosts may be in. A region has one name and lives as long as the world.
enum class RegionId : std::uint32_t {};
inline constexpr RegionId kNowhere{0};  ///< in none: as far from every region as from itself

class Network;
struct ConnectionTag;

/// What both ends share. Network::opened() makes it known; its destruction ends that.
class Connection : private Link<ConnectionTag> {
 public:
  Connection() = default;
  virtual ~Connection() = default;

 protected:
  /// The client has found its connection broken. Counted if the network's reset() broke it, once.
  void found_broken();

 private:
  friend class Network;

  /// Breaks it at both ends at once. False: it was over already. Must destroy no connection.
  virtual bool reset() = 0;

  Network* reset_by_ = nullptr;  ///< and not counted yet
  HostId client_{};
  HostId server_{};
};

}  // namespace aftershock::sim
