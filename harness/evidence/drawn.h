// The pages of an evidence bundle: each is a function of its report.json and nothing else.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reports/formats.h"

namespace aftershock::evidence {

/// To be raised whenever the same report gives other bytes than before: who verifies an older
/// bundle is told so, instead of that it was changed.
inline constexpr std::uint64_t kRenderer = 2;

/// What a bundle holds beside report.json.
std::span<const ReportFormat> drawn_formats();
/// The one of them that a file's name is of; none: another file's.
std::optional<ReportFormat> drawn_format_of(std::string_view file);

/// Why read_report() refused a text: whether a report is of the version that this program reads;
/// else what it is. Says nothing about a text that is no report.
std::expected<void, std::string> same_version(const std::string& report);

}  // namespace aftershock::evidence
