// cancel-bounded: a cancellation has a deadline, and ends soon after it.
//
// "Soon" is counted in sweeps, not in time, so that an outage of the database or of all
// orchestrators excuses itself. A sweep begins with a commit of the control row; the transaction
// that ends what is due comes after it and may be lost on its own (connection dropped, commit in
// doubt, process killed, row locked and skipped). Faults of that kind last up to a minute, or as
// long as the drill has somebody lock rows, so the sweeps of that time are forgiven, and three. A
// sweep with a full batch is not counted: it may not have come to this attempt. In the final read
// nothing may be left whose deadline has passed.
#include <algorithm>
#include <map>
#include <set>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

bool is_reaping(const AuditEvent& event) {
  const Message& message = event.what.message;
  return std::holds_alternative<Expire>(message) || std::holds_alternative<ForceCancel>(message) ||
         std::holds_alternative<TimeOut>(message) || std::holds_alternative<RunTimeOut>(message);
}

class CancelBounded final : public Checker {
 public:
  CancelBounded(Report report, const Settings& settings, Duration longest_hold)
      : Checker(std::move(report)),
        settings_(settings),
        most_sweeps_(3 + static_cast<std::uint64_t>(std::max<Duration>(60s, longest_hold) /
                                                    settings.sweep_interval)) {}

  std::string_view name() const override { return "cancel-bounded"; }

  void on_commit(const CommitView& view) override {
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      follow(view, view.before.attempts[i], view.writes.attempts[i].row);
    }
    for (const AuditEvent& event : view.writes.audit) {
      if (is_reaping(event)) ++reaped_;
    }
    if (view.writes.control && view.writes.control->last_sweep != last_sweep_) {
      last_sweep_ = view.writes.control->last_sweep;
      if (reaped_ < settings_.sweep_batch / 2 + 1) count_sweep();
      reaped_ = 0;
    }
  }

  void on_rewind(const sim::Tables& tables) override {
    pending_.clear();
    by_deadline_.clear();
    for (const auto& [id, row] : tables.attempts()) {
      if (row.state == AttemptState::cancel_requested) remember(row);
    }
    last_sweep_ = tables.control().last_sweep;
    reaped_ = 0;
  }

  void on_final(const FinalRead& read) override {
    for (const auto& [deadline, id] : by_deadline_) {
      judge(deadline > read.now,
            [&, when = deadline, attempt = id] { return overdue(attempt, when, "at the end"); });
    }
  }

 private:
  using Key = std::pair<DbTime, AttemptId>;
  struct Pending {
    DbTime deadline;
    RunId run;
    std::uint64_t sweeps = 0;  ///< that began after the deadline
  };

  void follow(const CommitView& view, const Attempt* before, const Attempt& after) {
    const bool was = before != nullptr && before->state == AttemptState::cancel_requested;
    const bool is = after.state == AttemptState::cancel_requested;
    if (is && !was) {
      begin(view, after);
    } else if (is) {
      judge(before->cancel_deadline == after.cancel_deadline, [&] {
        return Finding{{},
                       "the deadline of a cancellation was moved",
                       {"before: " + describe(*before), "after: " + describe(after)},
                       after.run};
      });
    } else if (was) {
      const auto at = pending_.find(after.id);
      if (at == pending_.end()) return;
      by_deadline_.erase({at->second.deadline, after.id});
      pending_.erase(at);
    }
  }

  void begin(const CommitView& view, const Attempt& row) {
    DbTime requested = view.now;
    for (const AuditEvent& event : view.writes.audit) {
      const bool cancels = std::holds_alternative<Cancel>(event.what.message) && !event.refused;
      if (cancels && event.run == row.run) requested = event.context.now;
    }
    judge(row.cancel_deadline <= requested + settings_.cancel_deadline, [&] {
      return Finding{{},
                     "a cancellation of " + describe(requested) + " has its deadline at " +
                         describe(row.cancel_deadline),
                     {describe(row)},
                     row.run};
    });
    remember(row);
  }

  void remember(const Attempt& row) {
    pending_[row.id] = {row.cancel_deadline, row.run, 0};
    by_deadline_.insert({row.cancel_deadline, row.id});
  }

  void count_sweep() {
    for (const auto& [deadline, id] : by_deadline_) {
      if (deadline >= last_sweep_) break;
      Pending& pending = pending_.at(id);
      // Reported once, at the first sweep too many.
      judge(++pending.sweeps != most_sweeps_ + 1, [&, when = deadline, attempt = id] {
        return overdue(attempt, when, "after " + std::to_string(most_sweeps_ + 1) + " sweeps");
      });
    }
  }

  Finding overdue(AttemptId id, DbTime deadline, const std::string& when) const {
    return {{},
            "a cancellation is still not done " + when + ", past its deadline",
            {"attempt " + to_string(id) + " cancel_deadline=" + describe(deadline)},
            pending_.at(id).run};
  }

  const Settings& settings_;
  const std::uint64_t most_sweeps_;
  std::map<AttemptId, Pending> pending_;
  std::set<Key> by_deadline_;
  DbTime last_sweep_{};
  std::uint64_t reaped_ = 0;  ///< messages of sweeps since the last one began
};

}  // namespace

std::unique_ptr<Checker> make_cancel_bounded(Checker::Report report, const Settings& settings,
                                             Duration longest_hold) {
  return std::make_unique<CancelBounded>(std::move(report), settings, longest_hold);
}

}  // namespace aftershock
