// A transport whose endpoints are those that a name stands for.
#pragma once

#include <vector>

#include "core/ports/transport.h"
#include "simulator/world/cached_name.h"

namespace aftershock::sim {

/// Indexes of endpoints. Never empty.
using EndpointName = CachedName<std::vector<std::size_t>>;

/// What one host finds behind the name. Its endpoints are counted among those alone.
class AddressedTransport final : public delta::Transport {
 public:
  /// `inner` reaches all endpoints. Both outlive it.
  AddressedTransport(delta::Transport& inner, EndpointName& name, HostId host)
      : inner_(inner), name_(name), host_(host) {}

  std::size_t endpoints() const override { return name_.resolve(host_).size(); }
  /// There may be fewer of them than when the caller counted.
  std::expected<delta::Response, delta::CallError> call(std::size_t endpoint,
                                                        delta::Request request,
                                                        delta::Duration timeout) override {
    const std::vector<std::size_t>& found = name_.resolve(host_);
    return inner_.call(found[endpoint % found.size()], std::move(request), timeout);
  }

 private:
  delta::Transport& inner_;
  EndpointName& name_;
  HostId host_;
};

}  // namespace aftershock::sim
