// What `aftershock report` is asked to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reports/formats.h"
#include "reports/trend.h"

namespace aftershock::cli {

struct ReportVerify {
  std::string bundle = {};
  std::string key = {};  ///< file of the public key that must have signed it; empty: none must
  bool replay = false;   ///< run the drills again
  bool json = false;
};

struct ReportRender {
  std::string source = {};                  ///< a bundle, or a report.json
  std::optional<ReportFormat> format = {};  ///< none: what fits the name of `out`, or Markdown
  std::string out = {};                     ///< file; empty: standard output
};

struct ReportAttest {
  std::string bundle = {};
  std::string with = {};  ///< the file that people filled
  std::string sign = {};  ///< file of the private key; empty: not signed
  bool print_template = false;
};

enum class TrendFormat : std::uint8_t { kText, kMarkdown, kJson };

struct ReportTrend {
  std::vector<std::string> paths = {};  ///< folders with reports somewhere in them, or report.json
  TrendOptions trend = {};
  TrendFormat format = TrendFormat::kText;
  bool check = false;  ///< kFailed when a drill became worse
};

using ReportOptions = std::variant<ReportVerify, ReportRender, ReportAttest, ReportTrend>;

}  // namespace aftershock::cli
