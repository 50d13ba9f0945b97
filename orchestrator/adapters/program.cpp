#include "orchestrator/adapters/program.h"

#include <cstdlib>
#include <stdexcept>

#include "orchestrator/adapters/http/api.h"
#include "orchestrator/adapters/logged_ports.h"
#include "platform/calendar/zoned_calendar.h"
#include "platform/threads.h"

namespace delta {

namespace {

constexpr int kExitNotDrained = 75;

http::Tokens read_tokens(const std::string& file) {
  auto tokens = http::Tokens::read(file);
  if (!tokens) throw std::runtime_error(tokens.error());
  return std::move(*tokens);
}

std::unique_ptr<ArtifactStore> open_artifacts(const OrchestratorOptions& options) {
  auto store = open_artifact_store(options.artifacts_url, options.artifacts);
  if (!store) throw std::runtime_error("artifacts.url: " + store.error());
  return std::move(*store);
}

/// Until it is told to end.
void obey(const Signals& signals, const OrchestratorOptions& options, http::TokenStore& tokens,
          Log& log) {
  for (;;) {
    const int signal = signals.wait();
    if (signal != SIGHUP) {
      log.info("draining", "told to end: answers what is under way and takes nothing more",
               {{"signal", signal}});
      return;
    }
    auto fresh = http::Tokens::read(options.tokens_file);
    if (fresh) {
      log.info("tokens_read", "the tokens were read again", {{"tokens", fresh->size()}});
      tokens.replace(std::move(*fresh));
    } else {
      log.error("tokens_refused", fresh.error() + "; the former tokens stay in force");
    }
  }
}

}  // namespace

void serve(const OrchestratorOptions& options, const Signals& signals, Log& log) {
  http::TokenStore tokens(read_tokens(options.tokens_file));
  const std::unique_ptr<ArtifactStore> artifacts = open_artifacts(options);
  PostgresDatabase database(options.database);
  RedisQueue queue(options.queue);
  LoggedDatabase logged_database(database, log);
  LoggedQueue logged_queue(queue, log);
  ThreadRuntime runtime;
  const ZonedCalendar calendar;
  Orchestrator orchestrator({runtime.ports(), logged_database, logged_queue, calendar},
                            options.settings, options.roles);
  http::Api api({orchestrator, *artifacts, tokens, options.version});
  http::Server server(options.http, api);
  orchestrator.start();
  log.info("serving", "the orchestrator serves",
           {{"address", options.http.address},
            {"port", server.port()},
            {"tls", !options.http.certificate_file.empty()},
            {"version", options.version}});
  obey(signals, options, tokens, log);
  orchestrator.stop();
  const bool answered = server.drain(options.drain_time);
  const bool ended = runtime.tasks.wait_until_idle(runtime.clock.now() + options.drain_time);
  log.info("stopped", answered && ended ? "the orchestrator has ended" : "gave up waiting",
           {{"answered_all", answered}, {"tasks_ended", ended}});
  // What hangs now would keep the destructors waiting, for ever.
  if (!answered || !ended) std::_Exit(kExitNotDrained);
}

}  // namespace delta
