// Where two runs that should be one part, and what happened around it.
#pragma once

#include <cstddef>
#include <string>

#include "harness/trace/recorded_run.h"

namespace aftershock {

struct DivergenceOptions {
  std::size_t steps = 8;    ///< shown before and after
  std::size_t events = 12;  ///< shown before and after, of each side
  std::size_t width = 200;  ///< longer lines are cut
};

/// Several lines: the first step that differs, the steps and the events around it in both. Says so
/// when the runs are the same.
std::string explain_divergence(const RecordedRun& left, const RecordedRun& right,
                               const DivergenceOptions& options = {});

}  // namespace aftershock
