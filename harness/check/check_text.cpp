#include "harness/check/check_text.h"

#include <nlohmann/json.hpp>

#include "core/counted.h"
#include "reports/text.h"

namespace aftershock::check {
namespace {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::clean: return "clean";
    case Outcome::found: return "found";
    case Outcome::skipped: return "skipped";
    case Outcome::failed: break;
  }
  return "failed";
}

std::string upper(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    result += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  return result;
}

std::string what_was_found(const CheckResult& result) {
  if (result.outcome == Outcome::failed) return "could not be carried out: " + result.problem;
  std::string text = std::to_string(result.findings) + " found: ";
  for (std::size_t i = 0; i < result.examples.size(); ++i) {
    text += (i == 0 ? "" : "; ") + one_line(result.examples[i]);
  }
  return text + (result.findings > result.examples.size() ? "; ..." : "");
}

std::string paragraph(const CheckResult& result, std::size_t width) {
  const bool failed = result.outcome == Outcome::failed;
  const Severity severity = failed ? Severity::critical : result.check.severity;
  const std::string title =
      padded(upper(check::name_of(severity)), 10) + std::string(result.check.name);
  const std::string action =
      failed ? "Look at the server's log: a page may be damaged, or a table be gone."
             : std::string(result.check.action);
  return title + "\n" + wrapped("  ", one_line(what_was_found(result)), width) +
         (failed ? "" : wrapped("  ", result.check.meaning, width)) +
         wrapped("  do: ", action, width);
}

}  // namespace

std::string summary_of(const CheckReport& report) {
  const std::size_t critical = report.found(Severity::critical);
  const std::size_t warnings = report.found(Severity::warning);
  if (critical + warnings == 0) return "clean";
  return std::to_string(critical) + " critical, " + delta::counted(warnings, "warning");
}

std::string text_of(const CheckReport& report, std::size_t width) {
  std::string text;
  std::size_t clean = 0;
  std::string skipped;
  for (const CheckResult& result : report.results) {
    if (result.outcome == Outcome::clean) ++clean;
    if (result.outcome == Outcome::skipped) skipped += " " + std::string(result.check.name);
    if (result.outcome != Outcome::found && result.outcome != Outcome::failed) continue;
    text += paragraph(result, width);
  }
  text += delta::counted(clean, "check") + " found nothing\n";
  if (!skipped.empty()) text += wrapped("skipped, the schema is older:", skipped, width);
  std::string counts;
  for (const TableCount& table : report.counts) {
    counts += (counts.empty() ? "" : ", ") + table.name + " " + std::to_string(table.rows);
  }
  text += wrapped("rows: ", counts, width);
  return text + "database '" + one_line(report.database) + "', PostgreSQL " +
         one_line(report.server) + ", schema " + std::to_string(report.schema) +
         (report.standby ? ", a standby" : "") + ": " + summary_of(report) + "\n";
}

std::string json_of(const CheckReport& report) {
  nlohmann::ordered_json document{{"format", "aftershock-check"},
                                  {"version", 1},
                                  {"database", report.database},
                                  {"server", report.server},
                                  {"schema", report.schema},
                                  {"standby", report.standby},
                                  {"sound", report.sound()},
                                  {"checks", nlohmann::ordered_json::array()},
                                  {"rows", nlohmann::ordered_json::object()}};
  for (const CheckResult& result : report.results) {
    nlohmann::ordered_json entry{
        {"name", result.check.name},          {"severity", check::name_of(result.check.severity)},
        {"outcome", name_of(result.outcome)}, {"findings", result.findings},
        {"examples", result.examples},        {"meaning", result.check.meaning},
        {"action", result.check.action}};
    if (result.outcome == Outcome::failed) entry["problem"] = result.problem;
    document["checks"].push_back(std::move(entry));
  }
  for (const TableCount& table : report.counts) document["rows"][table.name] = table.rows;
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace aftershock::check
