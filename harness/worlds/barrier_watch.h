// Sees the moments of the simulated world that faults wait for.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "harness/scenario/words.h"
#include "simulator/world/database_server.h"

namespace aftershock {

/// Who takes part in a moment.
struct AtBarrier {
  std::uint64_t orchestrator = 0;  ///< Process::id()
  delta::RunnerId runner;          ///< nil: none
};

class BarrierWatch {
 public:
  using Action = std::function<void(const AtBarrier&)>;

  /// `action` runs once, inside the moment: it must neither suspend nor kill who is there.
  /// The id is for disarm(). Nothing is looked at while nothing is armed.
  std::uint64_t arm(Barrier barrier, std::uint32_t skip, Action action);
  void disarm(std::uint64_t id);

  void on_opened(std::uint64_t client);
  void on_commit(const sim::CommitView& commit);

 private:
  struct Armed {
    std::uint64_t id;
    Barrier barrier;
    std::uint32_t skip;
    Action action;
  };

  void reached(Barrier barrier, const AtBarrier& who);

  std::vector<Armed> armed_;
  std::uint64_t last_id_ = 0;
};

}  // namespace aftershock
