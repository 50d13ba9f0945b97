// dependency-order: a job starts after all that it needs has succeeded, and is skipped only when
// something that it needs will not succeed.
#include <algorithm>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"
#include "harness/checkers/open_runs.h"

namespace aftershock {

using namespace delta;

namespace {

bool may_work(AttemptState state) { return state == AttemptState::queued || is_live(state); }

class DependencyOrder final : public Checker {
 public:
  explicit DependencyOrder(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "dependency-order"; }

  void on_commit(const CommitView& view) override {
    runs_.apply(view);
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt* before = view.before.attempts[i];
      const bool could = before != nullptr && may_work(before->state);
      if (!could && may_work(view.writes.attempts[i].row.state)) {
        judge_ready(view.writes.attempts[i].row);
      }
    }
    for (std::size_t i = 0; i < view.writes.jobs.size(); ++i) {
      const Job* before = view.before.jobs[i];
      const Job& after = view.writes.jobs[i].row;
      const bool changed = before == nullptr || before->state != after.state;
      if (after.state == JobState::skipped && changed) judge_skipped(after);
      if (after.state == JobState::open) judge_unmet(after);
      if (is_terminal(after.state) && after.state != JobState::succeeded && changed) {
        judge_dependents(after);
      }
    }
    runs_.forget_ended(view);
  }

  void on_rewind(const sim::Tables& tables) override { runs_.rebuild(tables); }

 private:
  /// How many of the job's needs `matches`.
  template <class Matches>
  static std::size_t count_needs(const OpenRun& run, std::uint32_t job, Matches matches) {
    return static_cast<std::size_t>(
        std::ranges::count_if(run.spec->jobs[job].needs,
                              [&](std::uint32_t need) { return matches(run.jobs[need].state); }));
  }

  static bool unsuccessful(JobState state) { return state != JobState::succeeded; }

  void judge_ready(const Attempt& row) {
    const OpenRun* run = runs_.find(row.run);
    if (run == nullptr) return;
    judge(count_needs(*run, row.job, unsuccessful) == 0, [&] {
      return Finding{{},
                     "an attempt may start before all that its job needs has succeeded",
                     {describe(row)},
                     row.run};
    });
  }

  void judge_skipped(const Job& row) {
    const OpenRun* run = runs_.find(row.run);
    if (run == nullptr) return;
    const auto decided = [](JobState state) {
      return state != JobState::open && state != JobState::succeeded;
    };
    judge(count_needs(*run, row.index, decided) > 0, [&] {
      return Finding{{},
                     "a job was skipped although nothing that it needs had failed",
                     {describe(row)},
                     row.run};
    });
  }

  /// What needs it will never be released: it must not be left open.
  void judge_dependents(const Job& row) {
    const OpenRun* run = runs_.find(row.run);
    if (run == nullptr) return;
    for (const std::uint32_t dependent : run->spec->jobs[row.index].dependents) {
      judge(run->jobs[dependent].state != JobState::open, [&] {
        return Finding{{},
                       "job " + std::to_string(dependent) + " waits for one that will not succeed",
                       {describe(row)},
                       row.run};
      });
    }
  }

  void judge_unmet(const Job& row) {
    const OpenRun* run = runs_.find(row.run);
    if (run == nullptr) return;
    const std::size_t unmet = count_needs(*run, row.index, unsuccessful);
    judge(row.unmet == unmet, [&] {
      return Finding{{},
                     "a job counts " + std::to_string(row.unmet) + " unmet needs, it has " +
                         std::to_string(unmet),
                     {describe(row)},
                     row.run};
    });
  }

  OpenRuns runs_;
};

}  // namespace

std::unique_ptr<Checker> make_dependency_order(Checker::Report report, const Settings&) {
  return std::make_unique<DependencyOrder>(std::move(report));
}

}  // namespace aftershock
