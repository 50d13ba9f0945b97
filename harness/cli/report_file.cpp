#include "harness/cli/report_file.h"

#include "harness/evidence/drawn.h"
#include "harness/evidence/files.h"
#include "reports/json.h"
#include "reports/text.h"

namespace aftershock::cli {

std::expected<Report, std::string> read_report_file(const std::string& path) {
  const auto text = evidence::read_named_file(path, evidence::kLargestReport);
  if (!text) return std::unexpected(text.error());
  try {
    return read_report(*text);
  } catch (const ReportError& wrong) {
    const std::string named = "'" + one_line(path) + "'";
    if (const auto same = evidence::same_version(*text); !same) {
      return std::unexpected(named + ": " + one_line(same.error()));
    }
    return std::unexpected(named + " is no report: " + one_line(wrong.what()));
  }
}

}  // namespace aftershock::cli
