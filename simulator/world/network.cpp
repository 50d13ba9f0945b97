// Faults of the network, and what they do to a packet's way. A packet that nothing is wrong with
// is handled in the header.
#include "simulator/world/network.h"

#include <algorithm>
#include <utility>

namespace aftershock::sim {

namespace {

// Linux' first retransmission timeout, doubled a few times: a connection that lost more packets
// in a row than that would be reset long before.
constexpr delta::Duration kRetransmit{200'000'000};
constexpr int kMostRetransmits = 6;

/// Requests and answers differ, but not enough to matter to a slow line: 2 KiB with their headers.
constexpr std::uint64_t kMessageBits = 2 * 1024 * 8;

Impairment sum_of(const std::vector<Impairment>& a, const std::vector<Impairment>& b) {
  Impairment sum;
  for (const std::vector<Impairment>* of_host : {&a, &b}) {
    for (const Impairment& each : *of_host) {
      sum.latency += each.latency;
      sum.jitter += each.jitter;
      sum.loss_ppm = std::min(sum.loss_ppm + each.loss_ppm, 1'000'000U);
    }
  }
  return sum;
}

}  // namespace

void Connection::found_broken() {
  Network* network = std::exchange(reset_by_, nullptr);
  if (network == nullptr) return;
  ++network->at(client_).traffic.resets;
  ++network->at(server_).traffic.resets;
}

Network::Network(Kernel& kernel, LinkQuality quality, Buggify* buggify)
    : kernel_(kernel), quality_(quality), buggify_(buggify), rng_(kernel.stream("network")) {}

HostId Network::add_host(std::string name) {
  hosts_.emplace_back(kernel_, std::move(name));
  return HostId{static_cast<std::uint32_t>(hosts_.size() - 1)};
}

std::vector<std::string> Network::names() const {
  std::vector<std::string> names;
  for (const Host& host : hosts_) names.push_back(host.name);
  return names;
}

RegionId Network::add_region(std::string name) {
  regions_.push_back({std::move(name), 0});
  return RegionId{static_cast<std::uint32_t>(regions_.size() - 1)};
}

void Network::opened(Connection& connection, HostId client, HostId server) {
  connection.client_ = client;
  connection.server_ = server;
  connections_.push_back(connection);
}

void Network::cut(HostId from, HostId to) {
  ++cuts_[{from, to}];
  any_cut_ = true;
  if (observer_ != nullptr) observer_->on_cut(from, to, true);
}

void Network::restore(HostId from, HostId to) {
  const auto found = cuts_.find({from, to});
  CHECK(found != cuts_.end());
  if (--found->second == 0) cuts_.erase(found);
  note_cuts();
  if (observer_ != nullptr) observer_->on_cut(from, to, cuts_.contains({from, to}));
}

void Network::cut_border(RegionId from, RegionId to) {
  ++border_cuts_[{from, to}];
  note_cuts();
  if (observer_ != nullptr) observer_->on_border(name(from), name(to), true);
}

void Network::mend_border(RegionId from, RegionId to) {
  const auto found = border_cuts_.find({from, to});
  CHECK(found != border_cuts_.end());
  if (--found->second > 0) return;
  border_cuts_.erase(found);
  note_cuts();
  if (observer_ != nullptr) observer_->on_border(name(from), name(to), false);
}

void Network::note_cuts() { any_cut_ = !cuts_.empty() || !border_cuts_.empty() || down_ > 0; }

void Network::count_swallowed(HostId from, HostId to) {
  ++at(from).traffic.swallowed;
  ++at(to).traffic.swallowed;
  if (at(from).region != at(to).region) {
    ++regions_[index(at(from).region)].lost;
    ++regions_[index(at(to).region)].lost;
  }
  if (observer_ != nullptr) observer_->on_swallowed(from, to);
}

void Network::set_down(HostId host, bool down) {
  if (std::exchange(at(host).down, down) == down) return;
  down ? ++down_ : --down_;
  note_cuts();
  if (observer_ != nullptr) observer_->on_power(host, !down);
}

void Network::hold(HostId from, HostId to) {
  ++holds_[{from, to}];
  if (observer_ != nullptr) observer_->on_hold(from, to, true);
}

void Network::release(HostId from, HostId to) {
  const auto found = holds_.find({from, to});
  CHECK(found != holds_.end());
  if (--found->second > 0) return;
  holds_.erase(found);
  if (observer_ != nullptr) observer_->on_hold(from, to, false);
  for (Held& held : held_) {
    if (held.from != from || held.to != to) continue;
    kernel_.at(kernel_.now(), *held.receiver,
               [this, from, to, deliver = std::move(held.deliver)]() mutable {
                 arrive(from, to, deliver);
               });
  }
  std::erase_if(held_, [from, to](const Held& held) { return held.from == from && held.to == to; });
}

void Network::keep(HostId from, HostId to, Callback deliver) {
  ++at(from).traffic.held;
  ++at(to).traffic.held;
  held_.push_back({from, to, &kernel_.current_process(), std::move(deliver)});
}

void Network::impair(HostId host, const Impairment& impairment) {
  at(host).impairments.push_back(impairment);
  if (observer_ != nullptr) observer_->on_impairment(host, impairment, true);
}

void Network::mend(HostId host, const Impairment& impairment) {
  std::vector<Impairment>& all = at(host).impairments;
  const auto found = std::ranges::find(all, impairment);
  CHECK(found != all.end());
  all.erase(found);
  if (observer_ != nullptr) observer_->on_impairment(host, impairment, false);
}

void Network::reset(HostId host) {
  std::size_t broken = 0;
  for (Link<ConnectionTag>* link = connections_.next(); link != &connections_;
       link = link->next()) {
    Connection& connection = static_cast<Connection&>(*link);
    if (connection.client_ != host && connection.server_ != host) continue;
    if (!connection.reset()) continue;
    connection.reset_by_ = this;
    ++broken;
  }
  if (observer_ != nullptr) observer_->on_reset(host, broken);
}

std::optional<delta::Duration> Network::impaired(Host& a, Host& b, delta::Duration latency) {
  const Impairment sum = sum_of(a.impairments, b.impairments);
  if (sum.latency.count() > 0 || sum.jitter.count() > 0) {
    latency += sum.latency + rng_.between(-sum.jitter, sum.jitter);
    ++a.traffic.delayed;
    ++b.traffic.delayed;
  }
  std::uint32_t loss_ppm = quality_.loss_ppm + sum.loss_ppm;
  if (is_border(a, b)) {
    latency += rng_.between(border_.latency_min, border_.latency_max);
    loss_ppm += border_.loss_ppm;
  }
  const auto retries = time_of_retries(a, b, std::min(loss_ppm, 1'000'000U));
  if (!retries) return std::nullopt;
  latency += *retries;
  latency += time_in_line(a) + time_in_line(b);
  put_back(a, latency);
  put_back(b, latency);
  return latency;
}

/// None: given up.
std::optional<delta::Duration> Network::time_of_retries(Host& a, Host& b, std::uint32_t loss_ppm) {
  delta::Duration time{};
  if (loss_ppm == 0) return time;
  delta::Duration timeout = kRetransmit;
  for (int tries = 0; rng_.chance_ppm(loss_ppm); ++tries) {
    ++a.traffic.retransmitted;
    ++b.traffic.retransmitted;
    if (tries == kMostRetransmits) return std::nullopt;
    time += timeout;
    timeout *= 2;
  }
  return time;
}

delta::Duration Network::time_in_line(Host& host) {
  std::uint64_t kbit = 0;
  for (const Impairment& each : host.impairments) {
    if (each.kbit > 0 && (kbit == 0 || each.kbit < kbit)) kbit = each.kbit;
  }
  if (kbit == 0) return {};
  ++host.traffic.queued;
  const auto own = static_cast<std::int64_t>(kMessageBits * 1'000'000 / kbit);
  host.line_free = std::max(host.line_free, kernel_.now()) + delta::Duration(own);
  return host.line_free - kernel_.now();
}

void Network::put_back(Host& host, delta::Duration& latency) {
  bool chosen = false;
  for (const Impairment& each : host.impairments) {
    if (each.reorder_ppm == 0 || !rng_.chance_ppm(each.reorder_ppm)) continue;
    latency += each.put_back;
    chosen = true;
  }
  const SimTime arrival = kernel_.now() + latency;
  if (chosen) {
    host.put_back_until = std::max(host.put_back_until, arrival);
  } else if (arrival < host.put_back_until) {
    ++host.traffic.overtaking;
  }
}

}  // namespace aftershock::sim
