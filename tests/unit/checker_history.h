// Commits for the tests of the checkers: the good ones come from decide(), batched as a committer
// does; the bad ones are tampered with by hand before the checker sees them.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "core/decide.h"
#include "harness/checkers/checker.h"

namespace aftershock::checker_tests {

using namespace delta;

inline constexpr RunId kRun{7, 1};
inline constexpr OperationId kOperation{8, 1};  ///< of the run's submission

/// The committed tables, and what messages make of them.
class History {
 public:
  /// What one transaction with these messages writes. Nothing is committed.
  WriteSet decided(std::span<const Message> messages) {
    WriteSet writes;
    delta::Rows rows = tables.rows();
    Context context = context_of(tables.control(), now, settings);
    context.grace_until = tables.control().grace_until;
    for (const Message& message : messages) {
      ++nonce_;
      const Envelope envelope{message, {ActorKind::runner, 1}, {nonce_, nonce_}};
      const Decision decision = decide(rows, envelope, context, settings);
      collect(rows, writes, decision);
      if (decision.accepted()) add_operation(rows, writes, message);
    }
    return writes;
  }
  WriteSet decided(const Message& message) { return decided(std::span(&message, 1)); }

  /// Shows the commit to the observer, then makes it visible. It is durable 1 ms after `now`.
  void commit(WriteSet writes) {
    sim::BeforeImages before;
    for (const RunWrite& write : writes.runs) before.runs.push_back(tables.run(write.row.id));
    for (const JobWrite& write : writes.jobs) {
      before.jobs.push_back(tables.job(write.row.run, write.row.index));
    }
    for (const AttemptWrite& write : writes.attempts) {
      before.attempts.push_back(tables.attempt(write.row.id));
    }
    for (const ScheduleWrite& write : writes.schedules) {
      before.schedules.push_back(tables.schedule(write.row.id));
    }
    for (AuditEvent& event : writes.audit) {
      if (event.serial == 0) event.serial = ++serial_;
    }
    observer({now + 1ms, now, ++commits_, 0, writes, before});
    for (const RunWrite& write : writes.runs) tables.put(write.row);
    for (const JobWrite& write : writes.jobs) tables.put(write.row);
    for (const AttemptWrite& write : writes.attempts) tables.put(write.row);
    for (const ScheduleWrite& write : writes.schedules) tables.put(write.row);
    for (const AuditEvent& event : writes.audit) tables.append(event);
    for (const StoredOperation& operation : writes.operations) tables.put(operation);
    for (const Dispatch& entry : writes.outbox) {
      tables.put(OutboxRow{++outbox_serial_, entry.attempt, entry.due});
    }
    if (writes.control) tables.put(*writes.control);
  }

  Settings settings;
  sim::Tables tables;
  DbTime now{1h};
  std::function<void(const CommitView&)> observer;

 private:
  template <class Writes, class Same>
  static auto& slot(Writes& writes, Same same) {
    const auto known = std::ranges::find_if(writes, same);
    return known != writes.end() ? *known : writes.emplace_back();
  }

  static void collect(delta::Rows& rows, WriteSet& writes, const Decision& decision) {
    for (const delta::Run& row : decision.rows.runs) {
      slot(writes.runs, [&](const RunWrite& w) { return w.row.id == row.id; }).row = row;
      rows.put(row);
    }
    for (const Job& row : decision.rows.jobs) {
      slot(writes.jobs, [&](const JobWrite& w) {
        return w.row.run == row.run && w.row.index == row.index;
      }).row = row;
      rows.put(row);
    }
    for (const Attempt& row : decision.rows.attempts) {
      slot(writes.attempts, [&](const AttemptWrite& w) { return w.row.id == row.id; }).row = row;
      rows.put(row);
    }
    for (const Schedule& row : decision.rows.schedules) {
      slot(writes.schedules, [&](const ScheduleWrite& w) { return w.row.id == row.id; }).row = row;
      rows.put(row);
    }
    if (decision.event) writes.audit.push_back(*decision.event);
    std::ranges::copy(decision.dispatches, std::back_inserter(writes.outbox));
  }

  void add_operation(const delta::Rows& rows, WriteSet& writes, const Message& message) const {
    Response reply;
    OperationId id{9, nonce_};
    if (const auto* submit = std::get_if<Submit>(&message)) {
      id = {kOperation.hi, submit->run.lo};
      reply.body = SubmitReply{submit->run, rows.run(submit->run)->audit};
    } else if (const auto* acquire = std::get_if<Acquire>(&message)) {
      const Attempt* row = rows.attempt(acquire->attempt);
      reply.body = AcquireReply{{{row->ref(), row->epoch, row->spec}}};
    } else {
      return;
    }
    writes.operations.push_back({{id, nonce_}, reply});
  }

  std::uint64_t nonce_ = 0;
  std::uint64_t serial_ = 0;
  std::uint64_t outbox_serial_ = 0;
  std::uint64_t commits_ = 0;
};

}  // namespace aftershock::checker_tests
