// The commands about schedules.
#include "client/commands.h"
#include "client/spec_file.h"
#include "client/views.h"
#include "platform/wire/codec.h"

namespace delta::client {

namespace {

/// Shows an answer that is a schedule.
Outcome<ExitCode> show(const CommandLine& line, const Session& session, const Call& call) {
  if (line.json) {
    const auto response = session.client.call(call);
    if (!response) return std::unexpected(response.error());
    session.consoles.out.stream << wire::encode(*response) << "\n";
    return ExitCode::kDone;
  }
  const auto view = session.client.ask<ScheduleView>(call);
  if (!view) return std::unexpected(view.error());
  session.consoles.out.stream << schedule_text(*view, look_of(session.consoles.out));
  return ExitCode::kDone;
}

Outcome<ExitCode> create(const CommandLine& line, const Session& session, const std::string& key) {
  const auto run = load_spec(line.file, session.in);
  if (!run) {
    session.consoles.err.stream << run.error();
    return ExitCode::kUsage;
  }
  ScheduleSpec spec = line.schedule.spec;
  spec.run = *run;
  if (const std::string wrong = problem(spec); !wrong.empty()) {
    return failed(ExitCode::kUsage, wrong);
  }
  return show(
      line, session,
      {.kind = "create_schedule", .body = "{\"spec\":" + wire::encode(spec) + "}", .key = key});
}

Outcome<ExitCode> list(const CommandLine& line, const Session& session) {
  const Call call{.kind = "list_schedules", .query = {{"limit", "500"}}};
  if (line.json) {
    const auto response = session.client.call(call);
    if (!response) return std::unexpected(response.error());
    session.consoles.out.stream << wire::encode(*response) << "\n";
    return ExitCode::kDone;
  }
  const auto reply = session.client.ask<ListSchedulesReply>(call);
  if (!reply) return std::unexpected(reply.error());
  session.consoles.out.stream << schedules_text(reply->schedules, look_of(session.consoles.out));
  return ExitCode::kDone;
}

}  // namespace

Outcome<ExitCode> schedule_command(const CommandLine& line, const Session& session) {
  const std::string& action = line.schedule.action;
  const std::string key = line.key.empty() ? random_key() : line.key;
  if (action == "create") return create(line, session, key);
  if (action == "list") return list(line, session);
  const wire::Parameters path{{"schedule", line.name}};
  if (action == "show") return show(line, session, {.kind = "get_schedule", .path = path});
  const std::string to = action == "pause" ? "paused" : action == "resume" ? "active" : "deleted";
  return show(
      line, session,
      {.kind = "change_schedule", .path = path, .body = "{\"to\":\"" + to + "\"}", .key = key});
}

}  // namespace delta::client
