// terminal-is-final: nothing leaves a terminal state. Only chain heads may still grow, by messages
// that were refused and put on record.
#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

bool same_but_chain(const Run& a, const Run& b) {
  return a.state == b.state && a.open_jobs == b.open_jobs &&
         a.required_failed == b.required_failed && a.required_timed_out == b.required_timed_out &&
         a.required_skipped == b.required_skipped && a.submitted_at == b.submitted_at &&
         a.finished_at == b.finished_at && a.deadline == b.deadline &&
         a.audit.length <= b.audit.length;
}

bool same(const Job& a, const Job& b) {
  return a.state == b.state && a.unmet == b.unmet && a.attempts == b.attempts &&
         a.failures == b.failures && a.losses == b.losses && a.current == b.current &&
         a.checkpoint == b.checkpoint;
}

bool same_but_chain(const Attempt& a, const Attempt& b) {
  return a.state == b.state && a.lease_end == b.lease_end && a.epoch == b.epoch &&
         a.generation == b.generation && a.token_hash == b.token_hash && a.runner == b.runner &&
         a.number == b.number && a.run == b.run && a.job == b.job && a.expires_at == b.expires_at &&
         a.deadline == b.deadline && a.cancel_deadline == b.cancel_deadline &&
         a.audit.length <= b.audit.length;
}

class TerminalIsFinal final : public Checker {
 public:
  explicit TerminalIsFinal(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "terminal-is-final"; }

  void on_commit(const CommitView& view) override {
    for (std::size_t i = 0; i < view.writes.runs.size(); ++i) {
      const Run& after = view.writes.runs[i].row;
      const Run* before = view.before.runs[i];
      if (before == nullptr) continue;
      judge(!is_terminal(before->state) || same_but_chain(*before, after),
            [&] { return changed(*before, after, after.id); });
    }
    for (std::size_t i = 0; i < view.writes.jobs.size(); ++i) {
      const Job& after = view.writes.jobs[i].row;
      const Job* before = view.before.jobs[i];
      if (before == nullptr) continue;
      judge(!is_terminal(before->state) || same(*before, after),
            [&] { return changed(*before, after, after.run); });
    }
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt& after = view.writes.attempts[i].row;
      const Attempt* before = view.before.attempts[i];
      if (before == nullptr) continue;
      judge(!is_terminal(before->state) || same_but_chain(*before, after),
            [&] { return changed(*before, after, after.run); });
    }
  }

 private:
  template <class Row>
  static Finding changed(const Row& before, const Row& after, RunId run) {
    return {{},
            "a terminal row was changed",
            {"before: " + describe(before), "after: " + describe(after)},
            run};
  }
};

}  // namespace

std::unique_ptr<Checker> make_terminal_is_final(Checker::Report report, const Settings&) {
  return std::make_unique<TerminalIsFinal>(std::move(report));
}

}  // namespace aftershock
