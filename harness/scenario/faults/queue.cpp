// queue.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 3> kPersistenceNames{"none", "snapshot", "append_only"};

Field share_of_entries() { return percent_parameter("percent", "Share of entries.", "100%"); }

}  // namespace

std::vector<FaultInfo> queue_faults() {
  const std::vector<Role> queue{Role::kQueue};
  return {
      {"queue.outage", "The queue refuses every connection and drops those that are open.", queue,
       true, fault_parameters()},
      {"queue.slow", "Every request is served later.", queue, true,
       fault_parameters({time_parameter("latency", "Added to each request.", 1ms)})},
      {"queue.crash",
       "The queue ends without a shutdown, is down for the downtime, and forgets what it had not "
       "written to disk.",
       queue, false,
       fault_parameters(
           {time_parameter("downtime", "From the crash to the queue's start.", 1ms),
            choice_parameter("persistence",
                             "What it finds again: nothing; its state at the last full minute; at "
                             "the last full second.",
                             kPersistenceNames, "none")})},
      {"queue.lose", "Entries that are stored, or published while it lasts, are lost.", queue, true,
       fault_parameters({share_of_entries()})},
      {"queue.duplicate", "Entries that are published are stored twice.", queue, true,
       fault_parameters({share_of_entries()})},
      {"queue.reorder", "Entries that are published are held back, so that later ones overtake.",
       queue, true,
       fault_parameters(
           {share_of_entries(), time_parameter("delay", "At most, for each.", 1ms, "5s")})},
      {"queue.stall", "The queue takes entries and hands none out.", queue, true,
       fault_parameters()},
      {"queue.trim", "The queue keeps only so many of the entries that nobody took.", queue, true,
       fault_parameters({count_parameter("length", "How many, the newest.", 0, 1'000'000)})},
  };
}

}  // namespace aftershock
