#include "harness/shrink/label.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/counted.h"
#include "harness/nemesis.h"
#include "reports/shell_quote.h"
#include "reports/text.h"

namespace aftershock::shrink {
namespace {

using delta::counted;
using delta::format_duration;

constexpr std::size_t kWidth = 98;             ///< of a comment, behind its "# "
constexpr std::size_t kLongestEvidence = 240;  ///< whole rows may be in it

std::string size_of(const Scenario& scenario) {
  return counted(scenario.faults.size(), "fault") + ", " +
         counted(scenario.cluster.orchestrators.count, "orchestrator") + " and " +
         counted(scenario.cluster.runners.count, "runner");
}

/// Of the origin, as its seed drew it.
Scenario drawn(const Origin& origin) { return with_nemesis(origin.scenario, origin.chance.seed); }

std::string source_of(const Origin& origin) {
  return origin.scenario.path + ", " + options_of(origin.chance);
}

/// The sentence of the report that says what went wrong.
std::string evidence_of(const Origin& origin) {
  if (!origin.report) return "";
  if (origin.failure.kind != Failure::Kind::invariant) {
    return origin.report->reasons.empty() ? "" : origin.report->reasons.back();
  }
  const auto found = std::ranges::find(origin.report->violations, origin.failure.name,
                                       &ViolationReport::invariant);
  return found == origin.report->violations.end() ? "" : found->message;
}

using Row = std::vector<std::string>;

/// Of both reports; a dash where there is none.
template <class Show>
Row row(std::string title, const std::optional<DrillReport>& before,
        const std::optional<DrillReport>& after, Show show) {
  return {std::move(title), before ? show(*before) : "-", after ? show(*after) : "-"};
}

std::string runners_of(const Scenario& scenario) {
  return std::to_string(scenario.cluster.runners.count) + " x " +
         std::to_string(scenario.cluster.runners.slots);
}

}  // namespace

Scenario labelled(const Shrunk& shrunk, const Origin& origin) {
  Scenario scenario = shrunk.scenario;
  const std::string name = origin.scenario.name + ", seed " + std::to_string(origin.chance.seed);
  scenario.title = "What is left of " + name + ", which " + deed_of(origin.failure);
  scenario.rationale = "Seed " + std::to_string(origin.chance.seed) + " of " +
                       origin.scenario.path + " " + deed_of(origin.failure) + ". Of its " +
                       size_of(drawn(origin)) + ", " + size_of(scenario) +
                       " are enough; what was left out does not matter.";
  return scenario;
}

std::string comment_on(const Shrunk& shrunk, const Origin& origin) {
  const std::string evidence = cut(one_line(evidence_of(origin)), kLongestEvidence);
  std::string out = wrapped("",
                            "Shrunk from " + one_line(source_of(origin)) + ", which " +
                                deed_of(origin.failure) + (evidence.empty() ? "." : ":"),
                            kWidth);
  if (!evidence.empty()) out += wrapped("  ", evidence, kWidth);
  out += "Replay: " + one_line(replay_of(shrunk)) + "\n";
  if (!shrunk.complete) out += "It was cut off: something smaller may fail, too.\n";
  return out +
         wrapped("",
                 "Before you commit it: say in title and rationale what was wrong, and see that it "
                 "passes when that is repaired.",
                 kWidth);
}

std::string options_of(const Chance& chance) {
  const std::string seed = "--seed " + std::to_string(chance.seed);
  const bool usual = chance.schedule == Chance{}.schedule;
  return usual ? seed : seed + " --schedule " + shell_quoted(chance.schedule);
}

std::string replay_of(const Shrunk& shrunk) {
  return "aftershock run " + shell_quoted(shrunk.scenario.path) + " " + options_of(shrunk.chance);
}

std::string comparison(const Shrunk& shrunk, const Origin& origin,
                       const std::optional<DrillReport>& after) {
  const Scenario before = drawn(origin);
  const Scenario& now = shrunk.scenario;
  const auto both = [](std::string title, auto a, auto b) {
    return Row{std::move(title), std::to_string(a), std::to_string(b)};
  };
  Table table;
  table.rows = {{"", "before", "after"}, both("faults", before.faults.size(), now.faults.size())};
  if (!before.runbook.empty()) {
    table.rows.push_back(both("runbook steps", before.runbook.size(), now.runbook.size()));
  }
  table.rows.push_back(
      both("orchestrators", before.cluster.orchestrators.count, now.cluster.orchestrators.count));
  table.rows.push_back({"runners x slots", runners_of(before), runners_of(now)});
  table.rows.push_back(row("runs submitted", origin.report, after, [](const DrillReport& report) {
    return std::to_string(report.workload.submitted);
  }));
  table.rows.push_back(row("simulated time", origin.report, after, [](const DrillReport& report) {
    return rounded_down(report.virtual_time);
  }));
  table.rows.push_back(row("kernel steps", origin.report, after,
                           [](const DrillReport& report) { return std::to_string(report.steps); }));
  table.rows.push_back(both("seed", origin.chance.seed, shrunk.chance.seed));
  if (origin.chance.schedule != Chance{}.schedule) {
    table.rows.push_back({"schedule", origin.chance.schedule, shrunk.chance.schedule});
  }
  std::string out;
  for (const std::string& line : table.lines()) out += "  " + line + "\n";
  return out;
}

}  // namespace aftershock::shrink
