// database.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

std::vector<FaultInfo> database_faults() {
  const std::vector<Role> database{Role::kDatabase};
  const Field none = fault_parameters();
  return {
      {"database.crash",
       "The database ends without a shutdown, is down for the downtime, and replays its log.",
       database, false,
       fault_parameters(
           {time_parameter("downtime", "From the crash to the database's start.", 1ms)}),
       "downtime"},
      {"database.outage", "The database refuses every connection and drops those that are open.",
       database, true, none},
      {"database.drop_connections",
       "Every open connection is cut once; new ones are accepted at once.", database, false, none},
      {"database.in_doubt_commit",
       "The seed decides of each commit whether it happens; either way its connection is cut "
       "instead of an answer.",
       database, true, none},
  };
}

}  // namespace aftershock
