#include "runner/adapters/program.h"

#include <boost/asio/ip/host_name.hpp>
#include <cstdlib>
#include <stdexcept>

#include "platform/log_config.h"
#include "platform/threads.h"
#include "runner/adapters/folder_secrets.h"
#include "runner/adapters/http_transport.h"

namespace delta {

namespace {

constexpr int kExitKilled = 75;
constexpr Duration kIdlePatience = 1s;

template <class Opened>
auto or_throw(Opened opened, const char* key) {
  if (!opened) throw std::runtime_error(std::string(key) + ": " + opened.error());
  return std::move(*opened);
}

/// Until what runs has ended, or somebody loses patience.
void drain(const Runner& runner, const Signals& signals, Log& log) {
  while (!runner.drained()) {
    if (!signals.wait_for(200ms)) continue;
    log.warning("killed", "told to end again: the jobs that still run are lost to others");
    std::_Exit(kExitKilled);
  }
}

}  // namespace

std::vector<ConfigKey> runner_keys() {
  using enum ConfigType;
  std::vector<ConfigKey> keys{
      {.key = "orchestrators",
       .type = list,
       .help = "URLs of the orchestrators; any of them will do.",
       .example = "http://ci-1:8080,http://ci-2:8080",
       .required = true},
      {.key = "token", .type = secret, .help = "A token with the role runner.", .required = true},
      {.key = "tls.ca_file", .help = "PEM certificates to trust instead of the system's."},
      {.key = "slots",
       .type = number,
       .help = "Jobs at the same time.",
       .fallback = "1",
       .min = 1,
       .max = 1000},
      {.key = "name", .help = "What `delta runners` calls it; nothing: its host's name."},
      {.key = "work_folder",
       .help = "Where jobs get their folders.",
       .fallback = "/var/tmp/delta-runner"},
      {.key = "secrets_folder",
       .help = "Where secrets are, one file each; nothing: there are none."},
      {.key = "artifacts.url",
       .help = "Where artifacts go: a folder or a bucket.",
       .example = "file:/srv/delta/artifacts",
       .required = true},
      {.key = "artifacts.access_key", .help = "Access key of S3."},
      {.key = "artifacts.secret_key", .type = secret, .help = "Secret key of S3."},
  };
  for (ConfigKey& key : log_keys()) keys.push_back(std::move(key));
  for (ConfigKey& key : setting_keys()) keys.push_back(std::move(key));
  return keys;
}

RunnerOptions runner_options(const Config& config) {
  RunnerOptions options;
  options.settings = config.settings();
  options.slots = static_cast<std::uint32_t>(config.number("slots"));
  options.name = config.text("name");
  if (options.name.empty()) options.name = boost::asio::ip::host_name();
  options.urls = config.list("orchestrators");
  options.token = config.secret("token");
  options.http.ca_file = config.text("tls.ca_file");
  options.executor.root = config.text("work_folder");
  options.artifacts_url = config.text("artifacts.url");
  options.artifacts.access_key = config.text("artifacts.access_key");
  options.artifacts.secret_key = config.secret("artifacts.secret_key").reveal();
  options.secrets_folder = config.text("secrets_folder");
  return options;
}

void work(const RunnerOptions& options, const Signals& signals, Log& log) {
  auto executor = or_throw(SubprocessExecutor::open(options.executor, log), "work_folder");
  const auto artifacts =
      or_throw(open_artifact_store(options.artifacts_url, options.artifacts), "artifacts.url");
  FolderSecrets secrets(options.secrets_folder);
  HttpClient http(options.http);
  HttpTransport transport(http, options.urls, options.token);
  ThreadRuntime runtime;
  Runner runner({runtime.ports(), transport, *executor, *artifacts, secrets}, options.settings,
                options.slots, options.name);
  runner.start();
  log.info(
      "working", "the runner asks for work",
      {{"runner", to_string(runner.id())}, {"slots", options.slots}, {"version", options.version}});
  const int signal = signals.wait();
  log.info("draining", "told to end: takes no more jobs", {{"signal", signal}});
  runner.stop();
  drain(runner, signals, log);
  http.stop();  // nothing waits for an answer any more
  const bool idle = runtime.tasks.wait_until_idle(runtime.clock.now() + kIdlePatience);
  log.info("stopped", "the runner has ended");
  if (idle) return;
  // What sleeps, until a heartbeat or a next try, would find nothing left to do.
  executor.reset();
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace delta
