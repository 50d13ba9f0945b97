#include "platform/doctor/doctor.h"

#include <algorithm>

#include "core/check.h"
#include "platform/doctor/limits.h"
#include "platform/doctor/readings.h"

namespace delta::doctor {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDatabase = "database";
constexpr std::string_view kQueue = "queue";
constexpr std::string_view kBackground = "background loops";
constexpr std::string_view kErrors = "orchestrator errors";
constexpr std::string_view kRunners = "runners";
constexpr std::string_view kExpiry = "lease expiry";
constexpr std::string_view kUploads = "artifact uploads";
constexpr std::string_view kSecrets = "secrets";

constexpr Duration kSlow = 250ms;
constexpr Duration kVerySlow = 1s;
/// Below this age a queue is only busy.
constexpr Duration kWaiting = 30s;
/// A share of so few says nothing.
constexpr std::int64_t kFew = 3;

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// "3 of 40"
std::string of(std::int64_t part, std::int64_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

std::string age_text(std::optional<Duration> age) { return age ? format_seconds(*age) : "unknown"; }

std::string_view reach_text(Reach reach) {
  switch (reach) {
    case Reach::all: return "reached";
    case Reach::some: return "reached by some";
    case Reach::none: return "not reached";
  }
  CHECK(false);
  return {};
}

RunbookCheck check(std::string_view name, CheckStatus status, std::string numbers,
                   std::string_view action, std::string_view section) {
  const bool ok = status == CheckStatus::ok;
  return {name, status, std::move(numbers), ok ? "" : action, ok ? "" : section};
}

CheckStatus worst(bool fails, bool warns) {
  return fails ? CheckStatus::fail : warns ? CheckStatus::warn : CheckStatus::ok;
}

std::string p95_text(const Readings& r) {
  if (r.transactions == 0) return "no transactions";
  const bool beyond = r.transaction_p95 == Duration::max();
  return "95 % of transactions within " +
         (beyond ? "more than 5s" : format_duration(r.transaction_p95)) + ", " +
         of(r.failed_transactions, r.transactions) + " failed";
}

bool clock_moved(const Readings& r) {
  return std::chrono::abs(r.clock_offset) > limits::kClockOffset;
}

bool database_slow(const Readings& r) { return r.transaction_p95 > kVerySlow; }

/// It is there, and does not do what it is asked: it is read-only, damaged or out of connections.
bool database_fails(const Readings& r) {
  return r.failed_transactions >= kFew &&
         share(r.failed_transactions, r.transactions) > limits::kErrorShare;
}

RunbookCheck check_database(const Readings& r) {
  const bool fails = r.database != Reach::all || database_slow(r) || database_fails(r);
  const bool warns = r.transaction_p95 > kSlow || r.failed_transactions > 0 || clock_moved(r);
  return check(kDatabase, worst(fails, warns),
               std::string(reach_text(r.database)) + "; " + p95_text(r) + "; its clock moved by " +
                   format_seconds(r.clock_offset),
               "Restore the database, then let leases expire naturally; validate its integrity and "
               "review the audit log for partial updates.",
               "DatabaseDown");
}

RunbookCheck check_queue(const Readings& r) {
  const Duration oldest = r.queue_oldest.value_or(0s);
  return check(kQueue,
               worst(r.queue != Reach::all || oldest > limits::kQueueAge, oldest > kWaiting),
               std::string(reach_text(r.queue)) + "; depth " +
                   (r.queue_depth ? std::to_string(*r.queue_depth) : "unknown") + ", oldest " +
                   age_text(r.queue_oldest) + "; oldest unpublished " + age_text(r.outbox_oldest),
               "Verify the queue's health, check backlog and job age, and consider pausing new run "
               "ingestion if the outage is prolonged.",
               "QueueDown");
}

bool rounds_fail(const Readings& r) {
  return r.failed_rounds >= kFew && share(r.failed_rounds, r.rounds) > limits::kFailedRounds;
}

bool schedules_late(const Readings& r) {
  return r.schedule_lag.value_or(0s) > limits::kScheduleLag;
}

RunbookCheck check_background(const Readings& r) {
  const bool late = schedules_late(r);
  return check(kBackground, worst(late || rounds_fail(r), r.failed_rounds > 0),
               of(r.failed_rounds, r.rounds) + " rounds failed; schedules late by " +
                   age_text(r.schedule_lag),
               late
                   ? "Start an orchestrator with the role schedule, and see what keeps the others."
                   : "Check the database's indexes and permissions: what the loops look for is not "
                     "found.",
               late ? "SchedulesLate" : "BackgroundJobsFailing");
}

RunbookCheck check_errors(const Readings& r) {
  const bool fails =
      r.answering < r.orchestrators || share(r.not_done, r.answers) > limits::kErrorShare;
  return check(
      kErrors, worst(fails, r.not_done > 0 || r.missed_scrapes > 0),
      of(static_cast<std::int64_t>(r.answering), static_cast<std::int64_t>(r.orchestrators)) +
          " orchestrators answer; " + of(r.not_done, r.answers) + " requests could not be served",
      "Investigate repeated crashes via logs and metrics; check the connection to the "
      "database and the queue.",
      "OrchestratorErrors");
}

bool runners_gone(const Readings& r) {
  return r.answering > 0 && share(r.runners, r.runners_before) < limits::kRunnersLeft &&
         r.runners_before > 0;
}

RunbookCheck check_runners(const Readings& r) {
  const bool none = r.answering > 0 && r.runners == 0;
  return check(kRunners, worst(none || runners_gone(r), r.runners < r.runners_before),
               std::to_string(r.runners) + " seen, " + std::to_string(r.runners_before) +
                   " before; " + of(r.busy_slots, r.slots) + " slots busy",
               "Check the runner image, resource limits and node stability.", "RunnerLoss");
}

bool many_expired(const Readings& r) {
  return r.expired >= kFew &&
         share(r.expired, std::max(r.granted, r.expired)) > limits::kExpiredShare;
}

RunbookCheck check_expiry(const Readings& r) {
  return check(kExpiry, worst(many_expired(r), r.expired > 0),
               of(r.expired, r.granted) + " leases granted meanwhile expired; " +
                   std::to_string(r.stale_messages) + " stale messages",
               "Stabilize database and orchestrator latency; consider temporarily increasing the "
               "TTL, reduce concurrency, check the health of the runners' nodes.",
               "LeaseExpirySpike");
}

bool uploads_fail(const Readings& r) {
  return r.upload_failures >= kFew ||
         share(r.missing_artifacts, r.artifacts) > limits::kMissingShare;
}

RunbookCheck check_uploads(const Readings& r) {
  return check(kUploads, worst(uploads_fail(r), r.upload_failures + r.missing_artifacts > 0),
               std::to_string(r.upload_failures) + " tries failed; " +
                   of(r.missing_artifacts, r.artifacts) + " artifacts missing",
               "Restore the storage; verify retention and permissions; make sure that artifact "
               "URIs are not broken.",
               "ArtifactUploadFailures");
}

RunbookCheck check_secrets(const Readings& r) {
  return check(kSecrets, worst(r.secret_failures >= kFew, r.secret_failures > 0),
               std::to_string(r.secret_failures) + " tries to fetch a secret failed",
               "Restore the secrets manager; jobs that need secrets cannot start.",
               "SecretsUnavailable");
}

struct Cause {
  Culprit culprit = Culprit::none;
  std::string reason;
};

/// What everything else rests on. None: look at what follows from it.
Cause root_cause(const Readings& r) {
  if (r.answering == 0) return {Culprit::orchestrator, "No orchestrator answers."};
  if (r.database == Reach::none) return {Culprit::database, "The database is not reached."};
  if (r.database == Reach::some) {
    return {Culprit::network, "Some orchestrators reach the database and others do not."};
  }
  if (database_slow(r)) {
    return {Culprit::database, "Transactions are slow: " + p95_text(r) + "."};
  }
  if (database_fails(r)) return {Culprit::database, "Transactions fail: " + p95_text(r) + "."};
  if (clock_moved(r)) {
    return {Culprit::database, "Its clock moved by " + format_seconds(r.clock_offset) + "."};
  }
  if (r.queue == Reach::none) return {Culprit::queue, "The queue is not reached."};
  if (r.queue == Reach::some) {
    return {Culprit::network, "Some orchestrators reach the queue and others do not."};
  }
  if (r.answering < r.orchestrators) {
    return {Culprit::orchestrator, "Only " +
                                       of(static_cast<std::int64_t>(r.answering),
                                          static_cast<std::int64_t>(r.orchestrators)) +
                                       " orchestrators answer."};
  }
  if (rounds_fail(r)) {
    return {Culprit::database, "Searches for what is due fail: " + of(r.failed_rounds, r.rounds) +
                                   " rounds of the background loops."};
  }
  return {};
}

Cause data_plane_cause(const Readings& r) {
  if (r.secret_failures >= kFew) {
    return {Culprit::secrets, "Runners cannot fetch the secrets of their jobs."};
  }
  if (uploads_fail(r)) return {Culprit::artifacts, "Artifacts cannot be stored."};
  if (many_expired(r) && r.stale_messages > 0) {
    return {Culprit::network,
            "Leases expire although their holders live: their messages come late."};
  }
  if (runners_gone(r) || r.runners == 0) {
    return {Culprit::runners,
            "Runners are gone: " + of(r.runners, r.runners_before) + " are seen."};
  }
  if (many_expired(r)) return {Culprit::runners, "Runners let their leases expire."};
  return {};
}

/// Nothing is broken, and yet something does not keep up.
Cause load_cause(const Readings& r) {
  if (share(r.not_done, r.answers) > limits::kErrorShare) {
    return {Culprit::orchestrator, "Requests are turned away, and no dependency explains it."};
  }
  if (schedules_late(r))
    return {Culprit::orchestrator, "Schedules are due, and nobody fires them."};
  if (r.queue_oldest.value_or(0s) <= limits::kQueueAge)
    return {Culprit::none, "Nothing is failing."};
  if (r.granted == 0 && r.busy_slots < r.slots) {
    return {Culprit::queue, "Work waits, slots are free, and nothing is dispatched."};
  }
  return {Culprit::runners,
          "Work waits for runners: " + of(r.busy_slots, r.slots) + " slots are busy."};
}

Cause cause(const Readings& r) {
  for (const auto& look : {root_cause, data_plane_cause}) {
    if (Cause found = look(r); found.culprit != Culprit::none) return found;
  }
  return load_cause(r);
}

std::vector<Symptom> symptoms(const Readings& r) {
  std::vector<Symptom> found;
  const bool waits = r.queue_oldest.value_or(0s) > kWaiting;
  if ((waits && r.granted == 0) || r.queue_oldest.value_or(0s) > limits::kQueueAge) {
    found.push_back({"CI appears stuck", {kQueue, kRunners, kExpiry, kDatabase}});
  }
  if (r.retried_blameless > 0) {
    found.push_back({"jobs retry unexpectedly", {kExpiry, kRunners, kErrors}});
  }
  if (many_expired(r)) found.push_back({"many jobs re-run at once", {kExpiry, kErrors, kDatabase}});
  if (r.missing_artifacts > 0) found.push_back({"logs or artifacts missing", {kUploads}});
  if (r.not_done > 0 || r.missed_scrapes > 0) {
    found.push_back({"API errors", {kErrors, kDatabase, kQueue}});
  }
  return found;
}

}  // namespace

Diagnosis diagnose(const ScrapeHistory& history, Duration window) {
  const Readings readings = read(history, window);
  Diagnosis diagnosis;
  for (const auto& look : {check_database, check_queue, check_background, check_errors,
                           check_runners, check_expiry, check_uploads, check_secrets}) {
    diagnosis.checks.push_back(look(readings));
  }
  diagnosis.symptoms = symptoms(readings);
  Cause found = cause(readings);
  diagnosis.culprit = found.culprit;
  diagnosis.reason = std::move(found.reason);
  return diagnosis;
}

}  // namespace delta::doctor
