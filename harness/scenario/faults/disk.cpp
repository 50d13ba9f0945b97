// disk.*: of the database's host
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

std::vector<FaultInfo> disk_faults() {
  const std::vector<Role> database{Role::kDatabase};
  const Field none = fault_parameters();
  return {
      {"disk.latency", "Every write to the disk takes longer.", database, true,
       fault_parameters(
           {time_parameter("latency", "Added to each write.", 1us),
            time_parameter("jitter", "Each write takes up to this much more.", 0ns, "0s")})},
      {"disk.error", "A share of the writes fails; PostgreSQL ends with a PANIC and starts again.",
       database, true,
       fault_parameters({percent_parameter("percent", "Share of writes that fail.", "100%")})},
      {"disk.full", "The disk has no space: PostgreSQL ends with a PANIC until it has some.",
       database, true, none},
      {"disk.lose_unsynced",
       "The disk says that writes are done while only its cache has them; a power failure "
       "meanwhile "
       "loses them.",
       database,
       true,
       none,
       {},
       true},
      {"disk.torn_write",
       "The power fails in the middle of the next write, of which half is on the disk.", database,
       false,
       fault_parameters({time_parameter("downtime", "From then to the database's start.", 1ms)}),
       "downtime"},
      {"disk.bitflip",
       "One bit of what is written to the log is wrong, which shows when it is read again: a "
       "recovery ends before it.",
       database,
       false,
       fault_parameters({count_parameter("count", "Writes that are hit.", 1, 1'000'000, "1")}),
       {},
       true},
  };
}

}  // namespace aftershock
