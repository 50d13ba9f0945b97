// The tables of one drill. Each is empty when there is nothing to say.
#pragma once

#include "reports/html/markup.h"
#include "reports/report.h"

namespace aftershock::html {

// What was aimed at and what came of it.
Html objective_table(const DrillReport& drill);
Html loss_table(const DrillReport& drill);
Html lost_write_table(const DrillReport& drill);

// What happened, and what people did.
Html fault_table(const DrillReport& drill);
Html detection_table(const DrillReport& drill);
Html alert_table(const DrillReport& drill);
Html runbook_table(const DrillReport& drill);
Html order_table(const DrillReport& drill);
Html checklist_table(const DrillReport& drill);
Html threshold_table(const DrillReport& drill);

// Whether a rule was broken.
Html invariant_table(const DrillReport& drill);
Html violation_list(const DrillReport& drill);

// What was asked of the system, and how to do it again.
Html workload_table(const DrillReport& drill);
Html mark_table(const DrillReport& drill);
Html identity_table(const DrillReport& drill);

}  // namespace aftershock::html
