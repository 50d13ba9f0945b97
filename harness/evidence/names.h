// Where things are in an evidence bundle.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/report.h"

namespace aftershock::evidence {

inline constexpr std::string_view kSignatureName = "manifest.sig";
inline constexpr std::string_view kKeyFolder = "keys/";
inline constexpr std::string_view kReportName = "report.json";
// Of one drill, in its folder.
inline constexpr std::string_view kScenarioName = "scenario.yaml";
inline constexpr std::string_view kTraceName = "trace.jsonl";
inline constexpr std::string_view kAuditName = "audit.jsonl";

/// "keys/3f2a...91bc.pem"
inline std::string key_name(std::string_view fingerprint) {
  return std::string(kKeyFolder) + std::string(fingerprint) + ".pem";
}

/// "report.2.json": the report that was superseded as the second.
inline std::string former_report_name(std::size_t number) {
  return "report." + std::to_string(number) + ".json";
}

/// A drill that ended in an error of the program: it is in the report, and has no folder.
inline bool left_nothing(const DrillReport& drill) {
  return drill.verdict == Verdict::aborted && drill.digest.empty();
}

/// The folders of a report's other drills, one call for each in the report's order:
/// "drills/runner-crash-7/", "drills/runner-crash-7-2/" when that is taken.
class DrillFolders {
 public:
  std::string next(std::string_view scenario, std::uint64_t seed) {
    std::string name;
    for (const char byte : scenario.substr(0, 100)) {
      const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                         byte == '_' || (byte == '-' && !name.empty());
      name += plain ? byte : '_';
    }
    name += "-" + std::to_string(seed);
    if (name.front() == '-') name.insert(0, "drill");
    const std::size_t before = taken_[name]++;
    if (before == 0) return "drills/" + name + "/";
    return next_free(name, before + 1);
  }

 private:
  std::string next_free(const std::string& name, std::size_t number) {
    std::string numbered = name + "-" + std::to_string(number);
    while (taken_[numbered] > 0) numbered = name + "-" + std::to_string(++number);
    ++taken_[numbered];
    return "drills/" + numbered + "/";
  }

  std::map<std::string, std::size_t> taken_;
};

/// Each drill of the report that has a folder, with its folder.
inline std::vector<std::pair<const DrillReport*, std::string>> drills_with_folders(
    const Report& report) {
  std::vector<std::pair<const DrillReport*, std::string>> all;
  DrillFolders folders;
  for (const DrillReport& drill : report.drills) {
    if (!left_nothing(drill)) all.emplace_back(&drill, folders.next(drill.scenario, drill.seed));
  }
  return all;
}

}  // namespace aftershock::evidence
