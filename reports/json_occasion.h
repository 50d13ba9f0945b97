// The fields of reports/occasion.h and reports/activity.h with their names in JSON: one list for
// both directions.
#pragma once

#include "reports/activity.h"
#include "reports/json_fields.h"
#include "reports/occasion.h"

namespace aftershock {

void each_field(Is<SeriesReport> auto& value, auto&& field) {
  auto& [name, unit, values] = value;
  field("name", name);
  field("unit", unit);
  field("values", values);
}

void each_field(Is<LeaseReport> auto& value, auto&& field) {
  auto& [runner, attempt, from, until, ended] = value;
  field("runner", runner);
  field("attempt", attempt);
  field("from", from);
  field("until", until);
  field("ended", ended);
}

void each_field(Is<ActivityReport> auto& value, auto&& field) {
  auto& [begin, step, series, leases, leases_left_out] = value;
  field("begin", begin);
  field("step", step);
  field("series", series);
  field("leases", leases);
  field("leases_left_out", leases_left_out);
}

void each_field(Is<HeldReport> auto& value, auto&& field) {
  auto& [scenario, drilled, passed] = value;
  field("scenario", scenario);
  field("drilled", drilled);
  field("passed", passed);
}

void each_field(Is<EnvironmentReport> auto& value, auto&& field) {
  auto& [host, system, processors, build, command] = value;
  field("host", host);
  field("system", system);
  field("processors", processors);
  field("build", build);
  field("command", command);
}

void each_field(Is<ChangeReport> auto& value, auto&& field) {
  auto& [scenario, kind, before, after, worse] = value;
  field("scenario", scenario);
  field("kind", kind);
  field("before", before);
  field("after", after);
  field("worse", worse);
}

void each_field(Is<ChangesReport> auto& value, auto&& field) {
  auto& [since, exercise, changes] = value;
  field("since", since);
  field("exercise", exercise);
  field("changes", changes);
}

void each_field(Is<ParticipantReport> auto& value, auto&& field) {
  auto& [name, role] = value;
  field("name", name);
  field("role", role);
}

void each_field(Is<FindingReport> auto& value, auto&& field) {
  auto& [finding, owner, due, status, retest] = value;
  field("finding", finding);
  field("owner", owner);
  field("due", due);
  field("status", status);
  field("retest", retest);
}

void each_field(Is<NoticeReport> auto& value, auto&& field) {
  auto& [at, severity, recipients, channel, message] = value;
  field("at", at);
  field("severity", severity);
  field("recipients", recipients);
  field("channel", channel);
  field("message", message);
}

void each_field(Is<AttestationReport> auto& value, auto&& field) {
  auto& [plan, plan_version, location, scope, rationale, objectives_set_on, participants,
         deviations, findings, notices, accepted_risks, conclusion, reported_to, reviewed_by,
         approved_by, approved_on, attested_by, attested_on] = value;
  field("plan", plan);
  field("plan_version", plan_version);
  field("location", location);
  field("scope", scope);
  field("rationale", rationale);
  field("objectives_set_on", objectives_set_on);
  field("participants", participants);
  field("deviations", deviations);
  field("findings", findings);
  field("notices", notices);
  field("accepted_risks", accepted_risks);
  field("conclusion", conclusion);
  field("reported_to", reported_to);
  field("reviewed_by", reviewed_by);
  field("approved_by", approved_by);
  field("approved_on", approved_on);
  field("attested_by", attested_by);
  field("attested_on", attested_on);
}

void each_field(Is<OccasionReport> auto& value, auto&& field) {
  auto& [exercise, began, ended, environment, history, changes, attestation] = value;
  field("exercise", exercise);
  field("began", began);
  field("ended", ended);
  field("environment", environment);
  field("history", history);
  field("changes", changes);
  field("attestation", attestation);
}

}  // namespace aftershock
