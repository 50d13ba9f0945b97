// disk.*: of the database's host
#include <algorithm>
#include <array>

#include "simulator/faults/fault.h"

namespace aftershock::sim {

namespace {

/// Proof for all of them: what the disk counts as the server's writes arrive.
class DiskFault : public Fault {
 public:
  DiskFault(World& world, const FaultRequest& request)
      : disk_(world.database.disk()), request_(request), before_(disk_.counters()) {}

 protected:
  Effect counted(std::uint64_t DiskCounters::* counter, const char* what) const {
    const std::uint64_t count = disk_.counters().*counter - before_.*counter;
    return {count > 0, std::to_string(count) + " writes " + what};
  }

  Disk& disk_;
  FaultRequest request_;
  DiskCounters before_;
};

class Latency final : public DiskFault {
 public:
  using DiskFault::DiskFault;
  void inject() override { disk_.latency().add(latency_, jitter_); }
  void heal() override { disk_.latency().remove(latency_, jitter_); }
  Effect effect() const override { return counted(&DiskCounters::slowed, "took longer"); }

 private:
  const delta::Duration latency_ = request_.parameters.duration("latency");
  const delta::Duration jitter_ = request_.parameters.duration("jitter");
};

class Error final : public DiskFault {
 public:
  using DiskFault::DiskFault;
  void inject() override { disk_.add_errors(ppm_); }
  void heal() override { disk_.remove_errors(ppm_); }
  Effect effect() const override { return counted(&DiskCounters::errors, "failed"); }

 private:
  const std::uint32_t ppm_ = request_.parameters.ppm("percent");
};

class Full final : public DiskFault {
 public:
  using DiskFault::DiskFault;
  void inject() override { disk_.set_full(true); }
  void heal() override { disk_.set_full(false); }
  Effect effect() const override { return counted(&DiskCounters::no_space, "found no space"); }
};

class LoseUnsynced final : public DiskFault {
 public:
  using DiskFault::DiskFault;
  void inject() override { disk_.set_lying(true); }
  void heal() override { disk_.set_lying(false); }
  Effect effect() const override {
    return counted(&DiskCounters::lies, "were not on the disk when it said so");
  }
};

class TornWrite final : public DiskFault {
 public:
  using DiskFault::DiskFault;
  void inject() override { disk_.tear_next(request_.parameters.duration("downtime")); }
  Effect effect() const override {
    return counted(&DiskCounters::torn, "were cut off by a power failure");
  }
};

class BitFlip final : public DiskFault {
 public:
  using DiskFault::DiskFault;
  void inject() override { disk_.flip_next(request_.parameters.count("count")); }
  Effect effect() const override { return counted(&DiskCounters::flipped, "have a wrong bit"); }
};

template <class Kind>
std::unique_ptr<Fault> make(World& world, const FaultRequest& request) {
  return std::make_unique<Kind>(world, request);
}

struct KnownKind {
  std::string_view name;
  std::unique_ptr<Fault> (*make)(World&, const FaultRequest&);
};

constexpr std::array kKinds = std::to_array<KnownKind>({
    {"disk.latency", make<Latency>},
    {"disk.error", make<Error>},
    {"disk.full", make<Full>},
    {"disk.lose_unsynced", make<LoseUnsynced>},
    {"disk.torn_write", make<TornWrite>},
    {"disk.bitflip", make<BitFlip>},
});

}  // namespace

std::unique_ptr<Fault> make_disk_fault(World& world, const FaultRequest& request) {
  const auto found = std::ranges::find(kKinds, request.kind, &KnownKind::name);
  return found == kKinds.end() ? nullptr : found->make(world, request);
}

}  // namespace aftershock::sim
