// The simulated object store: paths and the digests of their contents.
#pragma once

#include <map>
#include <string>

#include "core/ports/artifact_store.h"
#include "simulator/world/fault_switch.h"
#include "simulator/world/remote_call.h"

namespace aftershock::sim {

class ArtifactServer {
 public:
  explicit ArtifactServer(HostId host) : host_(host) {}

  HostId host() const { return host_; }

  // What happens when a request has arrived.
  void put(const std::string& path, std::uint64_t digest, const ReplyTo<bool>& reply);
  void get(const std::string& path, const ReplyTo<std::optional<std::uint64_t>>& reply);

  /// While on, requests are refused; what is stored stays.
  void set_outage(bool on) { outage_.set(on); }

  std::uint64_t refused() const { return refused_; }
  const std::map<std::string, std::uint64_t>& objects() const { return objects_; }

 private:
  HostId host_;
  FaultSwitch outage_;
  std::uint64_t refused_ = 0;
  std::map<std::string, std::uint64_t> objects_;
};

/// One process's end of the store.
class ArtifactClient final : public delta::ArtifactStore {
 public:
  ArtifactClient(const CallRoute& route, ArtifactServer& server, delta::Duration timeout)
      : route_(route), server_(server), timeout_(timeout) {}

  std::expected<void, delta::StoreError> put(const std::string& path,
                                             std::uint64_t digest) override;
  std::expected<std::optional<std::uint64_t>, delta::StoreError> get(
      const std::string& path) override;

 private:
  CallRoute route_;
  ArtifactServer& server_;
  delta::Duration timeout_;
};

}  // namespace aftershock::sim
