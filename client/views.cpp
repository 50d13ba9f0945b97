#include "client/views.h"

#include <algorithm>

#include "core/columns.h"

namespace delta::client {

namespace {

constexpr std::string_view kReset = "\x1b[0m";

std::string two(unsigned number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

/// Lines of a table, the cell in column `states` of each row but the first coloured by itself.
std::string lines_of(const Table& table, std::size_t states, const Look& look) {
  std::size_t begin = 0;
  const std::vector<std::size_t> widths = table.widths();
  for (std::size_t i = 0; i < states; ++i) begin += widths[i] + 2;
  std::string text;
  std::size_t row = 0;
  for (std::string line : table.lines()) {
    if (look.terminal) line = cut(line, look.width);
    const std::string& state = table.rows[row][states];
    const std::string_view before = characters(line, 0, begin);
    // Cells before the state hold no character that a cut could have fallen into.
    if (row++ > 0 && line.size() >= before.size() + state.size()) {
      line = std::string(before) + coloured(state, state, look.colour) +
             line.substr(before.size() + state.size());
    }
    text += line + "\n";
  }
  return text;
}

std::string id_text(RunId id, const Look& look) {
  return look.terminal ? short_name(id) : to_string(id);
}

std::string took_text(DbTime from, DbTime to) {
  return to == kNever ? "-" : rounded_down(std::max<Duration>(to - from, 0s));
}

std::string name_text(const std::string& name) { return name.empty() ? "-" : one_line(name); }

std::string needs_text(const RunSpec& spec, std::size_t job) {
  std::string needs;
  for (const std::uint32_t need : spec.jobs[job].needs) {
    if (need >= spec.jobs.size()) continue;
    needs += (needs.empty() ? "" : ", ") + one_line(spec.jobs[need].name);
  }
  return needs.empty() ? "-" : needs;
}

bool has_steps(const RunView& run) {
  return run.spec != nullptr &&
         std::ranges::any_of(run.spec->jobs, [](const JobSpec& job) { return !job.steps.empty(); });
}

/// "3 of 5": from where another try would go on.
std::string checkpoint_text(const RunView& run, std::size_t job) {
  if (job >= run.spec->jobs.size() || run.spec->jobs[job].steps.empty()) return "-";
  return std::to_string(run.jobs[job].steps_done) + " of " +
         std::to_string(run.spec->jobs[job].steps.size());
}

std::string job_name(const RunView& run, std::size_t job) {
  if (run.spec == nullptr || job >= run.spec->jobs.size()) return std::to_string(job);
  return one_line(run.spec->jobs[job].name);
}

}  // namespace

std::string_view state_of(const JobView& job) {
  return job.state == JobState::open ? name_of(job.attempt) : name_of(job.state);
}

std::string coloured(std::string_view text, std::string_view state, bool colour) {
  if (!colour) return std::string(text);
  std::string_view code = "\x1b[33m";  // yellow: something goes on
  if (state == "succeeded" || state == "stored") code = "\x1b[32m";
  for (const std::string_view bad : {"failed", "timed_out", "lost", "missing"}) {
    if (state == bad) code = "\x1b[31m";
  }
  for (const std::string_view quiet : {"waiting", "queued", "skipped", "cancelled"}) {
    if (state == quiet) code = "\x1b[2m";
  }
  return std::string(code) + std::string(text) + std::string(kReset);
}

std::string time_text(DbTime time) {
  const auto since = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss clock(since - days);
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         " " + two(static_cast<unsigned>(clock.hours().count())) + ":" +
         two(static_cast<unsigned>(clock.minutes().count())) + ":" +
         two(static_cast<unsigned>(clock.seconds().count()));
}

std::string ending_text(RunState state, DbTime submitted_at, DbTime finished_at) {
  std::string text(name_of(state));
  if (finished_at != kNever) text += " in " + took_text(submitted_at, finished_at);
  return text;
}

std::string run_text(const RunView& run, const Look& look) {
  std::string text = "run        " + to_string(run.id) + "\n";
  if (run.spec != nullptr && !run.spec->name.empty()) {
    text += "name       " + one_line(run.spec->name) + "\n";
  }
  text += "state      " + coloured(name_of(run.state), name_of(run.state), look.colour) + "\n";
  text += "submitted  " + time_text(run.submitted_at) + " UTC\n";
  if (run.fire_at != kNever) text += "fire       " + time_text(run.fire_at) + " UTC\n";
  if (run.finished_at != kNever) {
    text += "finished   " + time_text(run.finished_at) + " UTC, after " +
            took_text(run.submitted_at, run.finished_at) + "\n";
  }
  Table table{{{"JOB", "STATE", "ATTEMPTS", "NEEDS"}}};
  const bool with_steps = has_steps(run);
  if (with_steps) table.rows[0].emplace_back("CHECKPOINT");
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    const bool known = run.spec != nullptr && i < run.spec->jobs.size();
    table.rows.push_back({job_name(run, i), std::string(state_of(run.jobs[i])),
                          std::to_string(run.jobs[i].attempts),
                          known ? needs_text(*run.spec, i) : "-"});
    if (with_steps) table.rows.back().push_back(checkpoint_text(run, i));
  }
  return text + "\n" + lines_of(table, 1, look);
}

std::string runs_text(const std::vector<RunSummary>& runs, const Look& look) {
  Table table{{{"RUN", "STATE", "SUBMITTED (UTC)", "TOOK", "NAME"}}};
  for (const RunSummary& run : runs) {
    table.rows.push_back({id_text(run.id, look), std::string(name_of(run.state)),
                          time_text(run.submitted_at), took_text(run.submitted_at, run.finished_at),
                          name_text(run.name)});
  }
  return lines_of(table, 1, look);
}

std::string artifacts_text(const RunView& run, const std::vector<AttemptArtifacts>& attempts,
                           const Look& look) {
  Table table{{{"JOB", "ATTEMPT", "STATE", "NAME"}}};
  for (const AttemptArtifacts& attempt : attempts) {
    for (const Artifact& artifact : attempt.artifacts) {
      const bool stored = artifact.state == ArtifactState::stored;
      table.rows.push_back({job_name(run, attempt.ref.job), short_name(attempt.ref.attempt),
                            stored ? "stored" : "missing", one_line(artifact.name)});
    }
  }
  return lines_of(table, 2, look);
}

namespace {

/// "cron 30 2 * * 1-5 (Europe/Berlin)"
std::string timing_text(const ScheduleTiming& timing) {
  std::string text = std::string(name_of(timing.kind)) + " " + one_line(timing.expression);
  if (timing.kind != ScheduleKind::interval) text += " (" + one_line(timing.zone) + ")";
  return text;
}

std::string next_text(DbTime next) { return next == kNever ? "-" : time_text(next); }

}  // namespace

std::string schedule_text(const ScheduleView& schedule, const Look& look) {
  const ScheduleSpec& spec = *schedule.spec;
  std::string policy(name_of(spec.catch_up));
  if (spec.catch_up == CatchUp::all) policy += ", at most " + std::to_string(spec.cap);
  const std::string_view state = name_of(schedule.state);
  return "schedule   " + one_line(spec.name) + "\nstate      " +
         coloured(state, state, look.colour) + "\nfires      " + timing_text(spec.timing) +
         "\nmissed     " + policy + "\nnext       " + next_text(schedule.next_fire) +
         (schedule.next_fire == kNever ? "" : " UTC") + "\nfired      " +
         std::to_string(schedule.fires) + ", skipped " + std::to_string(schedule.skipped) +
         "\ncreated    " + time_text(schedule.created_at) + " UTC\nrun        " +
         name_text(spec.run->name) + ", " + std::to_string(spec.run->jobs.size()) +
         (spec.run->jobs.size() == 1 ? " job\n" : " jobs\n");
}

std::string schedules_text(const std::vector<ScheduleView>& schedules, const Look& look) {
  Table table{{{"SCHEDULE", "STATE", "NEXT (UTC)", "FIRED", "SKIPPED", "FIRES"}}};
  for (const ScheduleView& schedule : schedules) {
    table.rows.push_back({one_line(schedule.spec->name), std::string(name_of(schedule.state)),
                          next_text(schedule.next_fire), std::to_string(schedule.fires),
                          std::to_string(schedule.skipped), timing_text(schedule.spec->timing)});
  }
  return lines_of(table, 1, look);
}

std::string runners_text(const std::vector<RunnerView>& runners, const Look& look) {
  Table table{{{"RUNNER", "NAME", "LAST SEEN", "BUSY", "FINISHED", "NOW"}}};
  std::uint64_t slots = 0, busy = 0;
  for (const RunnerView& runner : runners) {
    slots += runner.slots;
    busy += runner.busy_slots;
    table.rows.push_back({to_string(runner.runner), name_text(runner.name),
                          rounded_up(runner.seen) + " ago",
                          std::to_string(runner.busy_slots) + " of " + std::to_string(runner.slots),
                          std::to_string(runner.finished),
                          runner.waits             ? "waits for work"
                          : runner.busy_slots == 0 ? "-"
                                                   : "works"});
  }
  return lines_of(table, 5, look) + std::to_string(runners.size()) +
         (runners.size() == 1 ? " runner, " : " runners, ") + std::to_string(busy) + " of " +
         std::to_string(slots) + " slots busy\n";
}

std::string admin_text(const AdminReply& reply) {
  const Policy& policy = reply.policy;
  const auto limit = [](std::uint32_t most) {
    return most == 0 ? std::string("no limit") : std::to_string(most);
  };
  std::string text = "attempts     " + std::to_string(reply.rows) + " were acted on\n";
  text += "generation   " + std::to_string(reply.generation) + "\n";
  text += std::string("ingestion    ") + (policy.ingesting ? "open" : "paused") + "\n";
  text += "lease TTL    " +
          (policy.lease_ttl == 0s ? "as the settings say" : format_duration(policy.lease_ttl)) +
          "\n";
  text += "leases       " + limit(policy.most_leases) + " at once\n";
  return text + "submissions  " + limit(policy.submissions_per_minute) +
         " a minute and orchestrator\n";
}

}  // namespace delta::client
