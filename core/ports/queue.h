// The dispatch queue: at least once. It may lose, repeat and reorder; it carries only hints.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace delta {

struct QueueEntry {
  std::uint64_t id = 0;  ///< for acknowledge()
  AttemptId attempt;     ///< nil: the entry cannot be read
};
struct QueueError {
  std::string detail;
};

/// A consumer group over a stream. Thread: any. Every call may suspend; an error means that it may
/// or may not have been done.
class Queue {
 public:
  virtual ~Queue() = default;
  virtual std::expected<void, QueueError> publish(const std::vector<AttemptId>& attempts) = 0;
  /// Entries that nobody took, or that someone took and did not acknowledge for `visibility`.
  /// Waits for the first one at most `wait`. May be empty earlier, above all when something that
  /// was taken may have become overdue: whoever still wants one asks again.
  virtual std::expected<std::vector<QueueEntry>, QueueError> receive(std::uint32_t most,
                                                                     Duration wait,
                                                                     Duration visibility) = 0;
  virtual std::expected<void, QueueError> acknowledge(const std::vector<std::uint64_t>& ids) = 0;
  /// For a process that ends: each receive() that waits returns empty at once, and none waits from
  /// now on. Does not suspend.
  virtual void stop_waiting() = 0;
};

}  // namespace delta
