// network.*
#include <functional>
#include <utility>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

using Counter = std::uint64_t HostTraffic::*;

/// Proof for all of them: a counter of the targets' packets that only the network writes, as they
/// pass.
class NetworkFault : public Fault {
 public:
  NetworkFault(World& world, FaultRequest request, Counter counter, Proof proof)
      : network_(world.network), request_(std::move(request)), counter_(counter), proof_(proof) {}

  void inject() override {
    for (const FaultTarget& target : request_.targets) before_.push_back(read(target));
    begin();
  }
  Effect effect() const override {
    std::size_t hit = 0;
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const std::uint64_t since = read(request_.targets[i]) - before_[i];
      all += since;
      if (since > 0) ++hit;
    }
    return {!before_.empty() && hit == before_.size(),
            proof_.of(all) + ", at " + std::to_string(hit) + " of " +
                std::to_string(request_.targets.size()) + " targets"};
  }

 protected:
  virtual void begin() = 0;
  std::uint64_t read(const FaultTarget& target) const {
    return network_.traffic(target.host).*counter_;
  }

  Network& network_;
  FaultRequest request_;

 private:
  Counter counter_;
  Proof proof_;
  std::vector<std::uint64_t> before_;
};

/// Something done to each link between the targets and their peers, and undone.
class LinkFault final : public NetworkFault {
 public:
  using Action = void (Network::*)(HostId from, HostId to);

  LinkFault(World& world, const FaultRequest& request, Counter counter, Proof proof,
            Action on_inject, Action on_heal)
      : NetworkFault(world, request, counter, proof), on_inject_(on_inject), on_heal_(on_heal) {}

  void heal() override { for_each_link(on_heal_); }

 private:
  enum class Direction : std::uint8_t { both, to, from };  ///< as the parameter lists them

  void begin() override { for_each_link(on_inject_); }

  void for_each_link(Action action) {
    const auto direction = request_.parameters.choice<Direction>("direction");
    // A local name: GCC 12's sanitizer evaluates a member as the object of such a call in one
    // branch only.
    Network& network = network_;
    for (const FaultTarget& target : request_.targets) {
      for (const FaultTarget& peer : request_.peers) {
        if (peer.host == target.host) continue;
        if (direction != Direction::from) (network.*action)(target.host, peer.host);
        if (direction != Direction::to) (network.*action)(peer.host, target.host);
      }
    }
  }

  Action on_inject_;
  Action on_heal_;
};

class ImpairmentFault final : public NetworkFault {
 public:
  ImpairmentFault(World& world, const FaultRequest& request, Counter counter, Proof proof,
                  const Impairment& impairment)
      : NetworkFault(world, request, counter, proof), impairment_(impairment) {}

  void heal() override {
    for (const FaultTarget& target : request_.targets) network_.mend(target.host, impairment_);
  }

 private:
  void begin() override {
    for (const FaultTarget& target : request_.targets) network_.impair(target.host, impairment_);
  }

  Impairment impairment_;
};

/// Again and again while it lasts: a connection that was just made breaks too.
class Reset final : public NetworkFault {
 public:
  Reset(World& world, const FaultRequest& request)
      : NetworkFault(world, request, &HostTraffic::resets, {"connection", "found broken"}),
        kernel_(world.kernel),
        interval_(request.parameters.duration("interval")) {}

  void heal() override { on_ = false; }

 private:
  void begin() override {
    on_ = true;
    reset();
  }
  void reset() {
    if (!on_) return;
    for (const FaultTarget& target : request_.targets) network_.reset(target.host);
    kernel_.at(kernel_.now() + interval_, [this] { reset(); });
  }

  Kernel& kernel_;
  delta::Duration interval_;
  bool on_ = false;
};

std::unique_ptr<Fault> make_link_fault(World& world, const FaultRequest& request) {
  if (request.kind == "network.partition") {
    return std::make_unique<LinkFault>(world, request, &HostTraffic::swallowed,
                                       Proof{"packet", "swallowed"}, &Network::cut,
                                       &Network::restore);
  }
  if (request.kind == "network.hold") {
    return std::make_unique<LinkFault>(world, request, &HostTraffic::held,
                                       Proof{"message", "held back"}, &Network::hold,
                                       &Network::release);
  }
  return nullptr;
}

std::unique_ptr<Fault> make_impairment(World& world, const FaultRequest& request) {
  const delta::Parameters& given = request.parameters;
  const auto make = [&](Counter counter, Proof proof, const Impairment& impairment) {
    return std::make_unique<ImpairmentFault>(world, request, counter, proof, impairment);
  };
  if (request.kind == "network.delay") {
    return make(&HostTraffic::delayed, {"packet", "delayed"},
                {.latency = given.duration("latency"), .jitter = given.duration("jitter")});
  }
  if (request.kind == "network.loss") {
    return make(&HostTraffic::retransmitted, {"packet", "lost and sent again"},
                {.loss_ppm = given.ppm("percent")});
  }
  if (request.kind == "network.reorder") {
    return make(&HostTraffic::overtaking, {"packet", "overtook earlier ones"},
                {.reorder_ppm = given.ppm("percent"), .put_back = given.duration("latency")});
  }
  if (request.kind == "network.bandwidth") {
    return make(&HostTraffic::queued, {"packet", "waited for the line"},
                {.kbit = static_cast<std::uint64_t>(given.count("kbit"))});
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Fault> make_network_fault(World& world, const FaultRequest& request) {
  if (request.kind == "network.reset") return std::make_unique<Reset>(world, request);
  if (auto fault = make_link_fault(world, request)) return fault;
  return make_impairment(world, request);
}

}  // namespace aftershock::sim
