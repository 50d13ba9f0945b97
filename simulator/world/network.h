// The simulated network: hosts, latency, loss and partitions. It carries callbacks: what would be
// a packet's contents is what the receiver's end does with it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/rng.h"
#include "simulator/kernel/kernel.h"

namespace aftershock::sim {

/// Index of a host. A host has one name and lives as long as the world.
enum class HostId : std::uint32_t {};

struct LinkQuality {
  delta::Duration latency_min{200'000};
  delta::Duration latency_max{1'000'000};
  std::uint32_t loss_ppm = 0;
};

/// Connections are TCP: a lost packet is sent again and so delays, until the sender gives up; a
/// partition swallows everything that is sent or still under way.
class Network {
 public:
  Network(Kernel& kernel, LinkQuality quality);

  HostId add_host(std::string name);
  const std::string& name(HostId host) const { return hosts_[index(host)].name; }

  /// Runs `deliver` at the receiver's end after the link's latency. It never runs if the link is
  /// cut now or on arrival. Does not suspend.
  template <class Deliver>
  void send(HostId from, HostId to, Deliver deliver) {
    if (swallow(from, to)) return;
    const auto latency = draw_latency(from, to);
    if (!latency) return;
    kernel_.at(kernel_.now() + *latency, [this, from, to, deliver = std::move(deliver)]() mutable {
      if (!swallow(from, to)) deliver();
    });
  }
  /// The same, as a part of the receiving process: dropped if it dies first, parked while paused.
  template <class Deliver>
  void send(HostId from, HostId to, Process& receiver, Deliver deliver) {
    if (swallow(from, to)) return;
    const auto latency = draw_latency(from, to);
    if (!latency) return;
    kernel_.at(kernel_.now() + *latency, receiver,
               [this, from, to, deliver = std::move(deliver)]() mutable {
                 if (!swallow(from, to)) deliver();
               });
  }

  bool connected(HostId from, HostId to) const {
    return cuts_.empty() || !cuts_.contains({from, to});
  }

  // Faults. Cuts are counted, so that two partitions of one link heal one by one.
  void cut(HostId from, HostId to) { ++cuts_[{from, to}]; }
  void restore(HostId from, HostId to);
  void add_delay(HostId host, delta::Duration latency, delta::Duration jitter);
  void add_loss(HostId host, std::uint32_t ppm);
  /// Takes back one add_delay() or add_loss() with the same arguments.
  void remove_delay(HostId host, delta::Duration latency, delta::Duration jitter);
  void remove_loss(HostId host, std::uint32_t ppm);

  // Evidence that a fault bit: packets to and from a host that were swallowed by a cut, sent again
  // after a loss, or slowed down by an add_delay().
  std::uint64_t swallowed(HostId host) const { return hosts_[index(host)].swallowed; }
  std::uint64_t retransmitted(HostId host) const { return hosts_[index(host)].retransmitted; }
  std::uint64_t delayed(HostId host) const { return hosts_[index(host)].delayed; }

 private:
  struct Host {
    std::string name;
    delta::Duration extra_latency{};
    delta::Duration extra_jitter{};
    std::uint32_t extra_loss_ppm = 0;
    std::uint64_t swallowed = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t delayed = 0;
  };

  static std::size_t index(HostId host) { return static_cast<std::size_t>(host); }
  /// True, and counted, if the link is cut.
  bool swallow(HostId from, HostId to);
  /// None: lost each time that it was sent.
  std::optional<delta::Duration> draw_latency(HostId from, HostId to);

  Kernel& kernel_;
  LinkQuality quality_;
  delta::Rng rng_;
  std::vector<Host> hosts_;
  std::map<std::pair<HostId, HostId>, std::uint32_t> cuts_;
};

}  // namespace aftershock::sim
