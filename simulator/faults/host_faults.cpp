// host.down: a machine that stays off until somebody starts what ran on it.
#include <utility>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

/// Proof: the supervisors' records; of servers, connections that broke, or packets that nobody
/// took.
class HostDown final : public Fault {
 public:
  HostDown(World& world, const FaultRequest& request)
      : world_(world), targets_(request.targets), disk_lost_(request.parameters.flag("disk_lost")) {
    for (const FaultTarget& target : targets_) before_.push_back(shown_by(target));
  }

  void inject() override {
    for (const FaultTarget& target : targets_) switch_off(target);
  }
  Effect effect() const override {
    std::size_t off = 0;
    for (std::size_t i = 0; i < targets_.size(); ++i) off += shown_by(targets_[i]) > before_[i];
    return {off == targets_.size(), std::to_string(off) + " of " + std::to_string(targets_.size()) +
                                        " hosts gone: processes ended, connections broken, packets "
                                        "that nobody took"};
  }

 private:
  /// Null: it is none of the queue's.
  QueueServer* queue_on(HostId host) const {
    for (std::size_t i = 0; i < world_.queue.size(); ++i) {
      if (world_.queue.host(i) == host) return &world_.queue.server(i);
    }
    return nullptr;
  }

  void switch_off(const FaultTarget& target) {
    if (target.node != nullptr) return target.node->power_off();
    if (QueueServer* queue = queue_on(target.host)) {
      world_.network.set_down(target.host, true);
      return queue->power_off(disk_lost_);
    }
    const std::size_t server = world_.database.index_of(target.host);
    if (disk_lost_) world_.database.server(server).corrupt(Damage::wal);
    world_.database.fence(server);
  }

  std::uint64_t shown_by(const FaultTarget& target) const {
    if (target.node != nullptr) return target.node->ends();
    const std::uint64_t swallowed = world_.network.traffic(target.host).swallowed;
    if (const QueueServer* queue = queue_on(target.host)) {
      return swallowed + queue->counters().abandoned;
    }
    return swallowed + world_.database.on(target.host).counters().reset_connections;
  }

  World& world_;
  std::vector<FaultTarget> targets_;
  bool disk_lost_;
  std::vector<std::uint64_t> before_;
};

}  // namespace

std::unique_ptr<Fault> make_host_fault(World& world, const FaultRequest& request) {
  if (request.kind != "host.down") return nullptr;
  return std::make_unique<HostDown>(world, request);
}

}  // namespace aftershock::sim
