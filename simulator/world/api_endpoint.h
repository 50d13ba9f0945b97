// An orchestrator's address and the connections to it.
#pragma once

#include <map>
#include <vector>

#include "core/ports/transport.h"
#include "simulator/world/remote_call.h"

namespace aftershock::sim {

/// Outlives the processes that listen on it, one after another.
class ApiEndpoint {
 public:
  using Handler = std::function<void(delta::Request, delta::Responder)>;
  using Reply = ReplyTo<delta::Response>;

  ApiEndpoint(Kernel& kernel, Network& network, HostId host)
      : kernel_(kernel),
        network_(network),
        host_(host),
        rng_(kernel.stream("messages", static_cast<std::uint64_t>(host))) {}

  HostId host() const { return host_; }

  /// `process` listens from now on; requests are handled as its events.
  void listen(Process& process, Handler handler);
  /// The process is gone: its open connections are reset, new ones refused.
  void close();

  /// Sends a request from a client's host. The id is for forget().
  std::uint64_t send(HostId client, delta::Request request, const Reply& reply);
  /// The client no longer waits for this call.
  void forget(std::uint64_t call) {
    const auto found = open_.find(call);
    if (found == open_.end()) return;
    if (found->second.late) ++given_up_;
    open_.erase(found);
  }

  // Faults, of what runners send. Each call is one cause, which is lifted by the opposite.
  /// A share of requests arrives `delay` later, when its sender has given up and sent it again.
  void add_late(std::int32_t ppm, delta::Duration delay);
  /// A share of requests arrives a second time, at most `delay` later; that answer goes nowhere.
  void add_copies(std::int32_t ppm, delta::Duration delay);

  /// Of a share of checkpoints the second half of the state is lost.
  void add_garbling(std::int32_t ppm) { garbling_.ppm += ppm; }

  // Evidence: late requests on which their sender gave up first; requests that a process here
  // handled long after they were sent, or once more; checkpoints that arrived cut short.
  std::uint64_t given_up() const { return given_up_; }
  std::uint64_t handled_late() const { return handled_late_; }
  std::uint64_t handled_again() const { return handled_again_; }
  std::uint64_t handled_garbled() const { return handled_garbled_; }

 private:
  struct Disorder {
    std::int32_t ppm = 0;
    delta::Duration delay{};
  };
  struct Call {
    Reply reply;
    bool late = false;  ///< still on its way
  };

  void respond(std::uint64_t call, const Reply& reply, delta::Response response);
  bool happens(const Disorder& disorder);
  /// Whether it is cut short.
  bool garble(delta::Request& request);
  void deliver(HostId client, std::uint64_t call, delta::Request request, const Reply& reply);
  /// Arrives when `wait` has passed; lost if nobody listens then.
  void deliver_after(delta::Duration wait, const delta::Request& request,
                     const delta::Responder& respond, std::uint64_t& handled);

  Kernel& kernel_;
  Network& network_;
  HostId host_;
  delta::Rng rng_;
  Disorder late_;
  Disorder copies_;
  Disorder garbling_;
  std::uint64_t given_up_ = 0;
  std::uint64_t handled_late_ = 0;
  std::uint64_t handled_again_ = 0;
  std::uint64_t handled_garbled_ = 0;
  Process* process_ = nullptr;
  Handler handler_;
  bool has_responded_ = false;  ///< since the process began to listen
  std::uint64_t last_call_ = 0;
  std::map<std::uint64_t, Call> open_;
};

/// One process's way to all orchestrators.
class SimTransport final : public delta::Transport {
 public:
  /// `endpoints` must outlive it.
  SimTransport(Network& network, Process& client, HostId host,
               const std::vector<ApiEndpoint*>& endpoints)
      : network_(network), client_(client), host_(host), endpoints_(endpoints) {}

  std::size_t endpoints() const override { return endpoints_.size(); }
  std::expected<delta::Response, delta::CallError> call(std::size_t endpoint,
                                                        delta::Request request,
                                                        delta::Duration timeout) override;

 private:
  Network& network_;
  Process& client_;
  HostId host_;
  const std::vector<ApiEndpoint*>& endpoints_;
};

}  // namespace aftershock::sim
