// What happened in a drill, and what people and automation did about it.
#include "reports/html/drill_tables.h"
#include "reports/text.h"

namespace aftershock::html {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Html fault_table(const DrillReport& drill) {
  Table table("Faults, and the proof that each took effect (" + drill.world + ")",
              {{"Fault"},
               {"Kind"},
               {"Targets"},
               {"Took effect", Align::figures},
               {"Lifted", Align::figures},
               {"Proven"},
               {"Evidence", Align::prose}});
  for (const FaultReport& fault : drill.faults) {
    table.add({fault.id, code(fault.kind), joined(fault.targets), bounds_text(fault.effective),
               fault.healed ? rounded_up(*fault.healed) : "-", badge(fault.bit), fault.evidence});
  }
  return table.html();
}

Html detection_table(const DrillReport& drill) {
  Table table("Alerts that had to fire (" + drill.world + ")", {{"Alert"},
                                                                {"Within", Align::figures},
                                                                {"Fired after t0", Align::figures},
                                                                {"Diagnosis asked for"},
                                                                {"Diagnosis given"},
                                                                {"Met"}});
  for (const DetectionReport& detection : drill.detection) {
    table.add({detection.alert, rounded_up(detection.within),
               detection.after ? rounded_up(*detection.after) : "it did not",
               detection.diagnosis.empty() ? "anything" : detection.diagnosis,
               detection.found.empty() ? "-" : detection.found, badge(detection.met)});
  }
  return table.html();
}

Html alert_table(const DrillReport& drill) {
  Table table("Every time that an alert fired (" + drill.world + ")",
              {{"Alert"},
               {"Fired at", Align::figures},
               {"Resolved at", Align::figures},
               {"The doctor held responsible"}});
  for (const AlertReport& alert : drill.alerts) {
    table.add({alert.name, rounded_up(alert.at),
               alert.resolved ? rounded_up(*alert.resolved) : "not resolved", alert.diagnosis});
  }
  return table.html();
}

Html runbook_table(const DrillReport& drill) {
  Table table("The runbook as it was carried out (" + drill.world + "; the delay is an assumption)",
              {{"Step"},
               {"What"},
               {"By"},
               {"Trigger"},
               {"Triggered", Align::figures},
               {"Assumed delay", Align::figures},
               {"Began", Align::figures},
               {"Ended", Align::figures},
               {"Done"},
               {"Outcome", Align::prose}});
  for (const StepReport& step : drill.runbook) {
    table.add({step.id, code(step.step), step.by, step.trigger, time_text(step.triggered),
               rounded_up(step.assumed_delay), time_text(step.began), time_text(step.ended),
               badge(step.done), step.outcome});
  }
  return table.html();
}

Html order_table(const DrillReport& drill) {
  Table table("The order of recovery (" + drill.world + ")", {{"Role"},
                                                              {"Lost", Align::figures},
                                                              {"Began", Align::figures},
                                                              {"Ready", Align::figures},
                                                              {"Within", Align::figures},
                                                              {"Not ready above it"},
                                                              {"Last seen"},
                                                              {"Met"}});
  for (const OrderReport& role : drill.recovery_order) {
    table.add({role.role, role.lost ? time_text(role.lost) : "never", time_text(role.began),
               role.ready ? time_text(role.ready) : "not ready", time_text(role.within),
               role.not_ready.empty() ? "-" : joined(role.not_ready), role.seen, badge(role.met)});
  }
  return table.html();
}

Html checklist_table(const DrillReport& drill) {
  Table table("Checklist after the recovery (" + drill.world + ")",
              {{"Item"}, {"Well"}, {"Seen", Align::prose}});
  for (const CheckReport& item : drill.checklist)
    table.add({item.check, badge(item.ok), item.seen});
  return table.html();
}

}  // namespace aftershock::html
