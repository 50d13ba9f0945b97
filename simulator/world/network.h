// The simulated network: hosts with their clocks, latency, loss and partitions. It carries
// callbacks: what would be a packet's contents is what the receiver's end does with it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/rng.h"
#include "simulator/kernel/kernel.h"
#include "simulator/world/buggify.h"
#include "simulator/world/connection.h"
#include "simulator/world/host_clock.h"
#include "simulator/world/impairment.h"
#include "simulator/world/world_observer.h"

namespace aftershock::sim {

/// Connections are TCP: a lost packet is sent again and so delays, until the sender gives up; a
/// partition swallows everything that is sent or still under way, and neither end is told.
/// Whatever TCP hides (duplicated packets) does not exist here.
class Network {
 public:
  /// `buggify` may be null, and outlives it.
  Network(Kernel& kernel, LinkQuality quality, Buggify* buggify = nullptr);

  HostId add_host(std::string name);
  const std::string& name(HostId host) const { return at(host).name; }
  std::vector<std::string> names() const;  ///< of all hosts
  HostClock& clock(HostId host) { return at(host).clock; }

  // Regions. A message from one to another takes their border's time besides its own.
  RegionId add_region(std::string name);
  const std::string& name(RegionId region) const { return regions_.at(index(region)).name; }
  /// Regions, and what is in none.
  std::size_t places() const { return regions_.size(); }
  void put_in(RegionId region, HostId host) { at(host).region = region; }
  RegionId region(HostId host) const { return at(host).region; }
  /// Between any two regions.
  void set_border(const LinkQuality& quality) { border_ = quality; }

  /// The misfortunes of this world; null: none happen.
  Buggify* buggify() const { return buggify_; }
  /// Who is shown what happens in this world; null: nobody. It outlives the world's last step.
  void observe(WorldObserver* observer) { observer_ = observer; }
  WorldObserver* observer() const { return observer_; }
  /// Dialling from this host never fails by chance: a measurement starts there.
  void spare(HostId host) { at(host).spared = true; }
  /// Whether a call dialled now fails by chance. Nobody sees its request.
  bool fails_to_connect(HostId from) const {
    return buggify_ != nullptr && !at(from).spared &&
           buggify_->fires(BuggifySite::reset_at_connect);
  }

  /// Runs `deliver` at the receiver's end after the link's latency. It never runs if the link is
  /// cut now or on arrival. Does not suspend.
  template <class Deliver>
  void send(HostId from, HostId to, Deliver deliver) {
    if (swallow(from, to)) return;
    const auto latency = draw_latency(from, to);
    if (!latency) return;
    kernel_.at(kernel_.now() + *latency, [this, from, to, deliver = std::move(deliver)]() mutable {
      arrive(from, to, deliver);
    });
  }
  /// The same, as a part of the receiving process: dropped if it dies first, parked while paused.
  template <class Deliver>
  void send(HostId from, HostId to, Process& receiver, Deliver deliver) {
    if (swallow(from, to)) return;
    const auto latency = draw_latency(from, to);
    if (!latency) return;
    kernel_.at(
        kernel_.now() + *latency, receiver,
        [this, from, to, deliver = std::move(deliver)]() mutable { arrive(from, to, deliver); });
  }

  bool connected(HostId from, HostId to) const {
    return !any_cut_ || (!at(from).down && !at(to).down && !cuts_.contains({from, to}) &&
                         !border_cuts_.contains({at(from).region, at(to).region}));
  }

  /// From now on, as long as it exists, reset() can break the connection.
  void opened(Connection& connection, HostId client, HostId server);

  // Faults. They are counted, so that two of one kind on one link are lifted one by one; faults of
  // different kinds add up.
  void cut(HostId from, HostId to);
  void restore(HostId from, HostId to);
  /// The same of everything that is sent from one region to another. kNowhere is one of them.
  void cut_border(RegionId from, RegionId to);
  void mend_border(RegionId from, RegionId to);
  /// A host without power sends and receives nothing; nobody is told.
  void set_down(HostId host, bool down);
  /// What arrives while the link is held waits for the release, and then arrives in that order.
  void hold(HostId from, HostId to);
  void release(HostId from, HostId to);
  /// Of all that is sent by and to a host.
  void impair(HostId host, const Impairment& impairment);
  /// Takes back one impair() with the same arguments.
  void mend(HostId host, const Impairment& impairment);
  /// Breaks every connection of the host: both ends are told at once.
  void reset(HostId host);

