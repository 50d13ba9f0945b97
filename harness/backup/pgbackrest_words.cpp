// What pgBackRest prints, understood: its format is that of the versions from 2.45 on.
#include <algorithm>
#include <sstream>

#include "harness/backup/pgbackrest.h"
#include "reports/text.h"

namespace aftershock::backup {
namespace {

constexpr std::string_view kError = "ERROR: [";
constexpr std::string_view kHint = "HINT: ";
constexpr std::string_view kWarning = "WARN: ";

/// pgBackRest's exit codes (its error.yaml) that are not about the backups themselves.
enum Code : int {
  kFileOpen = 41,
  kLockAcquire = 50,
  kFileMissing = 55,
  kConnect = 56,
  kTerminated = 63,
  kPathCreate = 47,
  kPathOpen = 77,
  kStop = 62,
  kArchiveDisabled = 87,
  kService = 96,
  kHostConnect = 124,
};

bool is_unavailable(int code) {
  constexpr std::array codes{kFileOpen, kLockAcquire, kFileMissing,     kConnect,    kPathCreate,
                             kPathOpen, kStop,        kArchiveDisabled, kHostConnect};
  return std::ranges::find(codes, code) != codes.end();
}

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == std::string::npos ? "" : one_line(line.substr(first));
}

std::string hint_for(int code) {
  switch (code) {
    case kLockAcquire: return "another pgBackRest works on this stanza: wait until it has ended";
    case kConnect: return "is PostgreSQL running, and are pg1-port and pg1-socket-path right?";
    case kFileOpen:
    case kPathCreate:
    case kPathOpen: return "run as the account that owns PostgreSQL's data, or as root";
    default: return "";
  }
}

}  // namespace

Problem explain(int code, std::string_view words) {
  Problem problem{code == kTerminated    ? Failure::interrupted
                  : is_unavailable(code) ? Failure::unavailable
                                         : Failure::failed,
                  "", hint_for(code)};
  std::istringstream lines{std::string(words)};
  bool inside = false;
  std::string hints;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t error = line.find(kError);
    if (error != std::string::npos) {
      if (!problem.message.empty()) break;
      inside = true;
      const std::size_t text = line.find("]: ", error);
      problem.message = one_line(text == std::string::npos ? line : line.substr(text + 3));
      continue;
    }
    if (!inside) continue;
    const std::string more = trimmed(line);
    if (more.empty() || !line.starts_with(' ')) break;
    if (more.starts_with(kHint)) {
      hints += (hints.empty() ? "" : "; ") + more.substr(kHint.size());
    } else {
      problem.message += "; " + more;
    }
  }
  if (problem.message.empty()) {
    problem.message = "pgbackrest ended with exit code " + std::to_string(code);
  }
  if (problem.message.contains("No space left")) problem.hint = "make room on this disk";
  if (problem.hint.empty()) problem.hint = hints;
  return problem;
}

std::vector<std::string> warnings_in(std::string_view words) {
  std::vector<std::string> warnings;
  std::istringstream lines{std::string(words)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(kWarning);
    // pgBackRest prints them twice: for the console, and for standard error.
    if (at == std::string::npos) continue;
    std::string warning = one_line(line.substr(at + kWarning.size()));
    if (std::ranges::find(warnings, warning) == warnings.end()) {
      warnings.push_back(std::move(warning));
    }
  }
  return warnings;
}

std::optional<int> percent_in(std::string_view words) {
  const std::size_t percent = words.rfind("%)");
  if (percent == std::string_view::npos) return std::nullopt;
  std::size_t begin = words.rfind(", ", percent);
  if (begin == std::string_view::npos) return std::nullopt;
  int whole = 0;
  for (begin += 2; begin < percent && words[begin] >= '0' && words[begin] <= '9'; ++begin) {
    whole = whole * 10 + (words[begin] - '0');
    if (whole > 100) return std::nullopt;
  }
  return whole;
}

}  // namespace aftershock::backup
