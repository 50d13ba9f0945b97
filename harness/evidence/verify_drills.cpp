// What a bundle's drills left behind, and whether they can be run again.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/counted.h"
#include "core/sha256.h"
#include "harness/evidence/audit_file.h"
#include "harness/evidence/bundle_writer.h"
#include "harness/evidence/names.h"
#include "harness/evidence/verifier.h"
#include "harness/scenario/loader.h"
#include "harness/schedule.h"
#include "reports/json.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock::evidence {
namespace {

using delta::counted;

/// Whether the drill itself found that its log does not replay.
bool admits_broken_log(const DrillReport& drill) {
  return std::ranges::any_of(drill.invariants, [](const InvariantReport& invariant) {
    return invariant.name == "audit-replays" && invariant.status != InvariantStatus::held;
  });
}

/// The part that the rows of the database show.
std::string outcome_of(const WorkloadReport& work) {
  return counted(work.succeeded, "run") + " succeeded, " + std::to_string(work.failed) +
         " failed, " + std::to_string(work.timed_out) + " timed out, " +
         std::to_string(work.cancelled) + " cancelled, " + std::to_string(work.unfinished) +
         " unfinished, " + counted(work.attempts, "attempt") + ", " +
         counted(work.lost_leases, "lease") + " lost";
}

/// What another build must find too, if both are right.
std::string judgement_of(const DrillReport& drill) {
  std::string text(name_of(drill.verdict));
  text += ", RTO " + std::string(name_of(drill.rto.objective.judgement));
  text += ", RPO " + std::string(name_of(drill.rpo.objective.judgement));
  for (const InvariantReport& invariant : drill.invariants) {
    if (invariant.status == InvariantStatus::violated) text += ", broken: " + invariant.name;
  }
  return text;
}

std::string text_of(const DrillReport& drill) {
  return write_report({.tool_version = {}, .drills = {drill}});
}

/// What two reports of a drill say otherwise.
struct Difference {
  std::string first;        ///< "at faults/0/evidence 'a', in the report 'b'"
  bool of_figures = false;  ///< not of words alone
};

std::optional<Difference> difference_of(const DrillReport& before, const DrillReport& now) {
  const std::string was_text = text_of(before), is_text = text_of(now);
  if (was_text == is_text) return std::nullopt;
  const auto was = nlohmann::json::parse(was_text)["drills"][0];
  const auto is = nlohmann::json::parse(is_text)["drills"][0];
  Difference difference;
  for (const auto& step : nlohmann::json::diff(was, is)) {
    const auto path = step["path"].get<std::string>();
    const nlohmann::json::json_pointer at(path);
    const bool both = step["op"] == "replace";
    difference.of_figures |= !both || !was[at].is_string() || !is[at].is_string();
    if (!difference.first.empty()) continue;
    difference.first = "at " + cut(path.substr(1), 200);
    constexpr std::size_t longest = 200;
    if (!both) continue;
    difference.first +=
        " " + cut(is[at].dump(), longest) + ", in the report " + cut(was[at].dump(), longest);
  }
  return difference;
}

}  // namespace

void Verifier::check_drills() {
  std::uint64_t scenarios = 0, traces = 0, logs = 0, events = 0;
  for (const auto& [drill, folder] : drills_with_folders(*report_)) {
    if (is_interrupted("drills", folder)) continue;
    if (check_scenario(*drill, folder)) ++scenarios;
    if (check_trace(*drill, folder)) ++traces;
    if (const auto checked = check_audit_of(*drill, folder)) {
      ++logs;
      events += *checked;
    }
  }
  add(Finding::good, "drills",
      "scenarios that are the ones that were run: " + std::to_string(scenarios) +
          ", traces of those runs: " + std::to_string(traces));
  if (logs == 0) return;
  add(Finding::good, "audit",
      "logs: " + std::to_string(logs) + ", events: " + std::to_string(events) +
          ", each digest computed again, each decision made again");
}

bool Verifier::check_scenario(const DrillReport& drill, const std::string& folder) {
  const std::string file = folder + std::string(kScenarioName);
  if (!is_sound(file)) return false;
  const Manifest::Line* line = manifest_->current(file);
  if (line->entry.sha256 == drill.sha256) return true;
  add_about(Finding::wrong, "drills", "the report says that another scenario was run", file);
  return false;
}

bool Verifier::check_trace(const DrillReport& drill, const std::string& folder) {
  const std::string file = folder + std::string(kTraceName);
  if (!is_sound(file)) return false;
  std::string head;
  const auto read = each_line(folder_, file, [&head](std::string_view line) {
    if (head.empty()) head = line;
    return false;
  });
  const auto json = nlohmann::ordered_json::parse(head, nullptr, false);
  const auto says = [&json](const char* key, const auto& value) {
    return json.is_object() && json.contains(key) && json[key] == value;
  };
  if (read && says("scenario", drill.scenario) && says("seed", drill.seed) &&
      says("digest", drill.digest) && says("verdict", name_of(drill.verdict))) {
    return true;
  }
  add_about(Finding::wrong, "drills", "it is not the trace of the drill in the report", file);
  return false;
}

