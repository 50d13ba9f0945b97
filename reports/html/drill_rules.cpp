// Whether a rule was broken in a drill, what was asked of the system, and what the drill was.
#include "reports/html/drill_tables.h"
#include "reports/sweep_words.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock::html {
namespace {

Html status_of(const InvariantReport& invariant) {
  const auto look = [](const char* style, const char* mark, const char* word) {
    return element(
        "span", {{"class", std::string("badge ") + style}},
        element("span", {{"class", "mark"}, {"aria-hidden", "true"}}, Html::markup(mark)) + word);
  };
  switch (invariant.status) {
    case InvariantStatus::violated: return look("bad", "&#10007;", "violated");
    case InvariantStatus::excepted: return look("warn", "&#8776;", "excepted");
    case InvariantStatus::held: break;
  }
  return invariant.checks > 0 ? look("good", "&#10003;", "held")
                              : look("idle", "&ndash;", "unused");
}

std::string remark_of(const InvariantReport& invariant) {
  if (invariant.status == InvariantStatus::excepted) return invariant.reason;
  return invariant.checks == 0 ? "it had nothing to judge, and proves nothing" : "";
}

}  // namespace

Html invariant_table(const DrillReport& drill) {
  Table table("Invariants (" + drill.world + ")",
              {{"Invariant"}, {"Status"}, {"Checks", Align::figures}, {"Remark", Align::prose}});
  for (const InvariantReport& invariant : drill.invariants) {
    table.add(
        {invariant.name, status_of(invariant), grouped(invariant.checks), remark_of(invariant)});
  }
  return table.html();
}

Html violation_list(const DrillReport& drill) {
  Html out;
  for (const ViolationReport& violation : drill.violations) {
    Html item = element("h5", violation.invariant + " broke at " + rounded_down(violation.at));
    item += paragraph(violation.message);
    if (!violation.rows.empty()) item += paragraph("Rows:") + bullets(violation.rows);
    if (!violation.events.empty()) {
      item += paragraph("The last audit events, oldest first:") + bullets(violation.events);
    }
    out += element("div", {{"class", "violation"}}, item);
  }
  return out;
}

Html workload_table(const DrillReport& drill) {
  const WorkloadReport& work = drill.workload;
  const CanaryReport& canary = drill.canary;
  Table table("Workload and canary (" + drill.world + ")",
              {{"Of"}, {"Figure"}, {"Count", Align::figures}});
  const auto add = [&](const char* of, const char* name, std::uint64_t count) {
    table.add({of, name, grouped(count)});
  };
  add("workload", "runs submitted", work.submitted);
  add("workload", "acknowledged", work.acknowledged);
  add("workload", "refused", work.refused);
  add("workload", "succeeded", work.succeeded);
  add("workload", "failed", work.failed);
  add("workload", "timed out", work.timed_out);
  add("workload", "cancelled", work.cancelled);
  add("workload", "unfinished", work.unfinished);
  add("workload", "attempts", work.attempts);
  add("workload", "leases lost", work.lost_leases);
  add("canary", "sent", canary.sent);
  add("canary", "succeeded", canary.succeeded);
  add("canary", "failed", canary.failed);
  table.add({"canary", "slowest that succeeded", rounded_up(canary.slowest)});
  return table.html();
}

Html mark_table(const DrillReport& drill) {
  Table table("Rare paths that were taken (" + drill.world + ")",
              {{"Mark"}, {"Taken", Align::figures}, {"Claimed", Align::figures}, {"Reached"}});
  for (const MarkReport& mark : drill.marks) {
    table.add({mark.name, grouped(mark.count),
               mark.wanted > 0 ? "at least " + grouped(mark.wanted) : "-",
               mark.wanted > 0 ? badge(mark.count >= mark.wanted) : Html("-")});
  }
  return table.html();
}

Html identity_table(const DrillReport& drill) {
  Table table("What exactly was run", {{"What"}, {"Value"}});
  const auto add = [&](const char* what, const Html& value) { table.add({what, value}); };
  add("world", drill.world);
  add("scenario file", code(drill.path));
  add("SHA-256 of the file",
      drill.sha256.empty() ? Html("the scenario is of no file") : code(drill.sha256));
  add("seed", code(std::to_string(drill.seed)));
  add("schedule", code(drill.schedule));
  add("digest", code(drill.digest));
  add("steps", grouped(drill.steps));
  add("length of the drill", rounded_up(drill.virtual_time));
  add("cluster", drill.cluster);
  return table.html();
}

}  // namespace aftershock::html
