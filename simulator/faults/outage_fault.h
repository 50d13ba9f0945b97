// The outage of a server that refuses requests while it lasts.
#pragma once

#include "simulator/faults/fault.h"

namespace aftershock::sim {

/// Proof: requests that the server refused since.
template <class Server>
class OutageFault final : public Fault {
 public:
  explicit OutageFault(Server& server) : server_(server) {}
  void inject() override {
    before_ = server_.refused();
    server_.set_outage(true);
  }
  void heal() override { server_.set_outage(false); }
  Effect effect() const override {
    const std::uint64_t refused = server_.refused() - before_;
    return {refused > 0, std::to_string(refused) + " requests refused"};
  }

 private:
  Server& server_;
  std::uint64_t before_ = 0;
};

}  // namespace aftershock::sim
