#include "harness/checkers/open_runs.h"

namespace aftershock {

using namespace delta;

namespace {

void count(OpenRun& run, JobState state) {
  switch (state) {
    case JobState::failed:
    case JobState::cancelled: ++run.required_failed; return;
    case JobState::timed_out: ++run.required_timed_out; return;
    case JobState::skipped: ++run.required_skipped; return;
    case JobState::open:
    case JobState::succeeded: return;
  }
}

}  // namespace

const OpenRun* OpenRuns::find(RunId id) const {
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : &found->second;
}

OpenRun* OpenRuns::find_open(RunId id) {
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : &found->second;
}

void OpenRuns::begin(const Run& row) {
  OpenRun& run = runs_[row.id];
  run.spec = row.spec;
  run.jobs.resize(row.spec->jobs.size());
  run.open = static_cast<std::uint32_t>(run.jobs.size());
}

void OpenRuns::apply(const CommitView& view) {
  for (std::size_t i = 0; i < view.writes.runs.size(); ++i) {
    if (view.before.runs[i] == nullptr) begin(view.writes.runs[i].row);
  }
  for (const AuditEvent& event : view.writes.audit) {
    if (event.refused || !std::holds_alternative<Cancel>(event.what.message)) continue;
    if (OpenRun* run = find_open(event.run)) run->cancel_requested = true;
  }
  for (const JobWrite& write : view.writes.jobs) apply(write.row);
  for (const AttemptWrite& write : view.writes.attempts) apply(write.row);
}

void OpenRuns::apply(const Job& row) {
  OpenRun* run = find_open(row.run);
  if (run == nullptr || row.index >= run->jobs.size()) return;
  OpenRun::Job& job = run->jobs[row.index];
  job.current = row.current;
  if (job.state == row.state) return;
  if (job.state == JobState::open) {
    --run->open;
    if (run->spec->jobs[row.index].required) count(*run, row.state);
  }
  job.state = row.state;
}

void OpenRuns::apply(const Attempt& row) {
  OpenRun* run = find_open(row.run);
  if (run == nullptr || row.job >= run->jobs.size()) return;
  OpenRun::Job& job = run->jobs[row.job];
  if (job.current == row.id) job.attempt = row.state;
}

void OpenRuns::rebuild(const sim::Tables& tables) {
  runs_.clear();
  for (const auto& [id, row] : tables.runs()) {
    if (is_terminal(row.state)) continue;
    begin(row);
    runs_.at(id).cancel_requested = row.state == RunState::cancel_requested;
  }
  for (const auto& [key, row] : tables.jobs()) apply(row);
  for (const auto& [id, row] : tables.attempts()) apply(row);
}

void OpenRuns::forget_ended(const CommitView& view) {
  for (const RunWrite& write : view.writes.runs) {
    if (is_terminal(write.row.state)) runs_.erase(write.row.id);
  }
}

}  // namespace aftershock
