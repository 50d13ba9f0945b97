// What a report of drills can be drawn as, beside the terminal's text. Each is a function of the
// report and nothing else: the same report gives the same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "reports/report.h"

namespace aftershock {

enum class ReportFormat : std::uint8_t { json, html, markdown, junit, csv, prometheus };
/// In the order of the enum, as --format takes them.
inline constexpr std::array<std::string_view, 6> kReportFormatNames{"json",  "html", "md",
                                                                    "junit", "csv",  "prometheus"};
constexpr std::string_view name_of(ReportFormat format) {
  return kReportFormatNames.at(static_cast<std::size_t>(format));
}
/// "report.html".
std::string_view file_name_of(ReportFormat format);

std::string format_report(const Report& report, ReportFormat format);

}  // namespace aftershock
