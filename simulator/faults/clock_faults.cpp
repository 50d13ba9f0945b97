// clock.drift and clock.jump, of the hosts of orchestrators and runners
#include <utility>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

/// Proof for both: each target's process has itself read a time that was wrong by something else
/// than before.
class ClockFault : public Fault {
 public:
  ClockFault(World& world, FaultRequest request)
      : network_(world.network), request_(std::move(request)) {}

  void inject() override {
    for (const FaultTarget& target : request_.targets) {
      const HostClock& clock = network_.clock(target.host);
      before_.push_back({clock.wrong_reads(), clock.last_error()});
      begin(network_.clock(target.host));
    }
  }
  Effect effect() const override {
    std::uint64_t reads = 0;
    std::size_t misled = 0;
    delta::Duration worst{};
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const HostClock& clock = network_.clock(request_.targets[i].host);
      const std::uint64_t since = clock.wrong_reads() - before_[i].reads;
      const delta::Duration error = clock.last_error() - before_[i].error;
      reads += since;
      if (since > 0 && error != delta::Duration(0)) ++misled;
      if (std::chrono::abs(error) > std::chrono::abs(worst)) worst = error;
    }
    return {!before_.empty() && misled == before_.size(),
            std::to_string(reads) + " reads of a wrong clock, at " + std::to_string(misled) +
                " of " + std::to_string(request_.targets.size()) + " targets, off by up to " +
                delta::format_duration(worst)};
  }

 protected:
  Network& network_;
  FaultRequest request_;

 private:
  virtual void begin(HostClock& clock) = 0;

  struct Before {
    std::uint64_t reads;
    delta::Duration error;
  };
  std::vector<Before> before_;
};

class Drift final : public ClockFault {
 public:
  using ClockFault::ClockFault;
  /// The rate is right again; what was gained or lost stays.
  void heal() override {
    for (const FaultTarget& target : request_.targets) {
      network_.clock(target.host).add_drift(-ppm_);
    }
  }

 private:
  enum class Direction : std::uint8_t { slow, fast };  ///< as the parameter lists them

  void begin(HostClock& clock) override { clock.add_drift(ppm_); }

  static std::int64_t signed_rate(const delta::Parameters& given) {
    const std::int64_t ppm = given.ppm("rate");
    return given.choice<Direction>("direction") == Direction::fast ? ppm : -ppm;
  }

  const std::int64_t ppm_ = signed_rate(request_.parameters);
};

class Jump final : public ClockFault {
 public:
  using ClockFault::ClockFault;

 private:
  void begin(HostClock& clock) override { clock.jump(request_.parameters.duration("by")); }
};

}  // namespace

std::unique_ptr<Fault> make_clock_fault(World& world, const FaultRequest& request) {
  if (request.kind == "clock.drift") return std::make_unique<Drift>(world, request);
  if (request.kind == "clock.jump") return std::make_unique<Jump>(world, request);
  return nullptr;
}

}  // namespace aftershock::sim