std::optional<Scenario> Verifier::scenario_of(const DrillReport& drill, const std::string& folder) {
  const std::string file = folder + std::string(kScenarioName);
  if (!is_sound(file)) return std::nullopt;
  const auto text = read_sound("drills", file, kLargestFile);
  if (!text) return std::nullopt;
  const auto checked = delta::text::check_text(drill.path, *text);
  auto scenario = checked ? parse_scenario(*checked, drill.path)
                          : std::expected<Scenario, std::vector<Diagnostic>>(
                                std::unexpected(std::vector{checked.error()}));
  if (scenario) return *std::move(scenario);
  add_about(Finding::unchecked, "drills",
            "this program does not read it: " + scenario.error().front().message, file);
  return std::nullopt;
}

/// How many events it has, if there is nothing to say against the log.
std::optional<std::uint64_t> Verifier::check_audit_of(const DrillReport& drill,
                                                      const std::string& folder) {
  const std::string file = folder + std::string(kAuditName);
  if (!is_sound(file)) return std::nullopt;
  const auto scenario = scenario_of(drill, folder);
  if (!scenario) return std::nullopt;
  const auto verdict = check_audit(folder_, file, scenario->settings);
  if (!verdict) {
    add(Finding::unchecked, "audit", verdict.error(), file);
    return std::nullopt;
  }
  if (!verdict->flaw.empty()) {
    add(Finding::wrong, "audit", "line " + std::to_string(verdict->line) + ": " + verdict->flaw,
        file, manifest_->current(file)->number);
    return std::nullopt;
  }
  const Finding finding = admits_broken_log(drill) ? Finding::note : Finding::wrong;
  if (!verdict->problems.empty()) {
    add_about(
        finding, "audit",
        verdict->problems.front() + " (problems: " + std::to_string(verdict->problems.size()) + ")",
        file);
  }
  const bool same = outcome_of(verdict->made) == outcome_of(drill.workload);
  if (!same) {
    add_about(finding, "audit",
              "by this log: " + outcome_of(verdict->made) +
                  "; by the report: " + outcome_of(drill.workload),
              file);
  }
  if (!same || !verdict->problems.empty()) return std::nullopt;
  return verdict->events;
}

bool Verifier::is_of_another_build() const {
  const std::string& build = report_->occasion.environment.build;
  return !build.empty() && build != options_.build;
}

void Verifier::replay_drills() {
  std::uint64_t same = 0;
  const std::string& build = report_->occasion.environment.build;
  if (build.empty() || build != options_.build) {
    add(Finding::note, "replay",
        build.empty() ? "the report does not say which build ran the drills"
                      : "another build ran the drills: its SHA-256 was " + build);
  }
  for (const auto& [drill, folder] : drills_with_folders(*report_)) {
    if (drill->world != "simulated") {
      add(Finding::unchecked, "replay", "only simulated drills can be run again", folder);
    } else if (!is_interrupted("replay", folder) && replay_drill(*drill, folder)) {
      ++same;
    }
  }
  add(Finding::good, "replay",
      "run again with the same digest, report, trace and audit log: " + std::to_string(same));
}

bool Verifier::replay_drill(const DrillReport& drill, const std::string& folder) {
  const auto scenario = scenario_of(drill, folder);
  const auto schedule = parse_schedule(drill.schedule);
  if (!scenario || !schedule) {
    add(Finding::unchecked, "replay", "it cannot be run again by this program", folder);
    return false;
  }
  Trace trace;
  HashingStream trace_file, audit_file;
  DrillOptions options{.seed = drill.seed, .schedule = *schedule, .trace = &trace};
  options.audit = [&audit_file](const delta::AuditEvent& event) {
    audit_file.out() << audit_line(event);
  };
  const DrillReport now = options_.run_drill(*scenario, options);
  if (!compare(drill, now, folder)) return false;
  write_trace(trace, now, trace_file.out());
  bool same = true;
  const auto hold = [&](HashingStream& written, std::string_view name, Finding finding) {
    const std::string file = folder + std::string(name);
    const Manifest::Line* line = manifest_->current(file);
    if (line == nullptr || written.finish()->sha256 == line->entry.sha256) return;
    add_about(finding, "replay", "run again, the drill leaves another one", file);
    same = false;
  };
  // A trace has words, a log of decisions has none.
  hold(trace_file, kTraceName, is_of_another_build() ? Finding::unchecked : Finding::wrong);
  hold(audit_file, kAuditName, Finding::wrong);
  return same;
}

/// Whether it is the same drill to the last word. What another build need not agree on is left
/// unchecked: no forged name of a build makes more of it.
bool Verifier::compare(const DrillReport& before, const DrillReport& now,
                       const std::string& folder) {
  const auto difference = difference_of(before, now);
  if (!difference) return true;
  const std::string was = judgement_of(before), is = judgement_of(now);
  if (was != is) {
    add(Finding::wrong, "replay", "run again, it is: " + is + "; the report says: " + was, folder);
  } else if (before.digest != now.digest) {
    add(is_of_another_build() ? Finding::unchecked : Finding::wrong, "replay",
        is_of_another_build()
            ? "run again by this build it goes another way, to the same judgement: " + is +
                  "; its figures only the other build can confirm"
            : "run again, its digest is " + now.digest + ", the report says " + before.digest,
        folder);
  } else if (is_of_another_build() && !difference->of_figures) {
    add(Finding::unchecked, "replay",
        "run again with the same digest and figures, this build has other words for them: " +
            difference->first,
        folder);
  } else {
    // The same run, step by step, has the same figures, whoever says that he built the program.
    add(Finding::wrong, "replay",
        "run again with the same digest, its report is another: " + difference->first, folder);
  }
  return false;
}

}  // namespace aftershock::evidence
