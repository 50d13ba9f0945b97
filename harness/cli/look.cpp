#include "harness/cli/look.h"

#include "core/counted.h"
#include "harness/alerts/alert_rules.h"
#include "harness/cli/scenario_files.h"
#include "harness/marks/marks.h"
#include "harness/nemesis.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/step_catalogue.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

void print_parameters(const Field& parameters, Console out) {
  for (const Field& field : parameters.fields) {
    const std::string optional = field.required           ? ""
                                 : field.fallback.empty() ? " (optional)"
                                                          : " (" + field.fallback + ")";
    out.stream << wrapped("    " + field.key + optional + ": ", field.description, out.width);
  }
}

void print_steps(Console out) {
  for (const StepInfo& step : step_catalogue()) {
    out.stream << step.name << "\n" << wrapped("    ", step.description, out.width);
    print_parameters(step.parameters, out);
  }
}

void print_marks(Console out) {
  for (const MarkInfo& mark : mark_catalogue()) {
    out.stream << mark.name << "\n" << wrapped("    ", mark.description, out.width);
  }
}

void print_faults(Console out) {
  for (const FaultInfo& fault : fault_catalogue()) {
    std::string roles;
    for (const Role role : fault.roles) {
      roles += (roles.empty() ? "" : ", ") + std::string(name_of(role));
    }
    out.stream << fault.name << "\n"
               << wrapped("    ", fault.description, out.width)
               << wrapped("    ",
                          "hits: " + roles + (fault.has_duration ? "; needs a duration" : ""),
                          out.width);
    print_parameters(fault.parameters, out);
  }
}

/// The title says most, so a narrow terminal goes without the files.
void print_scenarios(const std::vector<Scenario>& scenarios, Console out) {
  if (scenarios.empty()) return;
  Table table;
  table.rows.push_back({"SCENARIO", "FILE", "TITLE"});
  for (const Scenario& scenario : scenarios) {
    table.rows.push_back({scenario.name, one_line(scenario.path), one_line(scenario.title)});
  }
  const bool narrow = out.terminal && table.width() > out.width;
  for (auto& row : table.rows) {
    if (narrow) row.erase(row.begin() + 1);
  }
  for (const std::string& line : table.lines()) {
    out.stream << (narrow ? cut(line, out.width) : line) << "\n";
  }
  if (narrow) {
    out.stream << "\n"
               << wrapped("", "A wider terminal, or a pipe, gets the files too.", out.width);
  }
}

}  // namespace

ExitCode list_command(const ListOptions& options, const Consoles& consoles) {
  if (options.faults) print_faults(consoles.out);
  if (options.steps) print_steps(consoles.out);
  if (options.marks) print_marks(consoles.out);
  if (options.faults || options.steps || options.marks) return ExitCode::kPassed;
  const LoadedScenarios loaded = load_scenarios(options.paths);
  print_scenarios(loaded.scenarios, consoles.out);
  consoles.err.stream << loaded.errors;
  return loaded.errors.empty() ? ExitCode::kPassed : ExitCode::kUsage;
}

ExitCode validate_command(const ValidateOptions& options, const Consoles& consoles) {
  const LoadedScenarios loaded = load_scenarios(options.paths);
  for (const Scenario& scenario : loaded.scenarios) {
    consoles.out.stream << one_line(scenario.path) << ": valid\n";
  }
  consoles.out.stream.flush();
  if (loaded.errors.empty()) return ExitCode::kPassed;
  consoles.err.stream << loaded.errors << delta::counted(loaded.bad_files, "file")
                      << " with errors, " << loaded.scenarios.size() << " valid\n";
  return ExitCode::kUsage;
}

ExitCode plan_command(const PlanOptions& options, const Consoles& consoles) {
  const LoadedScenarios loaded = load_scenarios(options.paths);
  if (!loaded.errors.empty()) {
    consoles.err.stream << loaded.errors;
    return ExitCode::kUsage;
  }
  const char* separator = "";
  for (const Scenario& scenario : loaded.scenarios) {
    consoles.out.stream << separator
                        << format_plan(with_nemesis(scenario, options.seed), options.seed,
                                       consoles.out.width);
    separator = "\n";
  }
  return ExitCode::kPassed;
}

ExitCode alerts_command(const AlertsOptions& options, const Consoles& consoles) {
  const Console& out = consoles.out;
  if (options.prometheus) {
    out.stream << prometheus_rules();
    return ExitCode::kPassed;
  }
  for (const AlertRule& rule : alert_rules()) {
    out.stream << rule.name << " (" << name_of(rule.severity) << ", points at "
               << name_of(rule.points_at) << ")\n"
               << wrapped("    ", rule.summary, out.width)
               << wrapped("    ",
                          "when " + condition(rule) + " for " + delta::format_duration(rule.hold),
                          out.width);
  }
  return ExitCode::kPassed;
}

}  // namespace aftershock::cli
