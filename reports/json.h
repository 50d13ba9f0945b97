// A report as JSON, its one true form; reports/report.schema.json describes it.
// A duration is {"ns": 90000000000, "text": "1m30s"}: `ns` counts, `text` is for people.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "reports/report.h"

namespace aftershock {

inline constexpr std::string_view kReportFormat = "aftershock-report";

/// What is wrong with a report's JSON, and where: "drills[2].seed: ...".
class ReportError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Every field of the model, in its order, under its name there.
nlohmann::ordered_json report_to_json(const Report& report);
/// The report that report_to_json() gave. Strict: throws ReportError for a missing, unknown or
/// mistyped key, an unknown word, another format or version, or a duration whose text differs.
Report report_from_json(const nlohmann::ordered_json& json);

/// The JSON as UTF-8 text, indented, ending with a line break. Bytes that are not UTF-8 (a path
/// may hold any) are replaced by U+FFFD.
std::string write_report(const Report& report);
/// Throws ReportError, for text that is not JSON too.
Report read_report(std::string_view text);

}  // namespace aftershock
