// The command that prints logs: what is there, or what comes until the job is over.
#include "client/commands.h"
#include "client/print_file.h"
#include "client/views.h"
#include "core/columns.h"
#include "core/text.h"

namespace delta::client {

namespace {

Call log_of(RunId run, const std::string& job) {
  return {.kind = "get_log", .path = {{"run", to_string(run)}, {"job", job}}};
}

Outcome<RunView> view_of(RunId run, const Session& session) {
  return session.client.ask<RunView>({.kind = "get_run", .path = {{"run", to_string(run)}}});
}

std::string name_of_job(const RunView& run, std::size_t job) {
  const bool known = run.spec != nullptr && job < run.spec->jobs.size();
  return known ? one_line(run.spec->jobs[job].name) : std::to_string(job);
}

/// Beside the log, not in it.
void note(const Session& session, const RunView& run, std::size_t job, const std::string& words) {
  session.consoles.err.stream << name_of_job(run, job) << ": " << words << "\n" << std::flush;
}

std::string lacks_its_end(const JobView& job) {
  if (!is_terminal(job.attempt)) return "the log so far; --follow waits for the rest";
  return std::string(name_of(job.attempt)) + "; the log may lack its end";
}

/// The logs of all jobs, under their names; a job without a log is no failure.
Outcome<ExitCode> print_all(const RunView& run, const Session& session) {
  std::ostream& out = session.consoles.out.stream;
  const bool one = run.jobs.size() == 1;
  for (std::uint32_t i = 0; i < run.jobs.size(); ++i) {
    if (run.jobs[i].attempts == 0) continue;
    if (!one) out << (i > 0 ? "\n" : "") << "==> " << name_of_job(run, i) << " <==\n";
    const auto printed = print_file(log_of(run.id, std::to_string(i)), session);
    if (!printed && printed.error().code != ExitCode::kRefused) {
      return std::unexpected(printed.error());
    }
    if (!printed) {
      out.flush();
      note(session, run, i, printed.error().message);
    } else if (printed->partial) {
      note(session, run, i, lacks_its_end(run.jobs[i]));
    }
  }
  return ExitCode::kDone;
}

class Follower {
 public:
  Follower(const Session& session, RunId run, std::string word, std::uint32_t job)
      : session_(session), run_(run), word_(std::move(word)), job_(job) {}

  /// Until the job is over, or nobody reads any more.
  Outcome<ExitCode> follow() {
    for (;;) {
      const auto run = view_of(run_, session_);
      if (!run) return std::unexpected(run.error());
      const JobView& job = run->jobs.at(job_);
      if (const auto done = turn_to(*run, job); !done) return std::unexpected(done.error());
      if (const auto done = print_more(); !done) return std::unexpected(done.error());
      if (is_terminal(job.state)) return end(*run, job);
      if (!session_.consoles.out.stream) return ExitCode::kDone;
      session_.watch.sleep(session_.watch.interval);
    }
  }

 private:
  /// A retry has a log of its own, which begins when the other's end has been printed.
  Outcome<void> turn_to(const RunView& run, const JobView& job) {
    if (job.current == attempt_) return {};
    if (!attempt_.is_nil()) {
      if (auto done = print_more(); !done) return done;
      if (partial_) note(session_, run, job_, "the log of this attempt may lack its end");
      note(session_, run, job_, "attempt " + std::to_string(job.attempts) + " begins");
    }
    attempt_ = job.current;
    offset_ = 0;
    absent_ = true;
    partial_ = false;
    return {};
  }

  Outcome<void> print_more() {
    Call call = log_of(run_, word_);
    call.query = {{"attempt", to_string(attempt_)}, {"offset", std::to_string(offset_)}};
    const auto printed = print_file(call, session_);
    if (!printed && printed.error().absent) return {};
    if (!printed) return std::unexpected(printed.error());
    offset_ += printed->bytes;
    absent_ = false;
    partial_ = printed->partial;
    return {};
  }

  Outcome<ExitCode> end(const RunView& run, const JobView& job) {
    // What a job printed last that was stopped is stored only after its end.
    if (job.state != JobState::succeeded && (partial_ || absent_)) {
      session_.watch.sleep(session_.watch.interval);
      if (const auto done = print_more(); !done) return std::unexpected(done.error());
    }
    if (partial_) {
      note(session_, run, job_, lacks_its_end(job));
    } else if (absent_ || job.state != JobState::succeeded) {
      note(session_, run, job_, std::string(state_of(job)) + (absent_ ? "; there is no log" : ""));
    }
    return job.state == JobState::succeeded ? ExitCode::kDone : ExitCode::kFailed;
  }

  const Session& session_;
  const RunId run_;
  const std::string word_;  ///< the job, as the command line says it
  const std::uint32_t job_;
  AttemptId attempt_;         ///< whose log is printed
  std::uint64_t offset_ = 0;  ///< bytes of it that were
  bool absent_ = true;        ///< it has none yet
  bool partial_ = false;      ///< there may be more
};

}  // namespace

Outcome<ExitCode> logs_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  const auto view = view_of(*run, session);
  if (!view) return std::unexpected(view.error());
  if (line.job.empty() && !line.follow) return print_all(*view, session);
  if (line.job.empty() && view->jobs.size() != 1) {
    return failed(ExitCode::kUsage, "the run has several jobs: say which one to follow",
                  "'delta get " + line.run + "' lists them");
  }
  const std::string word = line.job.empty() ? "0" : line.job;
  const auto job = find_job(*view, word);
  if (!job) return std::unexpected(job.error());
  if (line.follow) return Follower(session, *run, word, *job).follow();
  const auto printed = print_file(log_of(*run, word), session);
  if (!printed) return std::unexpected(printed.error());
  if (printed->partial) note(session, *view, *job, lacks_its_end(view->jobs.at(*job)));
  return ExitCode::kDone;
}

}  // namespace delta::client
