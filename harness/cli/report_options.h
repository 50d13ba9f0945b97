// What `aftershock report` is asked to do.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "reports/formats.h"

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

using ReportOptions = std::variant<ReportVerify, ReportRender, ReportAttest>;

}  // namespace aftershock::cli
