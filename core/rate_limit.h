// How often something may happen: a token bucket. Pure state: the caller brings the time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace delta {

/// After a pause, up to ten seconds' worth may happen at once, and always one.
class RateLimit {
 public:
  /// Counts one more, if it may happen now. `per_minute` may differ from call to call; 0: no limit.
  bool allow(MonoTime now, std::uint32_t per_minute) {
    if (per_minute == 0) return true;
    const Duration share = Duration(1min) / per_minute;
    const MonoTime used_until = std::max(used_until_, now) + share;
    if (used_until - now > std::max(share, Duration(10s))) return false;
    used_until_ = used_until;
    return true;
  }

 private:
  MonoTime used_until_{};  ///< from then on the bucket is full
};

}  // namespace delta
