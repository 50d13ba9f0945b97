// checkpoint-monotonic: a job's checkpoint never goes back, the first write of a step wins, and a
// try goes on exactly where the last accepted checkpoint ends: it skips no step and repeats none.
#include <map>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

/// What the steps of a drill's own program leave when each was done once, in its order: "[0,1,2]".
std::string list_of(std::uint32_t steps) {
  std::string list;
  for (std::uint32_t i = 0; i < steps; ++i) list += (i == 0 ? "[" : ",") + std::to_string(i);
  return list + "]";
}

class CheckpointMonotonic final : public Checker {
 public:
  explicit CheckpointMonotonic(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "checkpoint-monotonic"; }

  void on_commit(const CommitView& view) override {
    for (const AuditEvent& event : view.writes.audit) {
      const auto* message = std::get_if<SaveCheckpoint>(&event.what.message);
      if (message != nullptr && !event.refused) judge_accepted(*message);
    }
    for (const JobWrite& write : view.writes.jobs) judge_job(write.row);
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      if (view.before.attempts[i] == nullptr) judge_new(view.writes.attempts[i].row);
    }
    for (const JobWrite& write : view.writes.jobs) {
      if (is_terminal(write.row.state)) last_.erase(key(write.row));
    }
  }

  void on_rewind(const sim::Tables& tables) override {
    last_.clear();
    for (const auto& [at, job] : tables.jobs()) {
      if (job.checkpoint.steps > 0 && !is_terminal(job.state)) last_[at] = job.checkpoint;
    }
  }

 private:
  static sim::JobKey key(const Job& row) { return {row.run, row.index}; }

  Checkpoint last(const sim::JobKey& at) const {
    const auto found = last_.find(at);
    return found == last_.end() ? Checkpoint{} : found->second;
  }

  void judge_accepted(const SaveCheckpoint& message) {
    const AttemptRef& ref = message.lease.ref;
    const sim::JobKey at{ref.run, ref.job};
    const Checkpoint before = last(at);
    const Checkpoint& after = message.checkpoint;
    const auto rows = [&] {
      return std::vector{"before: " + text_of(before), "after: " + text_of(after)};
    };
    judge(after.steps > before.steps, [&] {
      const char* what = after.steps == before.steps ? "a second checkpoint of a step was accepted"
                                                     : "a checkpoint went back";
      return Finding{{}, what, rows(), ref.run};
    });
    // Other programs than the drill's leave what they like.
    const bool tells = after.state.starts_with('[');
    judge(!tells || after.state == list_of(after.steps), [&] {
      return Finding{
          {}, "a checkpoint's state is not of the steps done once each", rows(), ref.run};
    });
    last_[at] = after;
  }

  void judge_job(const Job& row) {
    judge(row.checkpoint == last(key(row)), [&] {
      return Finding{{},
                     "the job's checkpoint is not the last that was accepted",
                     {describe(row), "accepted: " + text_of(last(key(row)))},
                     row.run};
    });
  }

  void judge_new(const Attempt& row) {
    if (row.job_spec().steps.empty()) return;
    const Checkpoint expected = last({row.run, row.job});
    judge(row.resume == expected, [&] {
      return Finding{{},
                     "a try does not begin where the last accepted checkpoint ends",
                     {describe(row), "accepted: " + text_of(expected)},
                     row.run};
    });
  }

  static std::string text_of(const Checkpoint& checkpoint) {
    return "step " + std::to_string(checkpoint.steps) + " " + checkpoint.state;
  }

  std::map<sim::JobKey, Checkpoint> last_;  ///< accepted, of open jobs
};

}  // namespace

std::unique_ptr<Checker> make_checkpoint_monotonic(Checker::Report report, const Settings&) {
  return std::make_unique<CheckpointMonotonic>(std::move(report));
}

}  // namespace aftershock
