// The newest part of the audit log: chains that hold together, and events that fit their digests.
// All of it is read by `delta-orchestrator verify`, which replays it. A run's own chain also takes
// the heads of its attempts, so that only a replay can follow it.
#include <pqxx/transaction_base>

#include "core/audit.h"
#include "harness/check/check.h"
#include "orchestrator/adapters/postgres/rows.h"

namespace aftershock::check {
namespace {

constexpr std::string_view kForged =
    "Somebody changed or deleted audit events, or the server lost some. Compare with the heads "
    "that "
    "the witness has, run `delta-orchestrator verify`, and restore from a backup of before.";

/// Recomputed here: the digest is over the event's canonical bytes, which SQL does not know.
std::vector<std::string> events_unlike_their_digests(pqxx::transaction_base& moment) {
  std::vector<std::string> found;
  for (const auto& row :
       moment.exec("SELECT serial, run_id, attempt_id, schedule, number, event, previous, digest "
                   "FROM audit ORDER BY serial DESC LIMIT 1000")) {
    const delta::AuditEvent event = delta::postgres::read_event(row);
    if (digest_of(event) == event.digest) continue;
    found.push_back("event " + std::to_string(event.serial) + " of run " + to_string(event.run));
  }
  return found;
}

}  // namespace

std::vector<Check> audit_checks() {
  return {
      {.name = "audit-events",
       .meaning = "One of the newest 1,000 audit events is not what its digest says.",
       .action = kForged,
       .sql = {},
       .look = events_unlike_their_digests},
      {.name = "audit-chains",
       .meaning = "Of the newest 10,000 audit events of attempts, one does not continue its chain.",
       .action = kForged,
       .sql = "SELECT 'event ' || next.serial || ' of attempt ' || next.attempt_id FROM "
              "(SELECT * FROM audit ORDER BY serial DESC LIMIT 10000) AS next "
              "LEFT JOIN audit AS former ON former.run_id = next.run_id "
              "AND former.attempt_id = next.attempt_id AND former.number = next.number - 1 "
              "WHERE next.attempt_id <> '00000000-0000-0000-0000-000000000000' "
              "AND next.number > 1 AND former.digest IS DISTINCT FROM next.previous"},
      {.name = "audit-heads",
       .meaning =
           "An attempt of the newest 10,000 audit events is ahead of its chain or behind it.",
       .action = kForged,
       .sql = "SELECT 'attempt ' || attempt.id FROM attempt JOIN "
              "(SELECT DISTINCT run_id, attempt_id FROM (SELECT run_id, attempt_id FROM audit "
              "ORDER BY serial DESC LIMIT 10000) AS newest) AS touched "
              "ON touched.attempt_id = attempt.id "
              "LEFT JOIN audit AS head ON head.run_id = attempt.run_id "
              "AND head.attempt_id = attempt.id AND head.number = attempt.audit_length "
              "WHERE head.digest IS DISTINCT FROM attempt.audit_digest "
              "OR EXISTS (SELECT FROM audit AS later WHERE later.run_id = attempt.run_id "
              "AND later.attempt_id = attempt.id AND later.number > attempt.audit_length)"},
  };
}

}  // namespace aftershock::check
