// What a decision means for the metrics.
#pragma once

#include "core/decide.h"
#include "core/metrics.h"

namespace delta {

/// Adds what `decision` changes, or what it refuses, to `tally`. `before`: the rows that it was
/// made on.
void tally_decision(const Rows& before, const Message& message, const Decision& decision,
                    MetricsTally& tally);

}  // namespace delta
