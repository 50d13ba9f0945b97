#include "client/commands.h"

#include <algorithm>

#include "client/spec_file.h"
#include "core/text.h"
#include "platform/wire/codec.h"

namespace delta::client {

namespace {

constexpr std::size_t kShortestPrefix = 8;
constexpr std::size_t kIdDigits = 32;
constexpr const char* kMostRuns = "500";

std::string key_of(const CommandLine& line) { return line.key.empty() ? random_key() : line.key; }

Call about(std::string_view kind, RunId run) {
  return {.kind = kind, .path = {{"run", to_string(run)}}};
}

/// The id first, alone on its line: it is what scripts want.
Outcome<ExitCode> submitted(RunId run, const CommandLine& line, const Session& session) {
  const Console& out = session.consoles.out;
  out.stream << to_string(run) << "\n" << std::flush;
  if (!line.watch) {
    if (out.terminal) {
      session.consoles.err.stream << "see it through with: delta watch " << short_name(run) << "\n";
    }
    return ExitCode::kDone;
  }
  CommandLine watching = line;
  watching.run = to_string(run);
  return watch_command(watching, session);
}

}  // namespace

Look look_of(const Console& console) {
  return {.width = console.width, .terminal = console.terminal, .colour = console.colour};
}

Outcome<RunId> find_run(DeltaClient& client, const std::string& word) {
  if (const auto id = parse_id<RunId>(word)) return *id;
  const bool latest = word == "latest";
  const bool digits = std::ranges::all_of(
      word, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!latest && (!digits || word.size() < kShortestPrefix || word.size() > kIdDigits)) {
    return failed(ExitCode::kUsage, quote(word) + " is not a run",
                  "write its id, at least the first 8 digits of it, or 'latest'");
  }
  const auto listed = client.ask<ListRunsReply>(
      {.kind = "list_runs", .query = {{"limit", latest ? "1" : kMostRuns}}});
  if (!listed) return std::unexpected(listed.error());
  std::vector<RunId> found;
  for (const RunSummary& run : listed->runs) {
    if (latest || to_string(run.id).starts_with(word)) found.push_back(run.id);
  }
  if (found.size() == 1) return found.front();
  if (latest) return failed(ExitCode::kRefused, "there are no runs yet");
  if (found.empty()) {
    return failed(ExitCode::kRefused, "no run begins with " + quote(word),
                  "the newest 500 were looked at; write the whole id of an older one");
  }
  return failed(ExitCode::kRefused,
                std::to_string(found.size()) + " runs begin with " + quote(word),
                "write more digits, such as " + to_string(found.front()));
}

Outcome<std::uint32_t> find_job(const RunView& run, const std::string& word) {
  std::vector<std::string_view> names;
  for (std::uint32_t i = 0; run.spec != nullptr && i < run.spec->jobs.size(); ++i) {
    if (run.spec->jobs[i].name == word) return i;
    names.push_back(run.spec->jobs[i].name);
  }
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (std::to_string(i) == word) return i;
  }
  return failed(ExitCode::kRefused, "the run has no job " + quote(word), did_you_mean(word, names));
}

Outcome<ExitCode> submit_command(const CommandLine& line, const Session& session) {
  const auto spec = load_spec(line.file, session.in);
  if (!spec) {
    session.consoles.err.stream << spec.error();
    return ExitCode::kUsage;
  }
  const auto reply = session.client.ask<SubmitReply>(
      {.kind = "submit", .body = "{\"spec\":" + wire::encode(**spec) + "}", .key = key_of(line)});
  if (!reply) return std::unexpected(reply.error());
  return submitted(reply->run, line, session);
}

Outcome<ExitCode> rerun_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  Call call = about("rerun", *run);
  call.key = key_of(line);
  const auto reply = session.client.ask<SubmitReply>(call);
  if (!reply) return std::unexpected(reply.error());
  return submitted(reply->run, line, session);
}

Outcome<ExitCode> watch_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  WatchDisplay display(session.consoles.out, session.watch.now());
  session.before_notice = [&display] { display.leave(); };
  const auto state = watch(session.client, *run, display, session.watch);
  session.before_notice = nullptr;
  if (!state) return std::unexpected(state.error());
  return *state == RunState::succeeded ? ExitCode::kDone : ExitCode::kFailed;
}

Outcome<ExitCode> cancel_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  Call call = about("cancel", *run);
  call.key = key_of(line);
  const auto response = session.client.call(call);
  if (!response) return std::unexpected(response.error());
  const auto* reply = std::get_if<CancelReply>(&response->body);
  session.consoles.out.stream << (reply != nullptr ? name_of(reply->state) : "already over")
                              << "\n";
  return ExitCode::kDone;
}

Outcome<ExitCode> get_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  const auto response = session.client.call(about("get_run", *run));
  if (!response) return std::unexpected(response.error());
  const Console& out = session.consoles.out;
  const auto* view = std::get_if<RunView>(&response->body);
  if (line.json) {
    out.stream << wire::encode(*response) << "\n";
  } else if (view != nullptr) {
    out.stream << run_text(*view, look_of(out));
  }
  return ExitCode::kDone;
}

Outcome<ExitCode> list_command(const CommandLine& line, const Session& session) {
  Call call{.kind = "list_runs", .query = {{"limit", std::to_string(line.limit)}}};
  if (line.state) call.query.emplace_back("state", name_of(*line.state));
  const auto response = session.client.call(call);
  if (!response) return std::unexpected(response.error());
  const Console& out = session.consoles.out;
  const auto* reply = std::get_if<ListRunsReply>(&response->body);
  if (line.json) {
    out.stream << wire::encode(*response) << "\n";
  } else if (reply != nullptr && !reply->runs.empty()) {
    out.stream << runs_text(reply->runs, look_of(out));
  } else {
    session.consoles.err.stream << "there are no such runs\n";
  }
  return ExitCode::kDone;
}

Outcome<ExitCode> artifacts_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  const auto view = session.client.ask<RunView>(about("get_run", *run));
  if (!view) return std::unexpected(view.error());
  const auto reply = session.client.ask<ListArtifactsReply>(about("list_artifacts", *run));
  if (!reply) return std::unexpected(reply.error());
  const bool none = std::ranges::all_of(
      reply->attempts, [](const AttemptArtifacts& attempt) { return attempt.artifacts.empty(); });
  const Console& out = session.consoles.out;
  if (none) {
    session.consoles.err.stream << "the run's jobs have left nothing yet\n";
  } else {
    out.stream << artifacts_text(*view, reply->attempts, look_of(out));
  }
  return ExitCode::kDone;
}

}  // namespace delta::client
