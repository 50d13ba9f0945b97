#include "harness/sweep/summary.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/sweep/load.h"

namespace aftershock::sweep {
namespace {

SweepMachine machine_of(const Tally& tally, const std::vector<Ended>& ended) {
  SweepMachine machine;
  std::set<std::string> hosts;
  for (const Ended& each : ended) {
    hosts.insert(each.host);
    machine.jobs += each.jobs;
    machine.wall = std::max(machine.wall, each.wall);
  }
  for (const std::string& host : hosts) machine.host += (machine.host.empty() ? "" : ", ") + host;
  machine.worked = tally.worked();
  const double seconds = std::chrono::duration<double>(machine.wall).count();
  if (seconds > 0) {
    constexpr double tenths = 10;  // more would say more than is known
    const auto drills = static_cast<double>(tally.counts().drills);
    machine.drills_per_second = std::round(drills / seconds * tenths) / tenths;
  }
  return machine;
}

}  // namespace

SweepReport summarize(const JournalHead& head, const Tally& tally, const std::string& how_it_ended,
                      const std::vector<Ended>& ended) {
  SweepReport report = tally.report();
  report.tool_version = head.tool_version;
  report.build = head.build;
  report.first_seed = head.plan.seeds.first;
  report.seeds = head.plan.seeds.count;
  report.schedule = text_of(head.plan.schedule);
  report.ended = how_it_ended;
  if (const auto planned = planned_drills(head.plan)) {
    report.not_run = *planned - report.counts.drills;
  }
  report.machine = machine_of(tally, ended);
  const Shard shard = head.plan.shard;
  report.machine.shards = {std::to_string(shard.index) + "/" + std::to_string(shard.of)};
  return report;
}

std::string this_build() { return file_digest("/proc/self/exe").value_or(""); }

}  // namespace aftershock::sweep
