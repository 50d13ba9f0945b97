#include "reports/html/drill.h"
#include "reports/html/moments.h"

#include <algorithm>

#include "reports/figures.h"
#include "reports/html/chart.h"
#include "reports/html/drill_tables.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock::html {
namespace {

/// A part of the drill under its own heading; nothing when it has nothing to say.
Html part(std::string_view title, const Html& content) {
  return content.empty() ? content : element("h4", title) + Html::markup("\n") + content;
}

Html headline(const DrillReport& drill) {
  return element("summary", badge(drill.verdict) + Html(" ") + element("h3", drill.scenario) +
                                Html(" ") + element("span", {{"class", "title"}}, drill.title) +
                                Html(" ") + labelled("RTA", rto_figure(drill.rto)) + Html(" ") +
                                labelled("RPA", loss_figure(drill.rpo)) + Html(" ") +
                                element("span", {{"class", "figure"}}, drill.world));
}

Html origin(const DrillReport& drill) {
  Html text;
  if (!drill.document.empty())
    text += paragraph("Source: " + drill.document + ", " + drill.section);
  if (!drill.rationale.empty()) text += paragraph("Why this drill: " + drill.rationale);
  return text;
}

Html reasons(const DrillReport& drill) {
  if (drill.reasons.empty()) return {};
  return element("div", {{"class", "reasons"}},
                 paragraph("Why it did not pass:") + bullets(drill.reasons));
}

Html assumptions(const DrillReport& drill) {
  const RecoveryReport& rto = drill.rto;
  if (!rto.measured || rto.assumed <= Duration{}) {
    return paragraph("Nothing of RTA is assumed: the simulation did all of it.");
  }
  const Duration assumed = std::min(rto.assumed, rto.measured->upper);
  const auto share = assumed.count() / std::max<std::int64_t>(rto.measured->upper.count() / 100, 1);
  const bool met_assumed = rto.objective.judgement == Judgement::met_assumed;
  return paragraph("Of RTA's upper bound " + rounded_up(rto.measured->upper) + ", " +
                   rounded_up(assumed) + " are assumed, " + std::to_string(share) +
                   " %: the delays in which somebody notices, decides and begins." +
                   (met_assumed ? " That is more than half: met under assumptions." : ""));
}

/// Steps of the runbook that began before service was there again, those that only look left out.
std::size_t steps_before(const DrillReport& drill) {
  const auto served = moment_of(drill, drill.phases.served);
  return static_cast<std::size_t>(
      std::ranges::count_if(drill.runbook, [&served](const StepReport& step) {
        return step.began && step.step != "run_test_task" && (!served || *step.began < *served);
      }));
}

Html recovery(const DrillReport& drill, const std::string& id) {
  std::string how = "It recovered after the last fault was lifted.";
  if (drill.rto.self_healed) {
    how =
        "It healed itself: it recovered before the last fault was lifted, or no fault needed "
        "lifting.";
    const std::size_t steps = steps_before(drill);
    if (steps > 0) {
      how = "It recovered before the last fault was lifted, by " + counted(steps, "step", "steps") +
            " of the runbook.";
    }
  }
  if (!drill.rto.measured) how = "No recovery was seen.";
  return split_figure(drill, id) + paragraph(how) + assumptions(drill);
}

Html again(const DrillReport& drill) {
  return identity_table(drill) + paragraph("To run exactly this again:") + command(drill.replay) +
         paragraph("To see what happened, event by event:") + command(trace_command(drill));
}

Html body(const DrillReport& drill, const std::string& id) {
  Html out = reasons(drill) + origin(drill);
  out += part("Objectives", objective_table(drill) + bullets(beside_typical(drill)));
  out += part("Timeline", timeline_figure(drill, id));
  out += part("Recovery time", recovery(drill, id));
  out += part("Leases and attempts", lease_figure(drill, id));
  out += part("Recovery point", loss_table(drill) + lost_write_table(drill));
  out += part("Faults", fault_table(drill));
  out += part("Detection", detection_table(drill) + alert_table(drill));
  out += part("Runbook", runbook_table(drill) + order_table(drill) + checklist_table(drill));
  out += part("Thresholds", threshold_table(drill));
  out += part("Invariants", violation_list(drill) + invariant_table(drill));
  out += part("Load and rare paths", workload_table(drill) + mark_table(drill));
  return out + part("What was run, and how to run it again", again(drill));
}

}  // namespace

std::string id_of_drill(std::size_t index) { return "drill-" + std::to_string(index + 1); }

Html drill_html(const DrillReport& drill, std::size_t index) {
  const std::string id = std::to_string(index + 1);
  const Html content = headline(drill) +
                       element("div", {{"class", "body"}}, body(drill, id) + chart_data(drill, id));
  const bool open = drill.verdict != Verdict::pass;
  return element("details",
                 {{"class", "drill"},
                  {"id", id_of_drill(index)},
                  {"data-system", drill.system},
                  {"data-verdict", std::string(name_of(drill.verdict))},
                  {open ? "open" : "", ""}},
                 content) +
         Html::markup("\n");
}

}  // namespace aftershock::html
