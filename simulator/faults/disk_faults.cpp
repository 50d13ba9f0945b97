// disk.*: of the database's host. Proof for all of them: what the disk counts as the server's
// writes arrive.
#include "simulator/faults/counted_fault.h"

namespace aftershock::sim {

namespace {

CountedFault::Count count_of(const Disk& disk, std::uint64_t DiskCounters::* counter) {
  return [&disk, counter] { return disk.counters().*counter; };
}

/// What lasts until it is lifted.
std::unique_ptr<Fault> make_lasting(Disk& disk, const FaultRequest& request) {
  const delta::Parameters& given = request.parameters;
  if (request.kind == "disk.latency") {
    return counted(
        [&disk, latency = given.duration("latency"), jitter = given.duration("jitter")](bool on) {
          on ? disk.latency().add(latency, jitter) : disk.latency().remove(latency, jitter);
        },
        count_of(disk, &DiskCounters::slowed), {"write", "took longer"});
  }
  if (request.kind == "disk.error") {
    return counted([&disk, ppm = given.ppm("percent")](
                       bool on) { on ? disk.add_errors(ppm) : disk.remove_errors(ppm); },
                   count_of(disk, &DiskCounters::errors), {"write", "failed"});
  }
  if (request.kind == "disk.full") {
    return counted([&disk](bool on) { disk.set_full(on); }, count_of(disk, &DiskCounters::no_space),
                   {"write", "found no space"});
  }
  if (request.kind == "disk.lose_unsynced") {
    return counted([&disk](bool on) { disk.set_lying(on); }, count_of(disk, &DiskCounters::lies),
                   {"write", "not on the disk when it said so"});
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Fault> make_disk_fault(World& world, const FaultRequest& request) {
  if (!request.kind.starts_with("disk.")) return nullptr;
  Disk& disk = world.database.on(request.targets.front().host).disk();
  if (request.kind == "disk.torn_write") {
    return counted_once(
        [&disk, downtime = request.parameters.duration("downtime")] { disk.tear_next(downtime); },
        count_of(disk, &DiskCounters::torn), {"write", "cut off by a power failure"});
  }
  if (request.kind == "disk.bitflip") {
    return counted_once(
        [&disk, writes = request.parameters.count("count")] { disk.flip_next(writes); },
        count_of(disk, &DiskCounters::flipped), {"write", "with a wrong bit"});
  }
  return make_lasting(disk, request);
}

}  // namespace aftershock::sim
