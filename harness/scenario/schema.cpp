// The format of scenario files as one table.
#include "harness/scenario/schema.h"

#include <algorithm>
#include <array>

#include "core/schedule_spec.h"
#include "core/setting_catalogue.h"
#include "harness/scenario/disaster_schema.h"
#include "harness/scenario/fields.h"
#include "harness/scenario/threshold.h"

namespace aftershock {
namespace {

using namespace fields;
using namespace std::chrono_literals;

Field restart(std::string policy, std::string delay) {
  return optional(
      map("restart", "How a process that ended comes back.",
          {choice("policy", "When it is started again.", kRestartPolicyNames, std::move(policy)),
           duration("delay", "From its end to its next start.", 0s, 1h, std::move(delay))}));
}

Field database() {
  return optional(
      map("database", "The database's servers.",
          {count("standbys", "Copies that follow the primary's log.", 0, 8, "0"),
           optional(choice(
               "synchronous",
               "Whose flush a commit waits for: nobody's, that of the first standbys that are "
               "connected, or of any.",
               kSynchronousNames, "off")),
           count("confirmations", "How many of them a commit waits for.", 1, 8, "1"),
           duration("delay", "How much later than written the log leaves for the standbys.", 0s, 1h,
                    "0s"),
           count("slot_limit", "MiB of log kept for a standby that is away; then it is lost.", 1,
                 1'000'000, "64"),
           duration("backup_interval", "Between two backups.", 1s, 24h, "10m"),
           count("full_backup_every", "Every so many-th backup is full, the others incremental.", 1,
                 1'000, "1"),
           duration("address_ttl", "How long a client believes where it found the primary.", 0s, 1h,
                    "5s")}));
}

Field queue() {
  return optional(map(
      "queue", "The queue, and what it keeps.",
      {optional(choice("persistence",
                       "What it knows after a crash: nothing, its last snapshot, or the "
                       "changes that it wrote one by one.",
                       kPersistenceNames, "none")),
       duration("snapshot_interval", "snapshot: between two of them.", 1s, 24h, "1m"),
       optional(choice("fsync",
                       "append_only: when what is written is on the disk. Only a power failure "
                       "can tell.",
                       kFsyncNames, "everysec")),
       duration("backup_interval", "Between two backups of what it holds.", 1s, 24h, "10m"),
       count("replicas", "Copies that are told each change, and that nobody waits for.", 0, 8, "0"),
       duration("delay", "How much later than made a change leaves for the replicas.", 0s, 1h,
                "0s"),
       duration("address_ttl", "How long a client believes where it found the primary.", 0s, 1h,
                "5s")}));
}

Field cluster() {
  return map("cluster", "The processes that the drill runs against.",
             {map("orchestrators", "The control plane.",
                  {count("count", "How many run side by side.", 1, 100), restart("always", "2s")}),
              map("runners", "The data plane.",
                  {count("count", "How many there are.", 1, kMostRunners),
                   count("slots", "Jobs that each runs side by side.", 1, 1'000, "1"),
                   restart("always", "10s")}),
              database(), queue(),
              optional(map("network", "How messages travel when nothing is wrong.",
                           {optional(map("latency", "One way, of one message.",
                                         {duration("min", "Shortest.", 0s, 10s, "200us"),
                                          duration("max", "Longest.", 0s, 10s, "1ms")})),
                            percent("loss", "Share of messages lost.", "0%")}))});
}

Field settings() {
  const delta::Settings defaults;
  std::vector<Field> fields;
  for (const delta::SettingInfo& info : delta::setting_catalogue()) {
    std::string key(info.key);
    std::string description(info.description);
    if (info.duration != nullptr) {
      fields.push_back(duration(key, description, 0s, kLongestDuration,
                                delta::format_duration(defaults.*info.duration)));
    } else if (info.count != nullptr) {
      fields.push_back(count(key, description, 1, info.most, std::to_string(defaults.*info.count)));
    } else {
      fields.push_back(flag(key, description, defaults.*info.flag));
    }
  }
  return optional(map("settings", "The settings of Delta CI; each defaults to its own default.",
                      std::move(fields)));
}

Field jobs() {
  return map(
      "jobs", "What each run consists of.",
      {choice("shape", "One job, three in a row, or one, two side by side and one.",
              kJobShapeNames),
       map("duration", "How long each job works, drawn evenly.",
           {duration("min", "Shortest.", 1ms, 24h), duration("max", "Longest.", 1ms, 24h)}),
       count("steps", "Equal parts of each job, with checkpoints between them; 0 is one command.",
             0, 100, "0"),
       count("artifacts", "Uploaded by each job.", 0, 100, "0"),
       count("secrets", "That each job needs, and prints: its log must not show them.", 0, 10, "0"),
       percent("failure", "Share of jobs whose command fails.", "0%"),
       percent("cancel", "Share of runs that the client cancels.", "0%")});
}

/// Without the secrets of a run that a client submits, and its cancellation.
Field jobs_of_schedule() {
  Field field = jobs();
  std::erase_if(field.fields,
                [](const Field& each) { return each.key == "secrets" || each.key == "cancel"; });
  return field;
}

Field schedules() {
  return optional(list(
      "schedules", "What fires by itself, from the beginning to the end of the load.", 1,
      {name("name", "Its name, which no other has."),
       choice("kind", "What the expression is.", delta::kScheduleKindNames),
       text("expression",
            "cron: \"*/5 * * * *\"; interval: 30s; once: 1970-01-01T00:05:00. The database's clock "
            "begins with 1970-01-01T00:00:00Z, at the beginning of the warm-up."),
       text("zone", "The time zone of cron and once, such as Europe/Berlin.", "UTC"),
       choice("catch_up",
              "What has a run of the fires that were missed: all of them, the latest, or none.",
              delta::kCatchUpNames, "latest"),
       count("cap", "Most missed fires that `all` makes up for at once.", 1, delta::kMostCaughtUp,
             "10"),
       jobs_of_schedule()}));
}

Field workload() {
  return map("workload", "What clients submit, from the beginning to the end.",
             {{.key = "rate",
               .type = FieldType::kRate,
               .description = "Runs submitted, such as 0.5/s, 30/min or 6/h."},
              jobs(),
              schedules()});
}

Field steady_state() {
  return optional(map(
      "steady_state", "How it is known that the service works.",
      {duration("warm_up", "Before time 0 of the faults.", 0s, 24h, "1m"),
       optional(map("canary", "A small run that goes the whole way, again and again.",
                    {duration("interval", "Between two canaries.", 100ms, 10min, "5s"),
                     duration("limit", "From submit to a readable artifact.", 100ms, 1h, "30s"),
                     duration("job_duration", "What its job takes by itself.", 0s, 1h, "1s")})),
       duration("window", "Service must hold this long to count as recovered.", 1s, 1h, "60s")}));
}

std::vector<Field> objective(std::string what) {
  Field derivation = optional(text("derivation", "How a derived objective was found."));
  Field typical =
      optional(map("typical", "What the document says is usually measured; judges nothing.",
                   {duration("min", "At least.", 0s, 720h), duration("max", "At most.", 0s, 720h),
                    optional(text("differs", "Why ours is expected to be another."))}));
  return {duration("target", what + ", aimed at.", 0s, 720h),
          duration("max", what + ", never more.", 0s, 720h),
          choice("stated_by", "The source document, or derived by us.", kStatedByNames),
          std::move(derivation), std::move(typical)};
}

/// "api.p50, api.p95, ... or connections.busy".
std::string measures() {
  std::string names;
  for (const std::string_view name : kMeasureNames) {
    names += (names.empty() ? "" : name == kMeasureNames.back() ? " or " : ", ");
    names += name;
  }
  return names + ".";
}

Field objectives() {
  std::vector<Field> rto = objective("Time to recover");
  rto.push_back(choice("recovered_when", "What counts as recovered.", kRecoveredWhenNames));
  std::vector<Field> rpo = objective("Loss");
  rpo.push_back(choice("measured_on",
                       "Acknowledged writes that are gone, or the larger of that and the work of "
                       "jobs that had to be done again.",
                       kMeasuredOnNames, "loss"));
  return map("objectives", "What the drill is judged by.",
             {map("rto", "Recovery time.", std::move(rto)),
              map("rpo", "Recovery point: how much acknowledged work may be lost.", std::move(rpo)),
              optional(list("thresholds", "What the service must be like after the recovery.", 1,
                            {{.key = "expect",
                              .type = FieldType::kThreshold,
                              .description = "MEASURE < VALUE, or >: " + measures()}}))});
}

Field expect() {
  static constexpr std::array<std::string_view, 1> pass{"pass"};
  return {.key = "expect",
          .type = FieldType::kOutcome,
          .description = "pass, or the invariant that must be violated (a planted bug).",
          .choices = pass,
          .fields = {choice("violates", "The invariant.", kInvariantNames)}};
}

Field make_schema() {
  return map(
      "", "A disaster-recovery drill.",
      {name("scenario", "The scenario's name: the file's name without .yaml."),
       text("title", "One line for people."),
       map("source", "Where the drill comes from.",
           {text("document", "The document's file name."), text("section", "Its section.")}),
       text("rationale", "Why this drill is plausible and what it shows."), cluster(), settings(),
       workload(), steady_state(), optional(faults_field()), optional(nemesis_field()),
       flag("buggify",
            "The simulated world has rare but legal misfortunes: a slow fsync, a late wake-up, a "
            "connection reset at its beginning.",
            false),
       optional(runbook_field()), optional(exercises_field()), optional(detection_field()),
       duration("observation", "How long the faults' timeline is watched, from time 0.", 1s, 720h),
       objectives(),
       optional(map(
           "invariants", "All are checked, but for those excepted.",
           {list("except", "Not checked in this drill.", 1,
                 {choice("name", "The invariant.", kInvariantNames), text("reason", "Why.")})})),
       expect()});
}

}  // namespace

const Field* Field::find(std::string_view wanted) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.key == wanted; });
  return found == fields.end() ? nullptr : &*found;
}

const Field& scenario_schema() {
  static const Field schema = make_schema();
  return schema;
}

}  // namespace aftershock
