// delta-runner: runs the jobs of Delta CI.
#include <csignal>
#include <cstdio>
#include <string>

#include "core/check.h"
#include "platform/log_config.h"
#include "runner/adapters/program.h"

extern char** environ;

namespace {

using namespace delta;

constexpr const char* kVersion = "0.1.0";
constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kInternal = 70;

constexpr const char* kFooter =
    R"(SIGTERM takes no more jobs and ends the runner when those that run have ended; a second one
kills them.

Exit codes: 0 drained, 1 it could not start, 64 bad usage or configuration, 70 internal error,
75 killed with jobs under way.

Example:
  delta-runner --orchestrators http://ci-1:8080,http://ci-2:8080 --token-file runner.token \
    --artifacts-url file:/srv/delta/artifacts --slots 4
)";

int run(std::span<const char* const> arguments) {
  const Signals signals{SIGTERM, SIGINT};
  const Program program{.name = "delta-runner",
                        .version = kVersion,
                        .purpose = "Runs the jobs of Delta CI.",
                        .footer = kFooter};
  const auto config = load_config(program, runner_keys(), arguments, environ);
  if (!config) {
    const int code = config.error().exit_code;
    std::fputs(config.error().text.c_str(), code == kOk ? stdout : stderr);
    return code;
  }
  auto log = open_log(*config);
  if (!log) {
    std::fprintf(stderr, "delta-runner: %s\n", log.error().c_str());
    return kBadUsage;
  }
  RunnerOptions options = runner_options(*config);
  options.version = kVersion;
  try {
    work(options, signals, **log);
    return kOk;
  } catch (const std::runtime_error& error) {
    (*log)->error("cannot_start", error.what());
    return kFailed;
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run({arguments, static_cast<std::size_t>(count)});
  } catch (const delta::CheckFailed& failed) {
    std::fprintf(stderr, "delta-runner: internal error: %s\n", failed.what.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "delta-runner: internal error: %s\n", error.what());
  }
  return kInternal;
}
