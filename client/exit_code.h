// What the program's exit code says.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace delta::client {

enum class ExitCode : std::uint8_t {
  kDone = 0,            ///< done; of what was watched or followed: it succeeded
  kFailed = 1,          ///< the run or job did not succeed, or something is wrong with the system
  kRefused = 2,         ///< the orchestrator says no: no such run, no permission, a key used twice
  kUnreachable = 3,     ///< no orchestrator answered, or nobody knows whether it was done
  kUsage = 64,          ///< a bad command line, configuration or file; nothing was asked
  kInternalError = 70,  ///< a bug of this program
  kOutput = 74,         ///< what was fetched could not be written
};

/// Why a command ends, for people.
struct Failure {
  ExitCode code = ExitCode::kFailed;
  std::string message;  ///< one sentence
  std::optional<std::string> hint = {};
  bool absent = false;  ///< kRefused: what was asked for is not there, or not yet
};

template <class T>
using Outcome = std::expected<T, Failure>;

inline std::unexpected<Failure> failed(ExitCode code, std::string message,
                                       std::optional<std::string> hint = {}) {
  return std::unexpected(Failure{code, std::move(message), std::move(hint)});
}

}  // namespace delta::client
