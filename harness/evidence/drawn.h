// The pages of an evidence bundle: each is a function of its report.json and nothing else.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "reports/formats.h"

namespace aftershock::evidence {

/// To be raised whenever the same report gives other bytes than before: who verifies an older
/// bundle is told so, instead of that it was changed.
inline constexpr std::uint64_t kRenderer = 2;

/// What a bundle holds beside report.json.
std::span<const ReportFormat> drawn_formats();

/// Whether a report, as text, is of the version that this program reads; else what it is. Says
/// nothing about a text that is no report.
std::expected<void, std::string> same_version(const std::string& report);

}  // namespace aftershock::evidence
