// queue.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

Field share_of_entries() { return percent_parameter("percent", "Share of entries.", "100%"); }

}  // namespace

std::vector<FaultInfo> queue_faults() {
  const std::vector<Role> queue{Role::kQueue};
  const std::vector<Role> any_server{Role::kQueue, Role::kQueueReplica};
  return {
      {"queue.outage", "The queue refuses every connection and drops those that are open.",
       any_server, true, fault_parameters()},
      {"queue.slow", "Every request is served later.", queue, true,
       fault_parameters({time_parameter("latency", "Added to each request.", 1ms)})},
      {"queue.crash",
       "The queue ends without a shutdown, is down for the downtime, and forgets what it had not "
       "written to disk: cluster.queue says what it writes, and when.",
       any_server, false,
       fault_parameters(
           {time_parameter("downtime", "From the crash to the queue's start.", 1ms),
            choice_parameter("kind",
                             "What ends: 'power', the whole host with what is not on its disk yet; "
                             "or the 'process' alone.",
                             kCrashKinds, "power")})},
      {"queue.corrupt",
       "The queue ends, and what it wrote to disk cannot be read: it starts again only when an "
       "operator has restored it from a backup.",
       queue,
       false,
       fault_parameters(),
       {},
       true},
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
