// region.isolate, region.down
#include <algorithm>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

/// Proof for both: what was lost on its way into a region or out of it, counted by the network.
class RegionFault : public Fault {
 public:
  RegionFault(World& world, const FaultRequest& request)
      : world_(world), request_(request), before_(lost()) {}

  Effect effect() const override {
    const std::uint64_t since = lost() - before_;
    return {since > 0, delta::counted(since, "message") + " lost at the border"};
  }

 protected:
  World& world_;
  FaultRequest request_;

 private:
  std::uint64_t lost() const {
    std::uint64_t count = 0;
    for (const FaultTarget& target : request_.targets) {
      count += world_.network.lost_at_border(target.region);
    }
    return count;
  }

  std::uint64_t before_;
};

class Isolate final : public RegionFault {
 public:
  using RegionFault::RegionFault;
  void inject() override { for_each_cut(&Network::cut_border); }
  void heal() override { for_each_cut(&Network::mend_border); }

 private:
  // As the parameters list them.
  enum class Direction : std::uint8_t { both, to, from };
  enum class Reach : std::uint8_t { everything, regions };

  void for_each_cut(void (Network::*change)(RegionId, RegionId)) {
    const auto direction = request_.parameters.choice<Direction>("direction");
    const bool from_regions = request_.parameters.choice<Reach>("from") == Reach::regions;
    for (const FaultTarget& target : request_.targets) {
      for (std::uint32_t i = from_regions ? 1 : 0; i < world_.network.places(); ++i) {
        const RegionId other{i};
        if (other == target.region) continue;
        if (direction != Direction::from) (world_.network.*change)(target.region, other);
        if (direction != Direction::to) (world_.network.*change)(other, target.region);
      }
    }
  }
};

/// Nobody there is told anything, and nobody else.
class Down final : public RegionFault {
 public:
  using RegionFault::RegionFault;
  void inject() override { for_each_host(&Node::cut_power, &DatabaseCluster::cut_power); }
  void heal() override { for_each_host(&Node::give_power, &DatabaseCluster::give_power); }

 private:
  void for_each_host(void (Node::*node_change)(),
                     void (DatabaseCluster::*server_change)(std::size_t)) {
    const auto is_hit = [this](HostId host) {
      return std::ranges::find(request_.targets, world_.network.region(host),
                               &FaultTarget::region) != request_.targets.end();
    };
    world_.each_node([&](Node& node) {
      if (is_hit(node.host())) (node.*node_change)();
    });
    for (std::size_t i = 0; i < world_.database.size(); ++i) {
      if (is_hit(world_.database.host(i))) (world_.database.*server_change)(i);
    }
  }
};

}  // namespace

std::unique_ptr<Fault> make_region_fault(World& world, const FaultRequest& request) {
  if (request.kind == "region.isolate") return std::make_unique<Isolate>(world, request);
  if (request.kind == "region.down") return std::make_unique<Down>(world, request);
  return nullptr;
}

}  // namespace aftershock::sim
