// What can be wrong with a host's link to the network, and what is counted there.
#pragma once

#include <cstdint>

#include "core/time.h"

namespace aftershock::sim {

struct LinkQuality {
  delta::Duration latency_min{200'000};
  delta::Duration latency_max{1'000'000};
  std::uint32_t loss_ppm = 0;
};

/// Of everything that one host sends and receives. Several add up, but the lowest rate counts.
struct Impairment {
  delta::Duration latency{};
  delta::Duration jitter{};  ///< each latency is up to this much longer or shorter
  std::uint32_t loss_ppm = 0;
  std::uint32_t reorder_ppm = 0;  ///< a share of the messages
  delta::Duration put_back{};     ///< arrives so much later: others overtake it
  std::uint64_t kbit = 0;         ///< thousand bits a second; 0: as many as you like

  bool operator==(const Impairment&) const = default;
};

/// Packets from and to a host; these only grow.
struct HostTraffic {
  std::uint64_t swallowed = 0;      ///< by a cut, or because an end has no power
  std::uint64_t retransmitted = 0;  ///< after a loss
  std::uint64_t delayed = 0;        ///< by an impairment's latency
  std::uint64_t overtaking = 0;     ///< arrived before one that was sent earlier and put back
  std::uint64_t queued = 0;         ///< waited until earlier ones had left, or for their own length
  std::uint64_t held = 0;
  std::uint64_t resets = 0;  ///< connections that a client found broken by reset()
};

}  // namespace aftershock::sim
