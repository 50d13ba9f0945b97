// The audit log of a drill's Delta CI as a file: one event a line, with the digests that chain them
// to one another, so that anybody can recompute the chains and replay the decisions.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit.h"
#include "reports/report.h"

namespace aftershock::evidence {

/// {"serial": ..., "run": ..., ..., "previous": ..., "digest": ..., "event": {...}}, with its
/// line break.
std::string audit_line(const delta::AuditEvent& event);
/// Strict: what audit_line() wrote, to the byte.
std::expected<delta::AuditEvent, std::string> parse_audit_line(std::string_view line);

struct AuditVerdict {
  std::uint64_t events = 0;
  std::uint64_t line = 0;  ///< that cannot be what was written; 0: none
  std::string flaw = {};   ///< why not
  /// What the rules of Delta CI say against the log as a whole.
  std::vector<std::string> problems = {};
  /// What became of the runs by the log: of the report's figures those that rows have.
  WorkloadReport made = {};
};
/// Recomputes each event's digest, then has decide() make all decisions again. The error: the file
/// cannot be read.
std::expected<AuditVerdict, std::string> check_audit(const std::string& folder,
                                                     const std::string& name,
                                                     const delta::Settings& settings);

}  // namespace aftershock::evidence
