// Which runners this orchestrator serves, and what they tell about themselves.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "orchestrator/context.h"

namespace delta {

/// Thread: any. Never suspends.
class RunnerWatch {
 public:
  explicit RunnerWatch(OrchestratorContext& context);

  /// A runner's request that waits for its answer.
  struct Visit {
    RunnerId runner;
    std::uint32_t acquires = 0;  ///< 1: it asks for work
  };
  /// Counts what the runner tells since the last time; none if the request names no runner.
  std::optional<Visit> saw(const Request& request);
  /// One that was turned away asks elsewhere: it is not ours.
  void answered(const Visit& visit, const Response& response);

  ListRunnersReply list();
  /// Sets the gauges, and forgets who has not been seen lately.
  void take_census();

 private:
  struct Seen {
    MonoTime last{};
    std::uint32_t open_acquires = 0;
    bool turned_away = false;
    RunnerStatistics statistics;
  };

  /// Needs the lock.
  void forget_gone();
  void note(const Visit& visit, const RunnerStatistics& told);

  OrchestratorContext& context_;
  std::unique_ptr<Monitor> monitor_;
  std::map<RunnerId, Seen> seen_;
};

}  // namespace delta
