// What operators may do while the system runs.
#include "client/commands.h"
#include "core/text.h"

namespace delta::client {

namespace {

/// What is lost by it; empty when it is easily taken back.
std::string danger_of(const AdminLine& admin) {
  if (admin.kind == "begin_generation") {
    return "Every lease of now becomes worthless: all jobs that run are run again. This is for "
           "after a restore, or a promotion that lost commits.";
  }
  if (admin.kind != "revoke_leases") return {};
  if (admin.all) return "Every lease ends at once: all jobs that run are run again.";
  if (!admin.runner.empty()) return "All jobs of this runner end at once and are run again.";
  return {};
}

Outcome<void> confirmed(const CommandLine& line, const Session& session) {
  const std::string danger = danger_of(line.admin);
  if (danger.empty() || line.yes) return {};
  if (!session.in_is_terminal) {
    return failed(ExitCode::kUsage, danger, "say --yes, as there is nobody to ask");
  }
  session.consoles.err.stream << danger << "\nWrite 'yes' to go on: " << std::flush;
  std::string answer;
  std::getline(session.in, answer);
  if (answer == "yes") return {};
  return failed(ExitCode::kUsage, "nothing was done");
}

/// The fields that name one attempt.
Outcome<AttemptRef> target_of(const AdminLine& admin, const Session& session) {
  const auto run = find_run(session.client, admin.run);
  if (!run) return std::unexpected(run.error());
  const auto view =
      session.client.ask<RunView>({.kind = "get_run", .path = {{"run", to_string(*run)}}});
  if (!view) return std::unexpected(view.error());
  const auto job = find_job(*view, admin.job);
  if (!job) return std::unexpected(job.error());
  if (*job >= view->jobs.size() || view->jobs[*job].current.is_nil()) {
    return failed(ExitCode::kRefused, "the job " + quote(admin.job) + " has no attempt");
  }
  return AttemptRef{*run, *job, view->jobs[*job].current};
}

Outcome<std::string> body_of(const AdminLine& admin, const Session& session) {
  if (admin.kind == "set_lease_ttl") {
    return "{\"ttl\":\"" + format_duration(admin.ttl) + "\",\"for_how_long\":\"" +
           format_duration(admin.for_how_long) + "\"}";
  }
  if (admin.kind == "limit_concurrency") return "{\"most\":" + std::to_string(admin.limit) + "}";
  if (admin.kind == "limit_submissions") {
    return "{\"per_minute\":" + std::to_string(admin.limit) + "}";
  }
  if (admin.all) return "{\"all\":true}";
  if (!admin.runner.empty()) return "{\"runner\":\"" + admin.runner + "\"}";
  if (admin.run.empty()) return "";
  const auto target = target_of(admin, session);
  if (!target) return std::unexpected(target.error());
  const std::string attempt = "\"" + to_string(target->attempt) + "\"";
  if (admin.kind == "reenqueue") return "{\"attempt\":" + attempt + "}";
  return "{\"attempt\":{\"run\":\"" + to_string(target->run) +
         "\",\"job\":" + std::to_string(target->job) + ",\"attempt\":" + attempt + "}}";
}

}  // namespace

Outcome<ExitCode> admin_command(const CommandLine& line, const Session& session) {
  const auto sure = confirmed(line, session);
  if (!sure) return std::unexpected(sure.error());
  const auto body = body_of(line.admin, session);
  if (!body) return std::unexpected(body.error());
  const std::string key = line.key.empty() ? random_key() : line.key;
  const Call call{.kind = line.admin.kind, .body = *body, .key = key};
  const auto reply = session.client.ask<AdminReply>(call);
  if (!reply) return std::unexpected(reply.error());
  session.consoles.out.stream << admin_text(*reply);
  if (reply->more) {
    session.consoles.err.stream << "there may be more: run it again, with another --key\n";
  }
  return ExitCode::kDone;
}

}  // namespace delta::client
