#include "simulator/world/network.h"

#include <algorithm>

namespace aftershock::sim {

namespace {

// Linux' first retransmission timeout, doubled a few times: a connection that lost more packets
// in a row than that would be reset long before.
constexpr delta::Duration kRetransmit{200'000'000};
constexpr int kMostRetransmits = 6;

}  // namespace

Network::Network(Kernel& kernel, LinkQuality quality)
    : kernel_(kernel), quality_(quality), rng_(kernel.stream("network")) {}

HostId Network::add_host(std::string name) {
  hosts_.emplace_back().name = std::move(name);
  return HostId{static_cast<std::uint32_t>(hosts_.size() - 1)};
}

void Network::restore(HostId from, HostId to) {
  const auto found = cuts_.find({from, to});
  CHECK(found != cuts_.end());
  if (--found->second == 0) cuts_.erase(found);
}

void Network::add_delay(HostId host, delta::Duration latency, delta::Duration jitter) {
  hosts_[index(host)].extra_latency += latency;
  hosts_[index(host)].extra_jitter += jitter;
}

void Network::remove_delay(HostId host, delta::Duration latency, delta::Duration jitter) {
  add_delay(host, -latency, -jitter);
}

void Network::add_loss(HostId host, std::uint32_t ppm) {
  hosts_[index(host)].extra_loss_ppm += ppm;
}

void Network::remove_loss(HostId host, std::uint32_t ppm) {
  CHECK(hosts_[index(host)].extra_loss_ppm >= ppm);
  hosts_[index(host)].extra_loss_ppm -= ppm;
}

bool Network::swallow(HostId from, HostId to) {
  if (connected(from, to)) return false;
  ++hosts_[index(from)].swallowed;
  ++hosts_[index(to)].swallowed;
  return true;
}

std::optional<delta::Duration> Network::draw_latency(HostId from, HostId to) {
  Host& a = hosts_[index(from)];
  Host& b = hosts_[index(to)];
  delta::Duration latency = rng_.between(quality_.latency_min, quality_.latency_max);
  const delta::Duration extra = a.extra_latency + b.extra_latency;
  const delta::Duration jitter = a.extra_jitter + b.extra_jitter;
  if (extra.count() > 0 || jitter.count() > 0) {
    latency += extra + rng_.between(-jitter, jitter);
    ++a.delayed;
    ++b.delayed;
  }
  const std::uint32_t loss =
      std::min(quality_.loss_ppm + a.extra_loss_ppm + b.extra_loss_ppm, 1'000'000U);
  if (loss == 0) return latency;
  delta::Duration timeout = kRetransmit;
  for (int tries = 0; rng_.chance_ppm(loss); ++tries) {
    ++a.retransmitted;
    ++b.retransmitted;
    if (tries == kMostRetransmits) return std::nullopt;
    latency += timeout;
    timeout *= 2;
  }
  return latency;
}

}  // namespace aftershock::sim
