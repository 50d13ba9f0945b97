// What was aimed at, and what was measured and lost.
#include "reports/figures.h"
#include "reports/html/drill_tables.h"
#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock::html {
namespace {

std::string stated_text(const ObjectiveReport& objective) {
  if (objective.stated_by != "derived") return "stated by the document";
  return "derived: " + objective.derivation;
}

std::string recovered_text(std::string_view recovered_when) {
  if (recovered_when == "service") return "service holds";
  if (recovered_when == "affected_work") return "affected work is decided or goes on";
  if (recovered_when == "drained") return "service holds and the backlog is drained";
  return std::string(recovered_when);
}

}  // namespace

Html objective_table(const DrillReport& drill) {
  Table table("Objectives against actuals (" + drill.world + ")",
              {{"Objective"},
               {"Target", Align::figures},
               {"Max", Align::figures},
               {"Measured", Align::figures},
               {"Margin", Align::figures},
               {"Judgement"},
               {"Where it is from", Align::prose}});
  const ObjectiveReport& rto = drill.rto.objective;
  const ObjectiveReport& rpo = drill.rpo.objective;
  table.add({"RTO: " + recovered_text(drill.rto.recovered_when), delta::format_duration(rto.target),
             delta::format_duration(rto.max), rto_figure(drill.rto), margin_text(drill.rto),
             badge(rto.judgement), stated_text(rto)});
  table.add({drill.rpo.measured_on == "progress" ? "RPO: the larger of loss and work redone"
                                                 : "RPO: acknowledged writes",
             delta::format_duration(rpo.target), delta::format_duration(rpo.max),
             loss_figure(drill.rpo), "-", badge(rpo.judgement), stated_text(rpo)});
  return table.html();
}

Html loss_table(const DrillReport& drill) {
  const LossReport& loss = drill.rpo;
  Table table("What a final read of all tables found (" + drill.world + ")",
              {{"Figure"}, {"Count", Align::figures}, {"What it counts", Align::prose}});
  const auto add = [&](const char* name, const std::string& count, const char* what) {
    table.add({name, count, what});
  };
  add("RPA", time_text(loss.measured),
      "from t0 back to the earliest lost write; 0: nothing acknowledged before t0 was lost");
  add("acknowledged", grouped(loss.acknowledged),
      "submissions that an outside witness saw acknowledged");
  add("lost", grouped(loss.lost), "of them absent in the end");
  add("lost after t0", grouped(loss.lost_after_t0), "of the lost, acknowledged after t0");
  add("unknown", grouped(loss.unknown), "never answered for sure: not counted as lost");
  add("duplicated", grouped(loss.duplicated), "runs that no stored operation names");
  add("dangling", grouped(loss.dangling), "artifacts on record as stored that are gone or damaged");
  add("work redone", grouped(loss.redone.attempts), "tries whose work the next try did again");
  add("longest redone", rounded_up(loss.redone.longest), "of one try");
  add("redone in all", rounded_up(loss.redone.total), "of all tries together");
  return table.html();
}

Html lost_write_table(const DrillReport& drill) {
  const LossReport& loss = drill.rpo;
  Html caption = "Lost writes, the earliest first (" + drill.world + ")";
  if (loss.lost > loss.lost_writes.size()) {
    caption += "; " + grouped(loss.lost - loss.lost_writes.size()) + " more are not listed";
  }
  Table table(caption, {{"Run"}, {"Acknowledged at", Align::figures}});
  for (const LostWriteReport& write : loss.lost_writes) {
    table.add({code(write.run), rounded_down(write.acknowledged_at)});
  }
  return table.html();
}

Html threshold_table(const DrillReport& drill) {
  Table table("Thresholds after the recovery (" + drill.world + ")",
              {{"Threshold"}, {"Measured", Align::figures}, {"Met"}});
  for (const ThresholdReport& threshold : drill.thresholds) {
    table.add({code(threshold.expression), threshold.measured.value_or("not measured"),
               badge(threshold.met)});
  }
  return table.html();
}

}  // namespace aftershock::html
