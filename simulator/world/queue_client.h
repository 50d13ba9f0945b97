// One process's end of the simulated queue.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "simulator/world/queue_cluster.h"

namespace aftershock::sim {

/// Looks up where the queue is for each call.
class QueueClient final : public delta::Queue {
 public:
  /// `process` must be the running one whenever it is used, and is on `host`.
  QueueClient(Kernel& kernel, Network& network, Process& process, HostId host,
              QueueAddress& address, delta::Duration timeout)
      : kernel_(kernel),
        network_(network),
        process_(process),
        host_(host),
        address_(address),
        timeout_(timeout) {}

  std::expected<void, delta::QueueError> publish(
      const std::vector<delta::AttemptId>& attempts) override;
  std::expected<Entries, delta::QueueError> receive(std::uint32_t most, delta::Duration wait,
                                                    delta::Duration visibility) override;
  std::expected<void, delta::QueueError> acknowledge(
      const std::vector<std::uint64_t>& ids) override;
  void stop_waiting() override;

 private:
  struct Receiving {
    QueueServer* server = nullptr;
    std::weak_ptr<Exchange<Entries>> exchange;
  };

  CallRoute route_to(const QueueServer& server) const {
    return {kernel_, network_, process_, host_, server.host()};
  }

  Kernel& kernel_;
  Network& network_;
  Process& process_;
  HostId host_;
  QueueAddress& address_;
  delta::Duration timeout_;
  bool stopped_ = false;
  std::vector<Receiving> receiving_;
};

}  // namespace aftershock::sim
