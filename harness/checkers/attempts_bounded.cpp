// attempts-bounded: a job's tries stay within max_attempts failures and max_losses lost leases,
// counted here from the attempts' ends, not from the job's row.
#include <map>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

class AttemptsBounded final : public Checker {
 public:
  explicit AttemptsBounded(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "attempts-bounded"; }

  void on_commit(const CommitView& view) override {
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt& after = view.writes.attempts[i].row;
      const Attempt* before = view.before.attempts[i];
      if (before == nullptr) judge_new(after);
      if (before != nullptr && before->state != after.state) judge_end(*before, after);
    }
    for (const JobWrite& write : view.writes.jobs) {
      const auto at = jobs_.find({write.row.run, write.row.index});
      if (at == jobs_.end()) continue;
      const Tally& tally = at->second;
      judge(write.row.attempts == tally.attempts && write.row.losses == tally.losses &&
                write.row.failures <= tally.failures,
            [&] { return found("the job's counters are not its attempts'", write.row, tally); });
      if (is_terminal(write.row.state)) jobs_.erase(at);
    }
  }

  void on_rewind(const sim::Tables& tables) override {
    jobs_.clear();
    for (const auto& [key, job] : tables.jobs()) {
      if (!is_terminal(job.state)) jobs_[key] = {};
    }
    for (const auto& [id, row] : tables.attempts()) {
      const auto at = jobs_.find({row.run, row.job});
      if (at == jobs_.end()) continue;
      ++at->second.attempts;
      // Who had a runner had a lease.
      const bool late = row.state == AttemptState::timed_out && !row.runner.is_nil();
      if (row.state == AttemptState::failed || late) ++at->second.failures;
      if (row.state == AttemptState::lost) ++at->second.losses;
    }
  }

 private:
  struct Tally {
    std::uint32_t attempts = 0;
    std::uint32_t failures = 0;  ///< failed or timed out
    std::uint32_t losses = 0;
  };

  void judge_new(const Attempt& row) {
    Tally& tally = jobs_[{row.run, row.job}];
    judge(row.number == tally.attempts + 1,
          [&] { return found("an attempt's number does not follow the last one", row, tally); });
    ++tally.attempts;
    const RetryPolicy& policy = row.job_spec().retry;
    judge(tally.attempts <= std::uint32_t{policy.max_attempts} + policy.max_losses,
          [&] { return found("more tries than max_attempts + max_losses", row, tally); });
  }

  void judge_end(const Attempt& before, const Attempt& after) {
    const bool lost = after.state == AttemptState::lost;
    const bool failed = after.state == AttemptState::failed ||
                        (after.state == AttemptState::timed_out && is_live(before.state));
    if (!lost && !failed) return;
    const auto at = jobs_.find({after.run, after.job});
    if (at == jobs_.end()) return;
    Tally& tally = at->second;
    ++(lost ? tally.losses : tally.failures);
    const RetryPolicy& policy = after.job_spec().retry;
    judge(tally.failures <= policy.max_attempts,
          [&] { return found("more failures than max_attempts", after, tally); });
    judge(tally.losses <= policy.max_losses + 1U,
          [&] { return found("more lost leases than max_losses and one", after, tally); });
  }

  template <class Row>
  static Finding found(const char* message, const Row& row, const Tally& tally) {
    std::string text(message);
    text += ": counted " + std::to_string(tally.attempts) + " tries, ";
    text += std::to_string(tally.failures) + " failures, ";
    text += std::to_string(tally.losses) + " losses";
    return {{}, std::move(text), {describe(row)}, row.run};
  }

  std::map<sim::JobKey, Tally> jobs_;  ///< that are open
};

}  // namespace

std::unique_ptr<Checker> make_attempts_bounded(Checker::Report report, const Settings&) {
  return std::make_unique<AttemptsBounded>(std::move(report));
}

}  // namespace aftershock
