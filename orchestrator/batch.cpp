#include "orchestrator/batch.h"

#include <algorithm>

#include "orchestrator/replies.h"
#include "orchestrator/tally.h"

namespace delta {

namespace {

OpenRequest locks_for(std::span<const Work> works, OnLocked on_locked) {
  OpenRequest request;
  request.on_locked = on_locked;
  for (const Work& work : works) {
    if (work.operation) request.operations.push_back(*work.operation);
    for (const Envelope& envelope : work.messages) {
      const Footprint need = footprint(envelope.message);
      if (need.scope == Scope::nothing) continue;
      if (need.scope == Scope::control) {
        request.control = true;
        continue;
      }
      if (need.scope == Scope::schedule) {
        request.schedules.push_back(need.schedule);
        continue;
      }
      if (need.scope != Scope::attempt) {
        request.runs.push_back({need.ref.run, need.scope, need.ref.job});
      }
      if (need.scope != Scope::run) request.attempts.push_back(need.ref.attempt);
    }
  }
  return request;
}

/// The state of one batch between open and commit.
class Batch {
 public:
  Batch(Opened opened, const Settings& settings)
      : opened_(std::move(opened)),
        settings_(settings),
        context_(context_of(opened_.control, opened_.now, settings)) {
    if (opened_.control_locked) opened_.rows.control = opened_.control;
  }

  Response run(const Work& work) {
    MetricsTally& tally = tallies_.emplace_back();
    if (const StoredOperation* known = existing(work.operation)) {
      count_as_done(work);
      return repeat(*known, work.operation->digest);
    }
    verdicts_.clear();
    for (const Envelope& envelope : work.messages) {
      Decision decision = decide(opened_.rows, envelope, context_, settings_);
      verdicts_.push_back(decision.refused);
      tally_decision(opened_.rows, context_, envelope.message, decision, tally);
      apply(std::move(decision));
    }
    if (std::ranges::count(verdicts_, Reason::already_done) > 0) count_as_done(work);
    Response response = work.reply({verdicts_, opened_.rows, opened_.control, context_});
    if (work.operation && response.status == Status::unavailable) {
      writes_.withdrawn.push_back(work.operation->id);
    } else if (work.operation) {
      writes_.operations.push_back({*work.operation, response});
    }
    return response;
  }

  WriteSet take_writes() { return std::move(writes_); }
  std::vector<MetricsTally> take_tallies() { return std::move(tallies_); }
  bool found_done() const { return found_done_; }
  DbTime now() const { return context_.now; }
  const Control& control() const { return opened_.control; }

 private:
  const StoredOperation* existing(const std::optional<OperationKey>& key) const {
    if (!key) return nullptr;
    for (const StoredOperation& operation : opened_.existing) {
      if (operation.key.id == key->id) return &operation;
    }
    return nullptr;
  }

  /// The work was done before; if by a try of ours, that one could not count it.
  void count_as_done(const Work& work) {
    if (!work.in_doubt) return;
    tallies_.back() = *work.in_doubt;
    found_done_ = true;
  }

  static Response repeat(const StoredOperation& known, std::uint64_t digest) {
    if (known.key.digest == digest) return known.reply;
    return failure_reply(Status::key_reused, "the operation key was used for another request");
  }

  void apply(Decision decision) {
    for (Run& row : decision.rows.runs) write(std::move(row));
    for (Job& row : decision.rows.jobs) write(row);
    for (Attempt& row : decision.rows.attempts) write(std::move(row));
    for (Schedule& row : decision.rows.schedules) write(std::move(row));
    if (decision.rows.control) write(*decision.rows.control);
    if (decision.event) writes_.audit.push_back(std::move(*decision.event));
    writes_.outbox.insert(writes_.outbox.end(), decision.dispatches.begin(),
                          decision.dispatches.end());
  }

  void write(Run row) {
    const auto known =
        std::ranges::find(writes_.runs, row.id, [](const RunWrite& w) { return w.row.id; });
    if (known != writes_.runs.end()) {
      known->row = row;
    } else {
      const Run* before = opened_.rows.run(row.id);
      writes_.runs.push_back({row, before ? std::optional(before->state) : std::nullopt});
    }
    opened_.rows.put(std::move(row));
  }

