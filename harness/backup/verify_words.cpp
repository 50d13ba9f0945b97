// What `pgbackrest verify` prints. Its exit code says nothing about what it found.
#include <sstream>

#include "harness/backup/verify.h"
#include "reports/text.h"

namespace aftershock::backup {
namespace {

/// The number behind these words; 0 when they are not there.
std::uint64_t number_after(const std::string& line, const std::string& words) {
  const std::size_t at = line.find(words);
  return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at + words.size(), nullptr, 10);
}

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? "" : one_line(line.substr(first));
}

}  // namespace

RepositoryState read_verification(std::string_view words) {
  RepositoryState state;
  std::istringstream lines{std::string(words)};
  std::string subject;
  bool bad_subject = false;
  for (std::string line; std::getline(lines, line);) {
    const std::string text = trimmed(line);
    if (text == "status: ok") state.sound = true;
    if (text.starts_with("No usable")) state.troubles.push_back(text);
    if (text.starts_with("archiveId: ")) {
      state.wal_segments += number_after(text, "total WAL checked: ");
      subject = text;
      bad_subject =
          number_after(text, "total WAL checked: ") != number_after(text, "total valid WAL: ");
    } else if (text.starts_with("backup: ")) {
      state.files += number_after(text, "total files checked: ");
      subject = text;
      bad_subject = text.find("status: valid") == std::string::npos;
      if (bad_subject) state.troubles.push_back(text);
    } else if (bad_subject && text.starts_with("missing: ")) {
      if (subject.starts_with("archiveId")) state.troubles.push_back(subject);
      state.troubles.back() += " (" + text + ")";
    }
  }
  if (!state.sound && state.troubles.empty()) state.troubles.emplace_back("no status: ok");
  return state;
}

}  // namespace aftershock::backup
