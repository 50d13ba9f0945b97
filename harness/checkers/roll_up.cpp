// roll-up: a run's state is a function of its jobs', a job's of its attempts'.
#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"
#include "harness/checkers/open_runs.h"

namespace aftershock {

using namespace delta;

namespace {

/// The state of a job whose current attempt is in this state.
JobState decided_by(AttemptState state) {
  switch (state) {
    case AttemptState::succeeded: return JobState::succeeded;
    case AttemptState::failed:
    case AttemptState::lost: return JobState::failed;
    case AttemptState::timed_out: return JobState::timed_out;
    case AttemptState::cancelled: return JobState::cancelled;
    case AttemptState::skipped: return JobState::skipped;
    case AttemptState::waiting:
    case AttemptState::queued:
    case AttemptState::leased:
    case AttemptState::starting:
    case AttemptState::running:
    case AttemptState::uploading:
    case AttemptState::cancel_requested: break;
  }
  return JobState::open;
}

/// The state of a run whose jobs are all decided.
RunState decided_by(const OpenRun& run) {
  if (run.cancel_requested) return RunState::cancelled;
  if (run.required_failed > 0) return RunState::failed;
  if (run.required_timed_out > 0) return RunState::timed_out;
  // Skipped for a job that may fail.
  return run.required_skipped > 0 ? RunState::failed : RunState::succeeded;
}

class RollUp final : public Checker {
 public:
  explicit RollUp(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "roll-up"; }

  void on_commit(const CommitView& view) override {
    runs_.apply(view);
    for (const JobWrite& write : view.writes.jobs) judge_job(write.row.run, write.row.index);
    for (const AttemptWrite& write : view.writes.attempts) {
      judge_job(write.row.run, write.row.job);
    }
    for (const RunWrite& write : view.writes.runs) judge_run(write.row);
    runs_.forget_ended(view);
    for (const JobWrite& write : view.writes.jobs) {
      if (write.row.state == JobState::open) continue;
      const OpenRun* run = runs_.find(write.row.run);
      judge(run == nullptr || run->open > 0, [&] {
        return Finding{
            {}, "all jobs are decided but the run is not", {describe(write.row)}, write.row.run};
      });
    }
  }

  void on_rewind(const sim::Tables& tables) override { runs_.rebuild(tables); }

 private:
  void judge_job(RunId id, std::uint32_t index) {
    const OpenRun* run = runs_.find(id);
    if (run == nullptr || index >= run->jobs.size()) return;
    const OpenRun::Job& job = run->jobs[index];
    judge(job.state == decided_by(job.attempt), [&] {
      return Finding{{},
                     "job " + std::to_string(index) + " is " + std::string(name_of(job.state)) +
                         " while its attempt is " + std::string(name_of(job.attempt)),
                     {"current attempt " + to_string(job.current)},
                     id};
    });
  }

  void judge_run(const Run& row) {
    const OpenRun* run = runs_.find(row.id);
    if (run == nullptr) return;
    judge(row.open_jobs == run->open && row.required_failed == run->required_failed &&
              row.required_timed_out == run->required_timed_out &&
              row.required_skipped == run->required_skipped,
          [&] { return found("the run's counters are not its jobs'", row, *run); });
    if (!is_terminal(row.state)) return;
    judge(run->open == 0, [&] { return found("the run ended before its jobs", row, *run); });
    judge(row.state == decided_by(*run), [&] {
      return found("the run's jobs make it " + std::string(name_of(decided_by(*run))), row, *run);
    });
    judge(row.finished_at != kNever, [&] { return found("it has no time of its end", row, *run); });
  }

  static Finding found(std::string message, const Run& row, const OpenRun& run) {
    return {{},
            std::move(message),
            {describe(row), "its jobs: open=" + std::to_string(run.open) +
                                " required_failed=" + std::to_string(run.required_failed) +
                                " required_timed_out=" + std::to_string(run.required_timed_out)},
            row.id};
  }

  OpenRuns runs_;
};

}  // namespace

std::unique_ptr<Checker> make_roll_up(Checker::Report report, const Settings&) {
  return std::make_unique<RollUp>(std::move(report));
}

}  // namespace aftershock
