// Specifications by their run: immutable, asked for with every lease, and long to read.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string_view>

#include "core/ids.h"
#include "core/run_spec.h"

namespace delta::postgres {

/// Thread: any.
class SpecCache {
 public:
  /// Null when it is not here.
  SharedSpec find(RunId run);
  /// Null when the text is no sound specification.
  SharedSpec get(RunId run, std::string_view text);
  void put(RunId run, SharedSpec spec);

 private:
  static constexpr std::size_t kMost = 10'000;

  std::mutex mutex_;
  std::map<RunId, SharedSpec> specs_;
  std::deque<RunId> order_;  ///< of insertion: the oldest goes first
};

}  // namespace delta::postgres