  void write(const Job& row) {
    const auto known = std::ranges::find_if(writes_.jobs, [&row](const JobWrite& w) {
      return w.row.run == row.run && w.row.index == row.index;
    });
    if (known != writes_.jobs.end()) {
      known->row = row;
    } else {
      writes_.jobs.push_back({row, opened_.rows.job(row.run, row.index) == nullptr});
    }
    opened_.rows.put(row);
  }

  void write(Attempt row) {
    const auto known =
        std::ranges::find(writes_.attempts, row.id, [](const AttemptWrite& w) { return w.row.id; });
    if (known != writes_.attempts.end()) {
      known->row = row;
    } else {
      const Attempt* before = opened_.rows.attempt(row.id);
      std::optional<AttemptFence> fence;
      if (before != nullptr) {
        fence = AttemptFence{before->state, before->epoch, before->token_hash, before->generation};
      }
      writes_.attempts.push_back({row, fence});
    }
    opened_.rows.put(std::move(row));
  }

  void write(Schedule row) {
    const auto known = std::ranges::find(writes_.schedules, row.id,
                                         [](const ScheduleWrite& w) { return w.row.id; });
    if (known != writes_.schedules.end()) {
      known->row = row;
    } else {
      const Schedule* before = opened_.rows.schedule(row.id);
      writes_.schedules.push_back(
          {row, before ? std::optional(before->audit.length) : std::nullopt});
    }
    opened_.rows.put(std::move(row));
  }

  void write(const Control& row) {
    opened_.control = row;
    opened_.rows.control = row;
    writes_.control = row;
    context_ = context_of(row, opened_.now, settings_);
  }

  Opened opened_;
  const Settings& settings_;
  Context context_;
  std::vector<std::optional<Reason>> verdicts_;
  WriteSet writes_;
  std::vector<MetricsTally> tallies_;
  bool found_done_ = false;
};

BatchResult failed(const DbError& error) {
  BatchResult result;
  result.detail = error.detail;
  result.conflict = error.conflict;
  switch (error.kind) {
    case DbFailure::unavailable: result.outcome = BatchOutcome::unavailable; break;
    case DbFailure::conflict: result.outcome = BatchOutcome::conflict; break;
    case DbFailure::rejected: result.outcome = BatchOutcome::rejected; break;
  }
  return result;
}

BatchResult run_uncounted(Session& session, std::span<const Work> works, const Settings& settings,
                          OnLocked on_locked) {
  auto opened = session.open(locks_for(works, on_locked));
  if (!opened) return failed(opened.error());
  Batch batch(std::move(*opened), settings);
  BatchResult result;
  for (const Work& work : works) result.responses.push_back(batch.run(work));
  result.control = batch.control();
  WriteSet writes = batch.take_writes();
  result.tallies = batch.take_tallies();
  result.found_done = batch.found_done();
  if (writes.empty()) {
    session.rollback();
    result.outcome = BatchOutcome::committed;
    return result;
  }
  const std::vector<Dispatch> dispatches = writes.outbox;
  const CommitResult commit = session.commit(std::move(writes));
  if (commit.outcome == CommitOutcome::not_committed) return failed(commit.error);
  if (commit.outcome == CommitOutcome::unknown) {
    result.outcome = BatchOutcome::unknown;
    return result;
  }
  for (std::size_t i = 0; i < dispatches.size(); ++i) {
    const Duration delay = std::max(Duration(0), dispatches[i].due - batch.now());
    result.dispatches.push_back({commit.outbox.at(i), dispatches[i].attempt, delay});
  }
  result.outcome = BatchOutcome::committed;
  return result;
}

}  // namespace

BatchResult run_batch(OrchestratorContext& context, Session& session, std::span<const Work> works,
                      OnLocked on_locked) {
  const MonoTime begun = context.now();
  BatchResult result = run_uncounted(session, works, context.settings, on_locked);
  context.metrics.observe(Metric::transaction_duration, context.now() - begun);
  context.metrics.add({Metric::transactions_total, result.outcome});
  if (result.outcome == BatchOutcome::committed) {
    for (const MetricsTally& tally : result.tallies) context.metrics.add(tally);
  }
  return result;
}

}  // namespace delta
