// Faults: each can be injected, healed, and asked for a proof that it took effect, which reads
// something that the injection itself does not write.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/counted.h"
#include "core/parameters.h"
#include "simulator/world/world.h"

namespace aftershock::sim {

/// A process's node, a server's host, or a region.
struct FaultTarget {
  std::string name;
  HostId host{};
  Node* node = nullptr;        ///< null: a server, or a region
  RegionId region = kNowhere;  ///< of a region, which has no host of its own
};

struct FaultRequest {
  std::string kind;                  ///< "network.partition"
  std::vector<FaultTarget> targets;  ///< at least one
  std::vector<FaultTarget> peers;    ///< the processes of the role that parameter `to` names
  delta::Parameters parameters;      ///< of the kind, as harness/scenario/faults/ lists them
};

struct Effect {
  bool bit = false;
  std::string evidence;  ///< what was read, in words
};

/// What is counted as a proof: {"connection", "refused"}.
struct Proof {
  std::string_view noun, deed;

  std::string of(std::uint64_t count) const {
    return delta::counted(count, noun) + " " + std::string(deed);
  }
};

/// Not from one of its targets' own fibers. None of it suspends.
class Fault {
 public:
  virtual ~Fault() = default;
  virtual void inject() = 0;
  /// Lifts it; nothing for a fault that is over once it has happened.
  virtual void heal() {}
  /// Since inject(). May become true some time after it.
  virtual Effect effect() const = 0;
};

/// Null when no family knows the kind.
std::unique_ptr<Fault> make_fault(World& world, const FaultRequest& request);

// One file a family; each is null for the kinds of the others.
std::unique_ptr<Fault> make_process_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_host_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_network_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_database_fault(World& world, const FaultRequest& request);
/// Of the database's family.
std::unique_ptr<Fault> make_replication_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_disk_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_queue_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_artifact_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_clock_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_secret_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_message_fault(World& world, const FaultRequest& request);
std::unique_ptr<Fault> make_region_fault(World& world, const FaultRequest& request);

}  // namespace aftershock::sim
