// What a decision means for the metrics.
#pragma once

#include "core/decide.h"
#include "core/metrics.h"

namespace delta {

/// Adds what `decision` changes, or what it refuses, to `tally`. `before` and `context`: what it
/// was made on.
void tally_decision(const Rows& before, const Context& context, const Message& message,
                    const Decision& decision, MetricsTally& tally);

}  // namespace delta
