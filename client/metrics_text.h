// The metrics of an orchestrator, read back from what it prints for Prometheus.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/metrics.h"

namespace delta::client {

/// What prometheus_text() wrote. Metrics that this program does not know are passed over: the
/// orchestrator may be newer. Error: one sentence that names the line.
std::expected<MetricsSnapshot, std::string> parse_metrics(std::string_view text);

}  // namespace delta::client
