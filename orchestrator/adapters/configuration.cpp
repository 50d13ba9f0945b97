#include "orchestrator/adapters/configuration.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "platform/log_config.h"

namespace delta {

namespace {

constexpr std::int64_t kMegabyte = 1 << 20;

void append(std::vector<ConfigKey>& keys, std::vector<ConfigKey> more) {
  keys.insert(keys.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
}

std::vector<ConfigKey> server_keys() {
  using enum ConfigType;
  return {
      {.key = "listen.address",
       .help = "Address to serve on.",
       .fallback = "127.0.0.1",
       .example = "0.0.0.0"},
      {.key = "listen.port",
       .type = number,
       .help = "Port to serve on; 0 takes a free one.",
       .fallback = "8080",
       .max = 65'535},
      {.key = "listen.threads",
       .type = number,
       .help = "Threads that serve connections.",
       .fallback = "2",
       .min = 1,
       .max = 256},
      {.key = "listen.most_connections",
       .type = number,
       .help = "Connections at once; more are closed.",
       .fallback = "20000",
       .min = 1},
      {.key = "listen.most_body_bytes",
       .type = number,
       .help = "Largest body of a request.",
       .fallback = std::to_string(kMegabyte),
       .min = 1024,
       .max = 64 * kMegabyte},
      {.key = "tls.certificate_file",
       .help = "PEM chain; with it the server speaks TLS only.",
       .example = "/etc/delta/tls.crt"},
      {.key = "tls.key_file",
       .help = "PEM key of the certificate.",
       .example = "/etc/delta/tls.key"},
      {.key = "tokens.file",
       .help = "Who may ask: a line 'role name sha256' for each token.",
       .example = "/etc/delta/tokens",
       .required = true},
      {.key = "roles",
       .type = list,
       .help = "What this process does.",
       .fallback = "api,dispatch,schedule,reap",
       .choices = {"api", "dispatch", "schedule", "reap"}},
      {.key = "drain_time",
       .type = duration,
       .help = "How long answers under way may take after SIGTERM.",
       .fallback = "30s"},
  };
}

std::vector<ConfigKey> dependency_keys() {
  using enum ConfigType;
  return {
      {.key = "redis.host", .help = "Host of the queue.", .fallback = "127.0.0.1"},
      {.key = "redis.port",
       .type = number,
       .help = "Its port.",
       .fallback = "6379",
       .min = 1,
       .max = 65'535},
      {.key = "redis.password", .type = secret, .help = "Its password."},
      {.key = "redis.stream", .help = "Name of the stream.", .fallback = "delta:dispatch"},
      {.key = "artifacts.url",
       .help = "Where runners put artifacts: a folder or a bucket.",
       .example = "s3://bucket/prefix?endpoint=https://minio:9000",
       .required = true},
      {.key = "artifacts.access_key", .help = "Access key of S3."},
      {.key = "artifacts.secret_key", .type = secret, .help = "Secret key of S3."},
  };
}

std::vector<ConfigKey> database_keys() {
  using enum ConfigType;
  return {
      {.key = "database.url",
       .help = "The database, as libpq takes it (a URI, or key=value pairs), without a password.",
       .example = "postgresql://delta@db:5432/delta",
       .required = true},
      {.key = "database.password", .type = secret, .help = "Its password."},
  };
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

/// Tells apart the processes of one machine and of several.
std::string consumer_name() {
  char host[256] = "unknown";
  ::gethostname(host, sizeof(host) - 1);
  return std::string(host) + "-" + std::to_string(::getpid());
}

}  // namespace

std::vector<ConfigKey> orchestrator_keys() {
  std::vector<ConfigKey> keys = server_keys();
  append(keys, database_keys());
  append(keys, dependency_keys());
  append(keys, log_keys());
  append(keys, setting_keys());
  return keys;
}

std::vector<ConfigKey> tool_keys() {
  std::vector<ConfigKey> keys = orchestrator_keys();
  for (ConfigKey& key : keys) key.required = key.key == "database.url";
  return keys;
}

PostgresOptions database_options(const Config& config) {
  return {.url = config.text("database.url"),
          .password = config.secret("database.password").reveal()};
}

OrchestratorOptions orchestrator_options(const Config& config) {
  OrchestratorOptions options;
  options.settings = config.settings();
  const auto& roles = config.list("roles");
  options.roles = {.api = has(roles, "api"),
                   .dispatch = has(roles, "dispatch"),
                   .schedule = has(roles, "schedule"),
                   .reap = has(roles, "reap")};
  options.database = database_options(config);
  options.database.timeout = options.settings.database_timeout;
  options.queue.host = config.text("redis.host");
  options.queue.port = static_cast<std::uint16_t>(config.number("redis.port"));
  options.queue.password = config.secret("redis.password").reveal();
  options.queue.stream = config.text("redis.stream");
  options.queue.consumer = consumer_name();
  options.artifacts_url = config.text("artifacts.url");
  options.artifacts.access_key = config.text("artifacts.access_key");
  options.artifacts.secret_key = config.secret("artifacts.secret_key").reveal();
  options.http.address = config.text("listen.address");
  options.http.port = static_cast<std::uint16_t>(config.number("listen.port"));
  options.http.threads = static_cast<std::uint32_t>(config.number("listen.threads"));
  options.http.most_connections =
      static_cast<std::uint32_t>(config.number("listen.most_connections"));
  options.http.most_body_bytes =
      static_cast<std::uint64_t>(config.number("listen.most_body_bytes"));
  options.http.certificate_file = config.text("tls.certificate_file");
  options.http.key_file = config.text("tls.key_file");
  options.tokens_file = config.text("tokens.file");
  options.drain_time = config.duration("drain_time");
  return options;
}

}  // namespace delta
