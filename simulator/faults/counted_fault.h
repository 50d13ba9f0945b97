// A fault whose effect something other than its injection counts.
#pragma once

#include <functional>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

/// Proof: the count has grown since.
class CountedFault final : public Fault {
 public:
  using Apply = std::function<void(bool on)>;  ///< puts one cause on, or lifts it
  using Count = std::function<std::uint64_t()>;

  CountedFault(Apply apply, Count count, Proof proof)
      : apply_(std::move(apply)), count_(std::move(count)), proof_(proof) {}

  void inject() override {
    before_ = count_();
    apply_(true);
  }
  void heal() override { apply_(false); }
  Effect effect() const override {
    const std::uint64_t since = count_() - before_;
    return {since > 0, proof_.of(since)};
  }

 private:
  Apply apply_;
  Count count_;
  Proof proof_;
  std::uint64_t before_ = 0;
};

inline std::unique_ptr<Fault> counted(CountedFault::Apply apply, CountedFault::Count count,
                                      Proof proof) {
  return std::make_unique<CountedFault>(std::move(apply), std::move(count), proof);
}

/// One that is over once it has happened.
inline std::unique_ptr<Fault> counted_once(std::function<void()> happen, CountedFault::Count count,
                                           Proof proof) {
  return counted(
      [happen = std::move(happen)](bool on) {
        if (on) happen();
      },
      std::move(count), proof);
}

/// The share of a fault with parameter `percent`, to add or to take away.
inline std::int32_t signed_ppm(const FaultRequest& request, bool on) {
  const auto ppm = static_cast<std::int32_t>(request.parameters.ppm("percent"));
  return on ? ppm : -ppm;
}

/// What any server may suffer: <server>.outage, .error, .slow. Null for other kinds.
template <class Server>
std::unique_ptr<Fault> make_server_fault(Server& server, const FaultRequest& request) {
  const std::string_view kind = std::string_view(request.kind).substr(request.kind.find('.') + 1);
  if (kind == "outage") {
    return counted([&server](bool on) { server.set_outage(on); },
                   [&server] { return server.gate().refused(); }, {"request", "refused"});
  }
  if (kind == "error") {
    return counted(
        [&server, request](bool on) { server.gate().add_errors(signed_ppm(request, on)); },
        [&server] { return server.gate().failed(); }, {"request", "answered with an error"});
  }
  if (kind == "slow") {
    const delta::Duration latency = request.parameters.duration("latency");
    return counted(
        [&server, latency](bool on) { server.gate().add_latency(on ? latency : -latency); },
        [&server] { return server.gate().slowed(); }, {"request", "delayed"});
  }
  return nullptr;
}

}  // namespace aftershock::sim
