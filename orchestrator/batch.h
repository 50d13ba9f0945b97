// One transaction for many messages: group commit. Decides each message in order on an identity
// map of the locked rows and writes every changed row once.
#pragma once

#include <functional>
#include <span>

#include "core/metrics.h"
#include "core/ports/database.h"
#include "orchestrator/context.h"

namespace delta {

/// Refusals of a work's messages, in order; none: accepted.
using Verdicts = std::span<const std::optional<Reason>>;
/// What a work came to: verdicts, the rows as they are after it, and what it was decided by.
struct Decided {
  Verdicts verdicts;
  const Rows& rows;
  const Control& control;  ///< as it was read, or as the batch has changed it
  const Context& context;
};
/// Builds the answer. One that says `unavailable` is not stored with the operation's key.
using ReplyMaker = std::function<Response(const Decided&)>;

/// One request's share of a transaction.
struct Work {
  std::optional<OperationKey> operation;
  std::vector<Envelope> messages;
  ReplyMaker reply;
  Responder respond;
  /// What an earlier try of unknown outcome has to count, if it turns out to have committed.
  std::optional<MetricsTally> in_doubt = {};
};

/// A committed dispatch that waits to be published.
struct PendingDispatch {
  std::uint64_t serial = 0;  ///< of its outbox row
  AttemptId attempt;
  Duration delay = 0s;  ///< from the commit; a duration, because clocks must not be mixed
};

enum class BatchOutcome : std::uint8_t { committed, unavailable, conflict, rejected, unknown };

struct BatchResult {
  BatchOutcome outcome = BatchOutcome::unavailable;
  std::vector<Response> responses;  ///< committed: one for each work
  std::vector<PendingDispatch> dispatches;
  std::optional<Control> control;     ///< committed: as the transaction saw it, or left it
  std::vector<MetricsTally> tallies;  ///< committed or unknown: one for each work
  bool found_done = false;            ///< committed: an earlier try in doubt had done some of it
  std::string detail;
  std::optional<Conflict> conflict;  ///< outcome conflict: with what
};

/// Runs the works in one transaction on an idle session. Suspends. Sends no answer. Counts the
/// transaction, and what it changed when it has committed.
BatchResult run_batch(OrchestratorContext& context, Session& session, std::span<const Work> works,
                      OnLocked on_locked);

}  // namespace delta
