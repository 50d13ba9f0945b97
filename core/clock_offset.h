// How far one clock has moved against another, as far as that is certain. Pure state: the caller
// brings the times.
#pragma once

#include <optional>

#include "core/time.h"

namespace delta {

/// The database's clock against a process's own, since the first look. A value of the database's
/// clock belongs to some moment between the two own times around the call, so a slow answer or a
/// process that was paused is not taken for a clock that moved.
class ClockOffset {
 public:
  /// Negative: the database's clock fell behind. 0: no movement that is certain.
  Duration look(MonoTime before, DbTime read, MonoTime after) {
    const Duration low = read.time_since_epoch() - after.time_since_epoch();
    const Duration high = read.time_since_epoch() - before.time_since_epoch();
    if (!first_) first_ = Bracket{low, high};
    if (low > first_->high) return low - first_->high;
    if (high < first_->low) return high - first_->low;
    return {};
  }

 private:
  struct Bracket {
    Duration low{};
    Duration high{};
  };
  std::optional<Bracket> first_;
};

}  // namespace delta
