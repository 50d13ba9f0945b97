#include "harness/check/run_checks.h"

#include <algorithm>
#include <pqxx/connection>
#include <pqxx/result>
#include <pqxx/subtransaction>
#include <pqxx/transaction>
#include <set>

#include "orchestrator/adapters/postgres/link.h"
#include "orchestrator/adapters/postgres_database.h"

namespace aftershock::check {

using delta::postgres::first_line;

namespace {

using Moment = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

constexpr std::size_t kExamples = 3;
constexpr const char* kNoSchema =
    "the database holds no schema of Delta CI: name another one, or run `delta-orchestrator "
    "migrate`";

/// The migrations that were carried out; none where there is no schema.
std::set<int> migrations_of(pqxx::transaction_base& moment) {
  const auto there = moment.exec("SELECT to_regclass('delta.schema_migration') IS NOT NULL");
  std::set<int> versions;
  if (!there.front()[0].as<bool>()) return versions;
  for (const auto& row : moment.exec("SELECT version FROM delta.schema_migration")) {
    versions.insert(row[0].as<int>());
  }
  return versions;
}

void take_findings(CheckResult& result, pqxx::transaction_base& moment) {
  if (result.check.look != nullptr) {
    result.examples = result.check.look(moment);
    result.findings = result.examples.size();
    result.examples.resize(std::min(result.examples.size(), kExamples));
    return;
  }
  const auto rows = moment.exec(
      "WITH found (what) AS MATERIALIZED (" + std::string(result.check.sql) +
      ") SELECT (SELECT count(*) FROM found), what FROM (SELECT what FROM found ORDER BY what "
      "LIMIT " +
      std::to_string(kExamples) + ") AS first_ones");
  for (const auto& row : rows) {
    result.findings = row[0].as<std::uint64_t>();
    result.examples.push_back(row[1].as<std::string>());
  }
}

CheckResult carry_out(const Check& check, const std::set<int>& migrations,
                      pqxx::dbtransaction& moment) {
  CheckResult result{.check = check};
  if (!migrations.contains(check.since)) {
    result.outcome = Outcome::skipped;
    return result;
  }
  try {
    pqxx::subtransaction alone(moment);
    take_findings(result, alone);
    alone.commit();
    if (result.findings > 0) result.outcome = Outcome::found;
  } catch (const pqxx::sql_error& error) {
    result.outcome = Outcome::failed;
    result.problem = first_line(error.what());
  }
  return result;
}

void count_rows(CheckReport& report, const std::set<int>& migrations, pqxx::dbtransaction& moment) {
  for (const CountedTable& table : counted_tables()) {
    if (!migrations.contains(table.since)) continue;
    try {
      pqxx::subtransaction alone(moment);
      const auto rows = alone.exec("SELECT count(*) FROM " + std::string(table.name));
      report.counts.push_back({std::string(table.name), rows.front()[0].as<std::uint64_t>()});
      alone.commit();
    } catch (const pqxx::sql_error&) {
      continue;  // the checks that read this table say what is wrong with it
    }
  }
}

}  // namespace

std::size_t CheckReport::found(Severity severity) const {
  return static_cast<std::size_t>(std::ranges::count_if(results, [&](const CheckResult& result) {
    if (result.outcome == Outcome::failed) return severity == Severity::critical;
    return result.outcome == Outcome::found && result.check.severity == severity;
  }));
}

std::expected<CheckReport, std::string> run_checks(const CheckOptions& options) {
  try {
    pqxx::connection connection(
        delta::full_url({.url = options.url, .password = options.password.reveal()}));
    Moment moment(connection);
    const std::set<int> migrations = migrations_of(moment);
    if (migrations.empty()) return std::unexpected(kNoSchema);
    const auto limit =
        std::chrono::duration_cast<std::chrono::milliseconds>(options.statement_timeout);
    moment.exec("SET LOCAL search_path = delta");
    moment.exec("SET LOCAL statement_timeout = " + std::to_string(limit.count()));
    const auto server = moment.exec(
        "SELECT current_database(), current_setting('server_version'), pg_is_in_recovery()");
    CheckReport report{.database = server.front()[0].as<std::string>(),
                       .server = server.front()[1].as<std::string>(),
                       .schema = *migrations.rbegin(),
                       .standby = server.front()[2].as<bool>()};
    for (const Check& check : all_checks()) {
      if (check.severity < options.least) continue;
      report.results.push_back(carry_out(check, migrations, moment));
    }
    count_rows(report, migrations, moment);
    return report;
  } catch (const std::exception& error) {
    return std::unexpected("cannot check the database: " + first_line(error.what()));
  }
}

}  // namespace aftershock::check
