// clock.drift and clock.jump, of the hosts of orchestrators and runners; clock.offset and
// clock.strobe, of the database
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
            delta::counted(reads, "read") + " of a wrong clock, at " + std::to_string(misled) +
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

/// Proof for both: transactions that ended while the database's clock showed another time than it
/// would have.
class DatabaseClockFault : public Fault {
 public:
  DatabaseClockFault(World& world, FaultRequest request)
      : kernel_(world.kernel),
        request_(std::move(request)),
        server_(world.database.on(request_.targets.front().host)) {
    const delta::Duration before = error_of(server_.now());
    server_.on_commit([this, before](const CommitView& commit) {
      const delta::Duration by = error_of(commit.read) - before;
      if (std::chrono::abs(by) >= request_.parameters.duration("by") / 2) ++misled_;
    });
  }
  Effect effect() const override {
    return {misled_ > 0, delta::counted(misled_, "transaction") + " read a wrong clock"};
  }

 protected:
  /// The clock is to be off by so much more than without this fault.
  void shift_to(delta::Duration by) {
    server_.clock().shift(by - shifted_);
    shifted_ = by;
  }

  Kernel& kernel_;
  FaultRequest request_;

 private:
  /// How far a time that the database told is from the true one.
  delta::Duration error_of(delta::DbTime told) const {
    return told.time_since_epoch() - kernel_.now().time_since_epoch();
  }

  DatabaseServer& server_;
  delta::Duration shifted_{};
  std::uint64_t misled_ = 0;
};

class Offset final : public DatabaseClockFault {
 public:
  using DatabaseClockFault::DatabaseClockFault;
  void inject() override {
    enum class Direction : std::uint8_t { ahead, behind };  // as the parameter lists them
    const delta::Duration by = request_.parameters.duration("by");
    const bool ahead = request_.parameters.choice<Direction>("direction") == Direction::ahead;
    shift_to(ahead ? by : -by);
  }
  void heal() override { shift_to(delta::Duration(0)); }
};

class Strobe final : public DatabaseClockFault {
 public:
  using DatabaseClockFault::DatabaseClockFault;
  void inject() override {
    on_ = true;
    jump(true);
  }
  void heal() override {
    on_ = false;
    shift_to(delta::Duration(0));
  }

 private:
  void jump(bool ahead) {
    if (!on_) return;
    shift_to(ahead ? request_.parameters.duration("by") : delta::Duration(0));
    kernel_.at(kernel_.now() + request_.parameters.duration("period"),
               [this, ahead] { jump(!ahead); });
  }

  bool on_ = false;
};

}  // namespace

std::unique_ptr<Fault> make_clock_fault(World& world, const FaultRequest& request) {
  if (request.kind == "clock.drift") return std::make_unique<Drift>(world, request);
  if (request.kind == "clock.offset") return std::make_unique<Offset>(world, request);
  if (request.kind == "clock.strobe") return std::make_unique<Strobe>(world, request);
  if (request.kind == "clock.jump") return std::make_unique<Jump>(world, request);
  return nullptr;
}

}  // namespace aftershock::sim
