#include "orchestrator/reaper.h"

#include "orchestrator/background.h"
#include "orchestrator/replies.h"

namespace delta {

namespace {

Message message_for(const DueItem& item) {
  switch (item.kind) {
    case DueKind::lease: return Expire{item.ref};
    case DueKind::cancellation: return ForceCancel{item.ref};
    case DueKind::timeout: return TimeOut{item.ref};
    case DueKind::run: return RunTimeOut{item.ref.run};
    case DueKind::generation: return Revoke{item.ref};
  }
  CHECK(false);
  return {};
}

}  // namespace

Reaper::Reaper(OrchestratorContext& context, DispatchSink& sink) : context_(context), sink_(sink) {}

void Reaper::start() {
  context_.ports.runtime.tasks.spawn("reaper", [this] { sweep_loop(); });
  context_.ports.runtime.tasks.spawn("purge", [this] { purge_loop(); });
}

void Reaper::sweep_loop() {
  Connection connection(context_.ports.database, context_.database);
  while (context_.next_round(BackgroundJob::sweep, context_.settings.sweep_interval)) {
    sweep(connection);
  }
}

void Reaper::purge_loop() {
  Connection connection(context_.ports.database, context_.database);
  const PurgeRequest request{.age = context_.settings.operation_ttl};
  while (context_.stop.sleep_until(context_.jittered(context_.settings.purge_interval))) {
    for (std::uint32_t deleted = request.limit; deleted == request.limit;) {
      Session* session = connection.session();
      if (session == nullptr) break;
      const auto purged = session->purge_operations(request);
      if (!purged) {
        connection.lost();
        break;
      }
      connection.worked();
      deleted = *purged;
    }
  }
}

void Reaper::sweep(Connection& connection) {
  const MonoTime begun = context_.now();
  const auto plan = begin_sweep(connection);
  if (!plan) return;
  const auto expired = end_due(connection, plan->may_expire);
  context_.count(BackgroundJob::sweep, begun, expired.has_value());
  // A whole sweep: it was allowed to end leases, and left none behind for the next one.
  const bool whole = expired && plan->may_expire && *expired < context_.settings.sweep_batch;
  if (whole && !plan->control.grace_available) {
    static_cast<void>(store(connection, after_whole_sweep(*plan)));
  }
}

std::optional<SweepPlan> Reaper::begin_sweep(Connection& connection) {
  Session* session = connection.session();
  if (session == nullptr) return std::nullopt;
  const MonoTime before = context_.now();
  const auto opened = session->open({.control = true, .on_locked = OnLocked::skip});
  if (!opened) {
    if (opened.error().kind == DbFailure::unavailable) connection.lost();
    return std::nullopt;
  }
  context_.metrics.set(Metric::db_clock_offset,
                       database_clock_.look(before, opened->now, context_.now()));
  context_.policy.look(opened->control);
  if (!opened->control_locked || is_fresh(opened->control, opened->now, context_.settings)) {
    session->rollback();
    connection.worked();
    return std::nullopt;
  }
  SweepPlan plan = plan_sweep(opened->control, opened->now, context_.settings);
  WriteSet writes;
  writes.control = plan.control;
  const CommitResult commit = session->commit(std::move(writes));
  if (commit.outcome == CommitOutcome::committed) {
    connection.worked();
    return plan;
  }
  connection.lost();
  // It may have counted as a sweep, so it has to be one: what it ends is checked under the lock.
  if (commit.outcome == CommitOutcome::unknown) return plan;
  return std::nullopt;
}

bool Reaper::store(Connection& connection, const Control& control) {
  Session* session = connection.session();
  if (session == nullptr) return false;
  const auto opened = session->open({.control = true, .on_locked = OnLocked::skip});
  if (!opened) {
    if (opened.error().kind == DbFailure::unavailable) connection.lost();
    return false;
  }
  // Another sweep may have granted grace meanwhile: then ours was not the last word.
  if (!opened->control_locked || opened->control.grace_until != control.grace_until) {
    session->rollback();
    return false;
  }
  WriteSet writes;
  writes.control = opened->control;
  writes.control->grace_available = control.grace_available;
  const bool committed = session->commit(std::move(writes)).outcome == CommitOutcome::committed;
  if (!committed) connection.lost();
  return committed;
}

std::optional<std::size_t> Reaper::end_due(Connection& connection, bool may_expire) {
  Session* session = connection.session();
  if (session == nullptr) return std::nullopt;
  const auto found = session->find(FindDue{.limit = context_.settings.sweep_batch});
  if (!found) {
    connection.lost();
    return std::nullopt;
  }
  std::vector<Work> works;
  std::size_t leases = 0;
  for (const DueItem& item : found->due) {
    if (item.kind == DueKind::lease) ++leases;
    if (item.kind == DueKind::lease && !may_expire) continue;
    works.push_back(work_for(item));
  }
  const auto done = commit_background(context_, connection, sink_, works);
  context_.count_items(BackgroundJob::sweep, done.accepted);
  if (!done.all) return std::nullopt;  // the next sweep finds it again
  return leases;
}

Work Reaper::work_for(const DueItem& item) {
  Work work;
  work.messages.push_back(
      {message_for(item), {ActorKind::orchestrator, context_.id}, context_.nonce()});
  work.reply = [](const Decided& decided) { return verdict_reply(decided.verdicts[0]); };
  return work;
}

}  // namespace delta
