// The fields of reports/objectives.h with their names in JSON: one list for both directions.
#pragma once

#include "reports/json_fields.h"
#include "reports/objectives.h"

namespace aftershock {

void each_field(Is<Bounds> auto& value, auto&& field) {
  auto& [lower, upper] = value;
  field("lower", lower);
  field("upper", upper);
}

void each_field(Is<TypicalReport> auto& value, auto&& field) {
  auto& [min, max, differs] = value;
  field("min", min);
  field("max", max);
  field("differs", differs);
}

void each_field(Is<ObjectiveReport> auto& value, auto&& field) {
  auto& [target, max, stated_by, derivation, judgement, typical] = value;
  field("target", target);
  field("max", max);
  field("stated_by", stated_by);
  field("derivation", derivation);
  field("judgement", judgement);
  field("typical", typical);
}

void each_field(Is<RecoveryReport> auto& value, auto&& field) {
  auto& [objective, recovered_when, measured, watched, assumed, self_healed] = value;
  field("objective", objective);
  field("recovered_when", recovered_when);
  field("measured", measured);
  field("watched", watched);
  field("assumed", assumed);
  field("self_healed", self_healed);
}

void each_field(Is<RedoneReport> auto& value, auto&& field) {
  auto& [attempts, longest, total] = value;
  field("attempts", attempts);
  field("longest", longest);
  field("total", total);
}

void each_field(Is<LostWriteReport> auto& value, auto&& field) {
  auto& [run, acknowledged_at] = value;
  field("run", run);
  field("acknowledged_at", acknowledged_at);
}

void each_field(Is<LossReport> auto& value, auto&& field) {
  auto& [objective, measured_on, measured, redone, acknowledged, lost, lost_after_t0, unknown,
         duplicated, dangling, lost_writes] = value;
  field("objective", objective);
  field("measured_on", measured_on);
  field("measured", measured);
  field("redone", redone);
  field("acknowledged", acknowledged);
  field("lost", lost);
  field("lost_after_t0", lost_after_t0);
  field("unknown", unknown);
  field("duplicated", duplicated);
  field("dangling", dangling);
  field("lost_writes", lost_writes);
}

void each_field(Is<ThresholdReport> auto& value, auto&& field) {
  auto& [expression, measured, met] = value;
  field("expression", expression);
  field("measured", measured);
  field("met", met);
}

}  // namespace aftershock
