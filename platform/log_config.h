// A program's log, as its configuration wants it.
#pragma once

#include "platform/config.h"
#include "platform/log.h"

namespace delta {

/// Keys that every program has.
std::vector<ConfigKey> log_keys();
/// Error: why the file cannot be opened.
std::expected<std::unique_ptr<Log>, std::string> open_log(const Config& config);

}  // namespace delta
