// The simulated secrets store: names and values that do not change.
#pragma once

#include <map>
#include <string>

#include "core/ports/secrets.h"
#include "simulator/world/request_gate.h"

namespace aftershock::sim {

class SecretServer {
 public:
  SecretServer(Kernel& kernel, HostId host) : host_(host), gate_(kernel, "secrets") {}

  HostId host() const { return host_; }

  void add(const std::string& name, std::string value) { values_[name] = std::move(value); }
  /// By name.
  const std::map<std::string, std::string>& values() const { return values_; }

  /// What happens when a request has arrived. Empty: there is no such secret.
  void get(const std::string& name, const ReplyTo<std::optional<std::string>>& reply);

  /// What is wrong with it, if anything; for faults.
  RequestGate& gate() { return gate_; }
  void set_outage(bool on) { gate_.set_outage(on); }

 private:
  HostId host_;
  RequestGate gate_;
  std::map<std::string, std::string> values_;
};

/// One process's end of the store.
class SecretClient final : public delta::SecretStore {
 public:
  SecretClient(const CallRoute& route, SecretServer& server, delta::Duration timeout)
      : route_(route), server_(server), timeout_(timeout) {}

  std::expected<std::string, delta::SecretError> get(const std::string& name) override;

 private:
  CallRoute route_;
  SecretServer& server_;
  delta::Duration timeout_;
};

}  // namespace aftershock::sim