  /// Evidence that a fault bit, counted as packets leave and arrive, and as clients look.
  const HostTraffic& traffic(HostId host) const { return at(host).traffic; }
  /// Messages from or to a region that a cut, or a host without power, lost at its border.
  std::uint64_t lost_at_border(RegionId region) const { return regions_.at(index(region)).lost; }

 private:
  friend class Connection;

  struct Host {
    Host(Kernel& kernel, std::string name_) : name(std::move(name_)), clock(kernel) {}

    std::string name;
    HostClock clock;
    RegionId region = kNowhere;
    bool down = false;
    bool spared = false;
    std::vector<Impairment> impairments;
    SimTime line_free{};       ///< a limited line: when what was sent before has left
    SimTime put_back_until{};  ///< when the last message that was put back arrives
    HostTraffic traffic;
  };
  struct Region {
    std::string name;
    std::uint64_t lost = 0;
  };
  struct Held {
    HostId from;
    HostId to;
    Process* receiver;
    Callback deliver;
  };

  Host& at(HostId host) { return hosts_[static_cast<std::size_t>(host)]; }
  const Host& at(HostId host) const { return hosts_[static_cast<std::size_t>(host)]; }
  static std::size_t index(RegionId region) { return static_cast<std::size_t>(region); }

  template <class Deliver>
  void arrive(HostId from, HostId to, Deliver& deliver) {
    if (swallow(from, to)) return;
    if (!holds_.empty() && holds_.contains({from, to})) [[unlikely]]
      return keep(from, to, std::move(deliver));
    deliver();
  }
  void keep(HostId from, HostId to, Callback deliver);
  /// True, and counted, if the link is cut.
  bool swallow(HostId from, HostId to) {
    if (connected(from, to)) [[likely]]
      return false;
    count_swallowed(from, to);
    return true;
  }
  void count_swallowed(HostId from, HostId to);
  void note_cuts();
  /// None: lost each time that it was sent.
  std::optional<delta::Duration> draw_latency(HostId from, HostId to) {
    Host& a = at(from);
    Host& b = at(to);
    delta::Duration latency = rng_.between(quality_.latency_min, quality_.latency_max);
    if (buggify_ != nullptr) latency += buggify_->delay(BuggifySite::slow_packet);
    if (quality_.loss_ppm == 0 && a.impairments.empty() && b.impairments.empty() &&
        a.region == b.region) [[likely]]
      return latency;
    return impaired(a, b, latency);
  }
  bool is_border(const Host& a, const Host& b) const {
    return a.region != b.region && a.region != kNowhere && b.region != kNowhere;
  }
  std::optional<delta::Duration> impaired(Host& a, Host& b, delta::Duration latency);
  std::optional<delta::Duration> time_of_retries(Host& a, Host& b, std::uint32_t loss_ppm);
  delta::Duration time_in_line(Host& host);
  void put_back(Host& host, delta::Duration& latency);

  Kernel& kernel_;
  LinkQuality quality_;
  LinkQuality border_;
  Buggify* buggify_;
  WorldObserver* observer_ = nullptr;
  delta::Rng rng_;
  std::deque<Host> hosts_;  ///< whose clocks never move
  std::vector<Region> regions_{{"the rest", 0}};
  std::uint32_t down_ = 0;  ///< hosts
  bool any_cut_ = false;    ///< of a link or a host: the one question of every packet
  std::map<std::pair<HostId, HostId>, std::uint32_t> cuts_;
  std::map<std::pair<RegionId, RegionId>, std::uint32_t> border_cuts_;
  std::map<std::pair<HostId, HostId>, std::uint32_t> holds_;
  std::vector<Held> held_;
  Link<ConnectionTag> connections_;
};

}  // namespace aftershock::sim
