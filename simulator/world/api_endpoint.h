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
      : kernel_(kernel), network_(network), host_(host) {}

  HostId host() const { return host_; }

  /// `process` listens from now on; requests are handled as its events.
  void listen(Process& process, Handler handler);
  /// The process is gone: its open connections are reset, new ones refused.
  void close();

  /// Sends a request from a client's host. The id is for forget().
  std::uint64_t send(HostId client, delta::Request request, const Reply& reply);
  /// The client no longer waits for this call.
  void forget(std::uint64_t call) { open_.erase(call); }

 private:
  void respond(std::uint64_t call, const Reply& reply, delta::Response response);

  Kernel& kernel_;
  Network& network_;
  HostId host_;
  Process* process_ = nullptr;
  Handler handler_;
  bool has_responded_ = false;  ///< since the process began to listen
  std::uint64_t last_call_ = 0;
  std::map<std::uint64_t, Reply> open_;
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
