// Consistency checks of a database of Delta CI: what each looks for, what it means, what to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pqxx {
class transaction_base;
}

namespace aftershock::check {

/// How bad it is that a check finds something. The best first.
enum class Severity : std::uint8_t {
  info,     ///< worth knowing
  warning,  ///< the orchestrators put it right, or somebody should look before long
  critical  ///< rows contradict each other, or work does not move: act now
};
std::string_view name_of(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);

/// One check, as data. It only reads, in the one moment that all checks of a run see.
struct Check {
  std::string_view name;
  Severity severity = Severity::critical;
  std::string_view meaning;  ///< of a finding
  std::string_view action;   ///< what to do about it
  /// A query of one text column: a row a finding, which says where it is. The search path is the
  /// schema of Delta CI. Empty: `look` finds what SQL cannot state.
  std::string_view sql;
  std::vector<std::string> (*look)(pqxx::transaction_base& moment) = nullptr;
  int since = 1;  ///< the migration that made what it reads; an older schema skips it
};

/// Every check, the critical ones first. A new one is a new entry in one of the lists below.
std::vector<Check> all_checks();

// A file each, by what they are about.
std::vector<Check> relation_checks();  ///< rows that belong to rows
std::vector<Check> roll_up_checks();   ///< states that follow from states
std::vector<Check> audit_checks();     ///< the newest part of the audit log
std::vector<Check> timing_checks();    ///< what should have happened by now
std::vector<Check> server_checks();    ///< what PostgreSQL itself knows

/// A table whose rows are counted for every report.
struct CountedTable {
  std::string_view name;
  int since = 1;
};
std::vector<CountedTable> counted_tables();

}  // namespace aftershock::check
