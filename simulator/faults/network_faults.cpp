// network.partition, network.delay, network.loss
#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

/// Proof for all of them: a counter of the targets' packets that only the network writes.
class NetworkFault : public Fault {
 public:
  NetworkFault(World& world, const FaultRequest& request)
      : network_(world.network), request_(request) {}

 protected:
  template <class Counter>
  Effect counted(const std::vector<std::uint64_t>& before, Counter counter,
                 const char* what) const {
    std::size_t hit = 0;
    std::uint64_t packets = 0;
    for (std::size_t i = 0; i < request_.targets.size(); ++i) {
      const std::uint64_t since = (network_.*counter)(request_.targets[i].host) - before[i];
      packets += since;
      if (since > 0) ++hit;
    }
    return {hit == request_.targets.size(),
            std::to_string(packets) + " packets " + what + ", at " + std::to_string(hit) + " of " +
                std::to_string(request_.targets.size()) + " targets"};
  }
  template <class Counter>
  std::vector<std::uint64_t> read(Counter counter) const {
    std::vector<std::uint64_t> values;
    for (const FaultTarget& target : request_.targets) {
      values.push_back((network_.*counter)(target.host));
    }
    return values;
  }

  Network& network_;
  FaultRequest request_;
};

class Partition final : public NetworkFault {
 public:
  using NetworkFault::NetworkFault;
  void inject() override {
    before_ = read(&Network::swallowed);
    for_each_link([this](HostId from, HostId to) { network_.cut(from, to); });
  }
  void heal() override {
    for_each_link([this](HostId from, HostId to) { network_.restore(from, to); });
  }
  Effect effect() const override { return counted(before_, &Network::swallowed, "swallowed"); }

 private:
  enum class Direction : std::uint8_t { both, to, from };  ///< as the parameter lists them

  template <class Action>
  void for_each_link(Action action) {
    const auto direction = request_.parameters.choice<Direction>("direction");
    for (const FaultTarget& target : request_.targets) {
      for (const FaultTarget& peer : request_.peers) {
        if (peer.host == target.host) continue;
        if (direction != Direction::from) action(target.host, peer.host);
        if (direction != Direction::to) action(peer.host, target.host);
      }
    }
  }

  std::vector<std::uint64_t> before_;
};

class Delay final : public NetworkFault {
 public:
  using NetworkFault::NetworkFault;
  void inject() override {
    before_ = read(&Network::delayed);
    for (const FaultTarget& target : request_.targets) {
      network_.add_delay(target.host, latency_, jitter_);
    }
  }
  void heal() override {
    for (const FaultTarget& target : request_.targets) {
      network_.remove_delay(target.host, latency_, jitter_);
    }
  }
  Effect effect() const override { return counted(before_, &Network::delayed, "delayed"); }

 private:
  const delta::Duration latency_ = request_.parameters.duration("latency");
  const delta::Duration jitter_ = request_.parameters.duration("jitter");
  std::vector<std::uint64_t> before_;
};

class Loss final : public NetworkFault {
 public:
  using NetworkFault::NetworkFault;
  void inject() override {
    before_ = read(&Network::retransmitted);
    for (const FaultTarget& target : request_.targets) {
      network_.add_loss(target.host, loss_ppm_);
    }
  }
  void heal() override {
    for (const FaultTarget& target : request_.targets) {
      network_.remove_loss(target.host, loss_ppm_);
    }
  }
  Effect effect() const override {
    return counted(before_, &Network::retransmitted, "lost and sent again");
  }

 private:
  const std::uint32_t loss_ppm_ = request_.parameters.ppm("percent");
  std::vector<std::uint64_t> before_;
};

}  // namespace

std::unique_ptr<Fault> make_network_fault(World& world, const FaultRequest& request) {
  if (request.kind == "network.partition") return std::make_unique<Partition>(world, request);
  if (request.kind == "network.delay") return std::make_unique<Delay>(world, request);
  if (request.kind == "network.loss") return std::make_unique<Loss>(world, request);
  return nullptr;
}

}  // namespace aftershock::sim
