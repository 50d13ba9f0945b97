#include "harness/evidence/drawn.h"

#include <array>
#include <nlohmann/json.hpp>

#include "reports/json.h"

namespace aftershock::evidence {

std::span<const ReportFormat> drawn_formats() {
  static constexpr std::array formats{ReportFormat::html, ReportFormat::markdown};
  return formats;
}

std::optional<ReportFormat> drawn_format_of(std::string_view file) {
  for (const ReportFormat format : drawn_formats()) {
    if (file_name_of(format) == file) return format;
  }
  return std::nullopt;
}

std::expected<void, std::string> same_version(const std::string& report) {
  const auto json = nlohmann::ordered_json::parse(report, nullptr, false);
  if (!json.is_object() || !json.contains("version") || !json.contains("format") ||
      json["format"] != kReportFormat || !json["version"].is_number_unsigned()) {
    return {};
  }
  const auto version = json["version"].get<std::uint64_t>();
  if (version == Report::kVersion) return {};
  std::string tool = "the program that wrote it";
  if (json.contains("tool_version") && json["tool_version"].is_string()) {
    tool += ", a build of aftershock " + json["tool_version"].get<std::string>();
  }
  return std::unexpected("the report is of version " + std::to_string(version) +
                         ", and this program reads version " + std::to_string(Report::kVersion) +
                         ": use " + tool);
}

}  // namespace aftershock::evidence
