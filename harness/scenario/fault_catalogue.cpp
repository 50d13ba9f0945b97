// The catalogue: all families, one after another.
#include "harness/scenario/fault_catalogue.h"

#include <algorithm>

#include "core/check.h"
#include "harness/scenario/faults/families.h"

namespace aftershock {
namespace {

std::vector<FaultInfo> make_catalogue() {
  std::vector<FaultInfo> all;
  for (const auto family :
       {process_faults, host_faults, clock_faults, network_faults, database_faults, disk_faults,
        queue_faults, artifact_faults, secret_faults, message_faults, region_faults}) {
    for (FaultInfo& info : family()) all.push_back(std::move(info));
  }
  return all;
}

}  // namespace

std::span<const FaultInfo> fault_catalogue() {
  static const std::vector<FaultInfo> catalogue = make_catalogue();
  return catalogue;
}

const FaultInfo& fault_info(std::string_view name) {
  const auto found = std::ranges::find(fault_catalogue(), name, &FaultInfo::name);
  CHECK(found != fault_catalogue().end());
  return *found;
}

}  // namespace aftershock
