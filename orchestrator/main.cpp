// delta-orchestrator: the control plane of Delta CI.
#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include "core/check.h"
#include "core/replay.h"
#include "orchestrator/adapters/configuration.h"
#include "orchestrator/adapters/http/tokens.h"
#include "platform/http_client.h"
#include "platform/log_config.h"
#include "platform/threads.h"

extern char** environ;

namespace {

using namespace delta;

constexpr const char* kVersion = "0.1.0";
constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kInternal = 70;

constexpr const char* kFooter = R"(Commands, before any flag:
  serve             serve until SIGTERM (the default); SIGHUP reads the tokens again
  migrate           bring the database's schema up to date, and end
  verify            replay the audit log and compare it with the tables
  token ROLE NAME   make a token (client, runner or admin) and the line for tokens.file
  probe URL [CA]    ask URL once, and fail unless it answers 2xx within 5 s; CA: PEM to trust

Exit codes: 0 done, 1 it failed, 64 bad usage or configuration, 70 internal error,
75 not everything under way could be answered within drain_time.

Examples:
  delta-orchestrator token admin alice >> tokens      (the token itself goes to the terminal)
  delta-orchestrator migrate --database-url postgresql://delta@db/delta
  delta-orchestrator serve --config /etc/delta/orchestrator.yaml --roles api,dispatch
  delta-orchestrator probe http://127.0.0.1:8080/readyz
)";

void print(std::FILE* stream, const std::string& text) {
  std::fputs(text.c_str(), stream);
  std::fflush(stream);
}

/// Nothing: the exit code is set.
std::optional<Config> configure(std::vector<ConfigKey> keys, std::span<const char* const> arguments,
                                int& exit_code) {
  const Program program{.name = "delta-orchestrator",
                        .version = kVersion,
                        .purpose = "The control plane of Delta CI.",
                        .footer = kFooter};
  auto config = load_config(program, keys, arguments, environ);
  if (config) return std::move(*config);
  exit_code = config.error().exit_code;
  print(exit_code == kOk ? stdout : stderr, config.error().text);
  return std::nullopt;
}

int run_serve(std::span<const char* const> arguments) {
  const Signals signals{SIGTERM, SIGINT, SIGHUP};
  int exit_code = kOk;
  const auto config = configure(orchestrator_keys(), arguments, exit_code);
  if (!config) return exit_code;
  auto log = open_log(*config);
  if (!log) {
    print(stderr, "delta-orchestrator: " + log.error() + "\n");
    return kBadUsage;
  }
  OrchestratorOptions options = orchestrator_options(*config);
  options.version = kVersion;
  try {
    serve(options, signals, **log);
    return kOk;
  } catch (const std::runtime_error& error) {
    (*log)->error("cannot_start", error.what());
    return kFailed;
  }
}

int run_migrate(std::span<const char* const> arguments) {
  int exit_code = kOk;
  const auto config = configure(tool_keys(), arguments, exit_code);
  if (!config) return exit_code;
  const auto done = migrate(database_options(*config));
  if (!done) {
    print(stderr, "delta-orchestrator: " + done.error().detail + "\n");
    return kFailed;
  }
  for (const std::string& step : *done) print(stdout, "migrated: " + step + "\n");
  if (done->empty()) print(stdout, "the schema is up to date\n");
  return kOk;
}

int run_verify(std::span<const char* const> arguments) {
  int exit_code = kOk;
  const auto config = configure(tool_keys(), arguments, exit_code);
  if (!config) return exit_code;
  const auto copy = copy_database(database_options(*config));
  if (!copy) {
    print(stderr, "delta-orchestrator: " + copy.error().detail + "\n");
    return kFailed;
  }
  const ReplayResult replayed = replay(copy->audit, config->settings());
  std::vector<std::string> found = replayed.problems;
  for (std::string& difference : differences(replayed.rows, copy->rows)) {
    found.push_back(std::move(difference));
  }
  for (const std::string& line : found) print(stdout, line + "\n");
  print(stdout, std::to_string(copy->audit.size()) + " audit events, " +
                    std::to_string(copy->rows.runs.size()) + " runs, " +
                    std::to_string(copy->rows.attempts.size()) + " attempts: " +
                    (found.empty() ? "the audit log replays to the tables\n"
                                   : std::to_string(found.size()) + " differences\n"));
  return found.empty() ? kOk : kFailed;
}

int run_token(std::span<const char* const> arguments) {
  using wire::Role;
  const std::string usage = "usage: delta-orchestrator token client|runner|admin NAME\n";
  if (arguments.size() != 3) {
    print(stderr, usage);
    return kBadUsage;
  }
  const std::string name = arguments[2];
  for (const Role role : {Role::client, Role::runner, Role::admin}) {
    if (wire::name_of(role) != arguments[1]) continue;
    if (!is_operator_name(name) || name.find_first_of(" #") != std::string::npos) break;
    KernelRandom random;
    const auto secret = random_id<Token>(random);
    const auto more = random_id<Token>(random);
    const auto made = http::make_token(role, name, to_string(secret) + to_string(more));
    print(stdout, made.line + "\n");
    print(stderr, made.token + "\n");
    return kOk;
  }
  print(stderr, usage + "NAME: 1 to 64 printable ASCII characters without blanks and '#'\n");
  return kBadUsage;
}

/// For health checks where no other HTTP client is, such as in a container.
int run_probe(std::span<const char* const> arguments) {
  if (arguments.size() < 2 || arguments.size() > 3) {
    print(stderr, "usage: delta-orchestrator probe URL [CA-FILE]\n");
    return kBadUsage;
  }
  HttpClient client(
      {.user_agent = "delta-probe", .ca_file = arguments.size() == 3 ? arguments[2] : ""});
  const auto reply = client.call({.url = arguments[1], .timeout = 5s});
  if (!reply) {
    print(stderr, "delta-orchestrator: " + reply.error().detail + "\n");
    return reply.error().kind == HttpFailure::bad_request ? kBadUsage : kFailed;
  }
  print(stdout, std::to_string(reply->status) + " " + reply->body);
  return reply->status / 100 == 2 ? kOk : kFailed;
}

int dispatch(std::span<const char* const> arguments) {
  // The command is the first word, where there is one.
  std::vector<const char*> rest(arguments.begin(), arguments.end());
  std::string command = "serve";
  if (rest.size() > 1 && rest[1][0] != '-') {
    command = rest[1];
    rest.erase(rest.begin() + 1);
  }
  if (command == "serve") return run_serve(rest);
  if (command == "migrate") return run_migrate(rest);
  if (command == "verify") return run_verify(rest);
  if (command == "token") return run_token(rest);
  if (command == "probe") return run_probe(rest);
  print(stderr, "delta-orchestrator: there is no command '" + command +
                    "'; there are serve, migrate, verify, token and probe (see --help)\n");
  return kBadUsage;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return dispatch({arguments, static_cast<std::size_t>(count)});
  } catch (const delta::CheckFailed& failed) {
    print(stderr, "delta-orchestrator: internal error: " + failed.what + "\n");
  } catch (const std::exception& error) {
    print(stderr, std::string("delta-orchestrator: internal error: ") + error.what() + "\n");
  }
  return kInternal;
}
