// Carrying out the consistency checks on a PostgreSQL.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "core/time.h"
#include "harness/check/check.h"
#include "platform/secret.h"

namespace aftershock::check {

struct CheckOptions {
  std::string url;                  ///< what libpq understands
  delta::Secret password;           ///< unless it is in the URL, or where libpq looks
  Severity least = Severity::info;  ///< milder checks are left out
  delta::Duration statement_timeout = std::chrono::minutes(10);
};

enum class Outcome : std::uint8_t {
  clean,
  found,
  failed,  ///< the server refused to answer: a page that is damaged, a table that is gone
  skipped  ///< the schema is older than what it looks at
};

struct CheckResult {
  Check check;
  Outcome outcome = Outcome::clean;
  std::uint64_t findings = 0;
  std::vector<std::string> examples = {};  ///< a few of the findings, in their order
  std::string problem = {};                ///< failed: what the server said
};

struct TableCount {
  std::string name;
  std::uint64_t rows = 0;
};

struct CheckReport {
  std::string database;
  std::string server;  ///< its version, as it says it
  int schema = 0;      ///< the newest migration
  bool standby = false;
  std::vector<CheckResult> results = {};
  std::vector<TableCount> counts = {};

  /// How many checks of this severity found something; one that failed counts as critical.
  std::size_t found(Severity severity) const;
  bool sound() const { return found(Severity::critical) == 0; }
};

/// Reads only, and all of it as of one moment. Blocks. Error: no connection, or no schema of
/// Delta CI in that database; says what to do, and nothing was checked.
std::expected<CheckReport, std::string> run_checks(const CheckOptions& options);

}  // namespace aftershock::check
