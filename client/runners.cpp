// The command about runners.
#include <algorithm>
#include <map>

#include "client/commands.h"
#include "client/views.h"
#include "core/columns.h"
#include "platform/wire/codec.h"

namespace delta::client {

Outcome<ExitCode> runners_command(const CommandLine& line, const Session& session) {
  std::map<RunnerId, RunnerView> latest;
  std::optional<Failure> failure;
  const auto& urls = session.client.options().urls;
  std::size_t answers = 0;
  for (const std::string& url : urls) {
    auto reply = session.client.only(url).ask<ListRunnersReply>({.kind = "list_runners"});
    if (!reply) {
      session.consoles.err.stream << wrapped(
          "note: ", one_line(url + " is not counted: " + reply.error().message),
          session.consoles.err.width);
      failure = std::move(reply.error());
      continue;
    }
    ++answers;
    for (RunnerView& runner : reply->runners) {
      const auto [known, is_new] = latest.try_emplace(runner.runner, runner);
      if (!is_new && runner.seen < known->second.seen) known->second = std::move(runner);
    }
  }
  if (answers == 0 && failure) return std::unexpected(std::move(*failure));
  Response merged;
  auto& runners = merged.body.emplace<ListRunnersReply>().runners;
  for (auto& [id, runner] : latest) runners.push_back(std::move(runner));
  std::ranges::stable_sort(runners, {}, &RunnerView::name);
  const Console& out = session.consoles.out;
  if (line.json) {
    out.stream << wire::encode(merged) << "\n";
  } else {
    out.stream << runners_text(runners, look_of(out));
  }
  return ExitCode::kDone;
}

}  // namespace delta::client
