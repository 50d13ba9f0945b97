// Reading a report.json that somebody named.
#pragma once

#include <expected>
#include <string>

#include "reports/report.h"

namespace aftershock::cli {

/// The error says which file it is about, and why it cannot be used.
std::expected<Report, std::string> read_report_file(const std::string& path);

}  // namespace aftershock::cli
