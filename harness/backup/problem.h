// Why a piece of work on backups was not done, and what to do about it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace aftershock::backup {

enum class Failure : std::uint8_t {
  usage,        ///< refused: it was not asked for in so many words, or makes no sense
  unavailable,  ///< a program, a server or the repository is not there, or somebody else works
  failed,       ///< it was tried and did not work, or what was looked at is damaged
  interrupted
};

struct Problem {
  Failure failure = Failure::failed;
  std::string message;
  std::string hint = {};  ///< what to do; may be empty
};

template <class Value>
using Result = std::expected<Value, Problem>;

inline std::unexpected<Problem> refused(std::string message, std::string hint = {}) {
  return std::unexpected(Problem{Failure::usage, std::move(message), std::move(hint)});
}
inline std::unexpected<Problem> unavailable(std::string message, std::string hint = {}) {
  return std::unexpected(Problem{Failure::unavailable, std::move(message), std::move(hint)});
}
inline std::unexpected<Problem> failed(std::string message, std::string hint = {}) {
  return std::unexpected(Problem{Failure::failed, std::move(message), std::move(hint)});
}

}  // namespace aftershock::backup
