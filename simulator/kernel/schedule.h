// How the next of several ready fibers is chosen.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simulator/kernel/virtual_time.h"

namespace aftershock::sim {

enum class Schedule : std::uint8_t {
  random,       ///< each is as likely as any other
  round_robin,  ///< the one that has been ready longest
  pct,          ///< the one of the highest priority; see PctOptions
  guided,       ///< fibers of the main process as they come, then the one that a Guide names
};

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte: "A randomized
/// scheduler with probabilistic guarantees of finding bugs", 2010). Every fiber gets a random
/// priority. At `depth` - 1 choices, drawn among the first `choices`, the fiber that would have its
/// turn falls below all that have not fallen. A bug that shows when `depth` steps of n fibers come
/// in a certain order is found by a seed with a probability of at least
/// 1 / (n * choices^(depth - 1)).
/// One exception, so that fibers which wait for each other in a loop of turns cannot hold virtual
/// time for ever: an instant with more than kPctPatience choices a ready fiber goes on at random.
/// A yield by itself demotes nobody: here yields are what preemptions are to threads.
struct PctOptions {
  std::uint32_t depth = 3;         ///< at least 1, which is priorities alone
  std::uint64_t choices = 10'000;  ///< how many a run has, about; at least 1
};
inline constexpr std::uint64_t kPctPatience = 1'000;

/// Makes the choices of a guided schedule: those between fibers of other processes than the main
/// one, which watches and drives them, and whose own order would only multiply what there is to
/// see.
class Guide {
 public:
  virtual ~Guide() = default;
  /// Which of `ready` fibers, at least two, in the order in which they became ready. Must neither
  /// throw nor suspend.
  virtual std::size_t choose(SimTime now, std::size_t ready) noexcept = 0;
};

struct ScheduleOptions {
  Schedule schedule = Schedule::random;
  PctOptions pct = {};
  Guide* guide = nullptr;  ///< of a guided schedule; outlives the kernel
  /// The clock moves in whole ticks: what is due is late by less than one, as with the timers of a
  /// real machine, so that more is ready at once and there is more to choose. 0: it is exact.
  delta::Duration tick{};
};

}  // namespace aftershock::sim
