// one-live-lease: a job has one holder at a time, and nobody takes a lease from its holder before
// its end: not before the latest end it was promised, not within the grace of an outage. Nor does
// its holder go on working when it is over.
#include <map>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"
#include "harness/checkers/grace_history.h"

namespace aftershock {

using namespace delta;

namespace {

/// Of the run as committed; the row is written whenever a message about the run is on record.
DbTime run_deadline(const CommitView& view, RunId id) {
  for (std::size_t i = 0; i < view.writes.runs.size(); ++i) {
    if (view.writes.runs[i].row.id != id) continue;
    const Run* before = view.before.runs[i];
    return before != nullptr ? before->deadline : view.writes.runs[i].row.deadline;
  }
  return kNever;
}

/// The first message of the commit that ended the attempt's lease; null: there is none.
const AuditEvent* end_of(const CommitView& view, const Attempt& after) {
  for (const AuditEvent& event : view.writes.audit) {
    if (event.refused) continue;
    const bool own = event.attempt == after.id && is_terminal(static_cast<AttemptState>(event.to));
    const bool of_run =
        event.run == after.run && std::holds_alternative<RunTimeOut>(event.what.message);
    if (own || of_run) return &event;
  }
  return nullptr;
}

class OneLiveLease final : public Checker {
 public:
  OneLiveLease(Report report, const Settings& settings)
      : Checker(std::move(report)), grace_(settings) {}

  std::string_view name() const override { return "one-live-lease"; }

  void on_commit(const CommitView& view) override {
    if (view.now < last_now_) follow_clock(view.now - last_now_);
    last_now_ = view.now;
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt* before = view.before.attempts[i];
      const Attempt& after = view.writes.attempts[i].row;
      if (before != nullptr && is_live(before->state) && !is_live(after.state)) {
        judge_end(view, *before, after);
      }
    }
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt& after = view.writes.attempts[i].row;
      if (is_live(after.state)) judge_holder(view.before.attempts[i], after);
    }
    for (const JobWrite& write : view.writes.jobs) {
      if (is_terminal(write.row.state)) jobs_.erase({write.row.run, write.row.index});
    }
    grace_.on_commit(view);
  }

  void on_expiry(const Attempt& lost, bool worked_on) override {
    judge(!worked_on, [&] {
      return Finding{{}, "a lease expired while its holder works on", {describe(lost)}, lost.run};
    });
  }

  /// Who ends leases by hand breaks the promise, not the product.
  void on_outside_write(const CommitView& view) override {
    for (const AttemptWrite& write : view.writes.attempts) {
      const auto lease = jobs_.find({write.row.run, write.row.job});
      if (lease != jobs_.end()) lease->second.promised = write.row.expires_at;
    }
  }

  void on_rewind(const sim::Tables& tables) override {
    grace_.on_rewind(tables);
    jobs_.clear();
    for (const auto& [id, row] : tables.attempts()) {
      const Job* job = tables.job(row.run, row.job);
      if (job == nullptr || is_terminal(job->state)) continue;
      Lease& lease = jobs_[{row.run, row.job}];
      lease.epoch = std::max(lease.epoch, row.epoch);
      if (is_live(row.state)) lease = {id, lease.epoch, row.expires_at};
    }
  }

 private:
  struct Lease {
    AttemptId holder;         ///< nil: nobody
    std::uint32_t epoch = 0;  ///< of the job's last lease
    DbTime promised{};        ///< the latest end that a commit gave this holder
  };

  /// The database's clock went back: what is left of a promise stays as long as it was.
  void follow_clock(Duration jump) {
    for (auto& [job, lease] : jobs_) lease.promised += jump;
  }

  void judge_holder(const Attempt* before, const Attempt& after) {
    Lease& lease = jobs_[{after.run, after.job}];
    if (before != nullptr && is_live(before->state)) {
      judge(before->runner == after.runner && before->epoch == after.epoch &&
                before->token_hash == after.token_hash,
            [&] { return found("a live lease changed its holder", *before, after); });
      // A start replaces the short window of the grant by a whole TTL; else a lease only grows.
      const bool started = before->state == AttemptState::leased && after.state != before->state;
      lease.promised = started ? after.expires_at : std::max(lease.promised, after.expires_at);
      return;
    }
    judge(lease.holder.is_nil() || lease.holder == after.id, [&] {
      Finding finding{{}, "a second attempt of the job is live", {describe(after)}, after.run};
      finding.rows.push_back("attempt " + to_string(lease.holder) + " is live too");
      return finding;
    });
    judge(after.epoch > lease.epoch, [&] {
      return Finding{{},
                     "the lease's epoch is not above the job's last, " +
                         std::to_string(lease.epoch) + ": it fences nobody off",
                     {describe(after)},
                     after.run};
    });
    lease = {after.id, after.epoch, after.expires_at};
  }

  void judge_end(const CommitView& view, const Attempt& before, const Attempt& after) {
    Lease& lease = jobs_[{after.run, after.job}];
    const DbTime promised = std::max({before.expires_at, lease.promised, after.expires_at});
    if (lease.holder == after.id) lease.holder = {};
    const AuditEvent* event = end_of(view, after);
    judge(event != nullptr,
          [&] { return found("a lease ended without a message", before, after); });
    if (event == nullptr) return;
    // The message's own clock, but never one ahead of the database's at the commit.
    const DbTime now = std::min(event->context.now, std::max(view.now, view.read));
    const DbTime due = due_time(view, *event, before, after, promised);
    judge(now >= due, [&] {
      Finding finding = found(
          "a lease was taken from its holder " + format_duration(due - now) + " before its end",
          before, after);
      finding.rows.push_back(describe(*event));
      return finding;
    });
  }

  /// When the message may end the lease at the earliest.
  DbTime due_time(const CommitView& view, const AuditEvent& event, const Attempt& before,
                  const Attempt& after, DbTime promised) const {
    const Message& message = event.what.message;
    if (std::holds_alternative<Expire>(message)) {
      const DbTime known = grace_.at(event.context.now).value_or(DbTime{});
      return std::max({promised, event.context.grace_until, known});
    }
    if (std::holds_alternative<ForceCancel>(message)) {
      const bool requested = before.state == AttemptState::cancel_requested;
      return requested ? before.cancel_deadline : after.cancel_deadline;
    }
    if (std::holds_alternative<TimeOut>(message)) {
      // A start in this very commit has set it.
      return before.state == AttemptState::leased ? after.deadline : before.deadline;
    }
    if (std::holds_alternative<RunTimeOut>(message)) return run_deadline(view, after.run);
    return DbTime::min();  // its holder's own message, or an operator's
  }

  static Finding found(std::string message, const Attempt& before, const Attempt& after) {
    return {{},
            std::move(message),
            {"before: " + describe(before), "after: " + describe(after)},
            after.run};
  }

  std::map<sim::JobKey, Lease> jobs_;  ///< that are open and were leased
  GraceHistory grace_;
  DbTime last_now_{};
};

}  // namespace

std::unique_ptr<Checker> make_one_live_lease(Checker::Report report, const Settings& settings) {
  return std::make_unique<OneLiveLease>(std::move(report), settings);
}

}  // namespace aftershock
