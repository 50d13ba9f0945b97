// wake-up: every row that is not terminal has something that moves it by a bounded time.
#include <algorithm>
#include <set>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

/// A row's times were computed before its commit, so bounds counted from the commit hold too; or
/// from the clock as its transaction read it, when that has gone back meanwhile.
class WakeUp final : public Checker {
 public:
  WakeUp(Report report, const Settings& settings)
      : Checker(std::move(report)), settings_(settings), longest_ttl_(settings.lease_ttl) {}

  std::string_view name() const override { return "wake-up"; }

  void on_commit(const CommitView& view) override {
    if (view.writes.control) {
      longest_ttl_ = std::max(longest_ttl_, view.writes.control->policy.lease_ttl);
    }
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt& row = view.writes.attempts[i].row;
      const Attempt* before = view.before.attempts[i];
      const bool changed = before == nullptr || before->state != row.state;
      if (changed) follow_waiting(row);
      if (changed && row.state == AttemptState::queued) judge_dispatched(view, row);
      if (!is_terminal(row.state)) judge_times(std::max(view.now, view.read), row);
    }
    for (const ScheduleWrite& write : view.writes.schedules) {
      const Schedule& row = write.row;
      const bool active = row.state == ScheduleState::active;
      judge(active == (row.next_fire != kNever), [&] {
        return Finding{{},
                       "a schedule is active without a next fire, or has one and is not",
                       {describe(row)},
                       {}};
      });
    }
    for (const JobWrite& write : view.writes.jobs) {
      const Job& row = write.row;
      const bool stuck =
          row.state == JobState::open && row.unmet == 0 && waiting_.contains({row.run, row.index});
      judge(!stuck, [&] {
        return Finding{{}, "a job waits although nothing is unmet", {describe(row)}, row.run};
      });
    }
    for (const RunWrite& write : view.writes.runs) {
      judge(is_terminal(write.row.state) || write.row.open_jobs > 0, [&] {
        return Finding{
            {}, "a run is open without an open job", {describe(write.row)}, write.row.id};
      });
    }
  }

 private:
  void follow_waiting(const Attempt& row) {
    if (row.state == AttemptState::waiting) {
      waiting_.insert({row.run, row.job});
    } else if (row.number == 1) {  // only first tries ever wait
      waiting_.erase({row.run, row.job});
    }
  }

  void judge_dispatched(const CommitView& view, const Attempt& row) {
    const bool sent = std::ranges::any_of(
        view.writes.outbox, [&row](const Dispatch& entry) { return entry.attempt == row.id; });
    judge(sent, [&] { return found("an attempt is queued without an outbox row", row); });
  }

  void judge_times(DbTime now, const Attempt& row) {
    switch (row.state) {
      case AttemptState::queued:
        judge(row.available_at <= now + settings_.retry_backoff_max,
              [&] { return found("an attempt becomes available too late", row); });
        return;
      case AttemptState::leased:
        judge(row.expires_at <= now + settings_.ack_window,
              [&] { return found("a grant outlives the window for its start", row); });
        return;
      case AttemptState::starting:
      case AttemptState::running:
      case AttemptState::uploading:
        judge(row.expires_at <= now + longest_ttl_,
              [&] { return found("a lease outlives its TTL", row); });
        return;
      case AttemptState::cancel_requested:
        judge(row.cancel_deadline <= now + settings_.cancel_deadline,
              [&] { return found("a cancellation has no near deadline", row); });
        return;
      case AttemptState::waiting:  // judged with its job
      case AttemptState::succeeded:
      case AttemptState::failed:
      case AttemptState::timed_out:
      case AttemptState::lost:
      case AttemptState::cancelled:
      case AttemptState::skipped: return;
    }
  }

  static Finding found(const char* message, const Attempt& row) {
    return {{}, message, {describe(row)}, row.run};
  }

  const Settings& settings_;
  Duration longest_ttl_;           ///< that was ever in force
  std::set<sim::JobKey> waiting_;  ///< jobs whose attempt waits for other jobs
};

}  // namespace

std::unique_ptr<Checker> make_wake_up(Checker::Report report, const Settings& settings) {
  return std::make_unique<WakeUp>(std::move(report), settings);
}

}  // namespace aftershock
