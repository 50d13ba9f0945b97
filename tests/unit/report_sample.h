// A report in which no field has its default value, for tests of what is drawn from it.
#pragma once

#include "reports/report.h"

namespace aftershock {

inline void add_recovery(DrillReport& drill) {
  using namespace std::chrono_literals;
  drill.recovery_order = {
      {"database", 61s, 110s, {}, 115s, 60s, "takes connections", true},
      {"orchestrator", 62s, 112s, {"database", "queue"}, {}, {}, "0 of 2 up", false}};
  drill.checklist = {{"processes", "database 1 of 1", true},
                     {"errors", "3 requests answered with unavailable or unknown", false}};
}

inline void add_objectives(DrillReport& drill) {
  using namespace std::chrono_literals;
  drill.rto = {{2min, 4min, "document", "", Judgement::breached,
                TypicalReport{90s, 100s, "nobody has to decide"}},
               "affected_work",
               Bounds{4min + 29s + 510ms, 4min + 29s + 910ms + 1ns},
               12min,
               2min,
               true};
  drill.rpo = {{0s, 1min, "derived", "Nothing acknowledged is lost.", Judgement::over_target},
               "progress",
               12s + 345ms,
               {2, 11s, 17s},
               400,
               3,
               1,
               2,
               5,
               9,
               {{"1a2b3c4d5e6f70819203a4b5c6d7e8f9", 48s}}};
}

inline ActivityReport sample_activity() {
  using namespace std::chrono_literals;
  return {-60s,
          5s,
          {{"queue_depth", "attempts", {3, std::nullopt, 12}},
           {"failed_requests", "ppm", {0, 1'000'000, 250'000}}},
          {{"runner-3", "1a2b3c4d/0", 30s, 62s, "lost"},
           {"runner-7", "1a2b3c4d/0 try 2", 70s, std::nullopt, ""}},
          3};
}

inline DrillReport sample_drill() {
  using namespace std::chrono_literals;
  DrillReport drill;
  drill.scenario = "database-outage";
  drill.title = "Database outage; the control plane fails closed";
  drill.document = "delta-ci-disaster-recovery.md";
  drill.section = "4) Database Outage";
  drill.path = "scenarios/delta-ci/database-outage.yaml";
  drill.system = "delta-ci";
  drill.sha256 = std::string(64, 'a');
  drill.rationale = "The database is the one thing that every lease needs.";
  drill.cluster = "2 orchestrators, 8 runners, 1 database";
  drill.seed = 18'446'744'073'709'551'615U;
  drill.schedule = "pct:3:4000";
  drill.digest = "0f1e2d3c4b5a6978";
  drill.steps = 123'456;
  drill.virtual_time = 13min + 5s;
  drill.verdict = Verdict::fail;
  drill.reasons = {"RTA's upper bound 4m30s is over the max of 4m.", "fenced-completion broke."};
  add_objectives(drill);
  drill.faults = {
      {"outage",
       "database.outage",
       {"database"},
       Bounds{60s, 60s + 2ms},
       2min,
       true,
       "the server refused 12 connections"},
      {"kill", "process.kill", {"runner-3", "runner-7"}, {}, {}, false, "runner-7 never stopped"}};
  drill.runbook = {{"lift", "lift_fault", "operator", "alert DatabaseDown", 20s, 90s, 110s, 120s,
                    true, "lifted outage"},
                   {"again", "restart", "automation", "step lift", {}, 0s, {}, {}, false, "why"}};
  add_recovery(drill);
  drill.alerts = {{"DatabaseDown", 80s, 2min + 5s, "database"},
                  {"QueueBacklog", 3min, std::nullopt, "none"}};
  drill.detection = {{"DatabaseDown", 1min, "database", 20s, "database", true},
                     {"QueueBacklog", 2min, "", std::nullopt, "", false}};
  drill.phases = {20s, 1s, 65s, 110s, 120s, 66s, 300s};
  drill.canary = {150, 140, 10, 12s};
  drill.workload = {400, 390, 10, 350, 20, 5, 15, 1, 450, 7};
  drill.marks = {{"forced-cancel", 3, 1}, {"lease-expired", 40, 0}};
  drill.invariants = {{"one-live-lease", InvariantStatus::held, 5'000, ""},
                      {"fenced-completion", InvariantStatus::violated, 800, ""},
                      {"wake-up", InvariantStatus::excepted, 4, "The queue is gone for good."},
                      {"cancel-bounded", InvariantStatus::held, 0, ""}};
  drill.violations = {{"fenced-completion",
                       62s + 345ms,
                       "an old epoch completed the attempt",
                       {"attempt 1a2b3c4d epoch 2 succeeded"},
                       {"01:01.000 lease granted, epoch 2", "01:02.345 completed by epoch 1"}}};
  drill.activity = sample_activity();
  drill.replay =
      "aftershock run scenarios/delta-ci/database-outage.yaml "
      "--seed 18446744073709551615";
  return drill;
}

inline OccasionReport sample_occasion() {
  return {
      .exercise = "20261128T090000Z-3f2a91bc",
      .began = "2026-11-28T09:00:00Z",
      .ended = "2026-11-28T09:00:07Z",
      .environment = {"drill-host", "Linux 6.1.0 x86_64", 2, std::string(64, 'b'),
                      "aftershock run scenarios/delta-ci"},
      .history = {{"database-outage", "2026-11-21T09:00:00Z", std::nullopt}},
      .changes = ChangesReport{"2026-11-21T09:00:00Z",
                               "20261121T090000Z-1c0ffee2",
                               {{"database-outage", ChangeKind::verdict, "pass", "fail", true}}},
      .attestation = AttestationReport{
          .plan = "Delta CI recovery plan",
          .plan_version = "7",
          .location = "Test laboratory",
          .scope = "Control plane and runners",
          .rationale = "Impact analysis of 2026",
          .objectives_set_on = "2026-11-01",
          .participants = {{"Ada Example", "Incident commander"}},
          .deviations = {"One runner was replaced before."},
          .findings = {{"Recovery is too slow", "Ada Example", "2026-12-24", "open", "2027-01-15"}},
          .notices = {{"2026-11-28T09:01:00Z", "high", "Technical teams", "e-mail", "It begins"}},
          .accepted_risks = "None",
          .conclusion = "Lower the timeout",
          .reported_to = "Risk committee",
          .reviewed_by = "Bo Example",
          .approved_by = "Cy Example",
          .approved_on = "2026-11-30",
          .attested_by = "Ada Example",
          .attested_on = "2026-11-29"}};
}

/// The same scenario, passed.
inline DrillReport passed_drill() {
  using namespace std::chrono_literals;
  DrillReport drill = sample_drill();
  drill.seed = 1;
  drill.verdict = Verdict::pass;
  drill.reasons.clear();
  drill.recovery_order.clear();
  drill.checklist.clear();
  drill.rto.measured = Bounds{61s + 180ms, 61s + 220ms};
  drill.rto.objective.judgement = Judgement::met;
  drill.rto.objective.typical.reset();
  drill.rto.assumed = 0s;
  drill.rpo = {{0s, 0s, "document", "", Judgement::met}, "loss", 0s, {}, 400, 0, 0, 2, 0, 0, {}};
  drill.faults.pop_back();
  drill.invariants = {{"one-live-lease", InvariantStatus::held, 5'000, ""},
                      {"fenced-completion", InvariantStatus::held, 800, ""}};
  drill.violations.clear();
  drill.replay = "aftershock run scenarios/delta-ci/database-outage.yaml --seed 1";
  return drill;
}

}  // namespace aftershock
