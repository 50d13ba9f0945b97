// The list of the checks, and their severities.
#include <algorithm>

#include "harness/check/check.h"

namespace aftershock::check {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::critical: break;
  }
  return "critical";
}

std::optional<Severity> parse_severity(std::string_view text) {
  for (const Severity severity : {Severity::info, Severity::warning, Severity::critical}) {
    if (text == name_of(severity)) return severity;
  }
  return std::nullopt;
}

std::vector<Check> all_checks() {
  std::vector<Check> all;
  for (const auto& part :
       {relation_checks(), roll_up_checks(), audit_checks(), timing_checks(), server_checks()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  std::ranges::stable_sort(all, std::greater{}, &Check::severity);
  return all;
}

std::vector<CountedTable> counted_tables() {
  return {{"run"}, {"job"}, {"attempt"}, {"audit"}, {"outbox"}, {"operation"}, {"control"}};
}

}  // namespace aftershock::check
