#include "harness/sweep/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "core/columns.h"
#include "harness/sweep/journal_head.h"

namespace aftershock::sweep {
namespace {

constexpr std::chrono::seconds kSyncInterval{1};

std::string path_in(const std::string& folder) { return folder + "/" + kJournalName; }

std::unexpected<std::string> failed(const std::string& what, const std::string& path, int error) {
  return std::unexpected("cannot " + what + " '" + delta::one_line(path) +
                         "': " + std::generic_category().message(error));
}

std::unexpected<std::string> in_use(const std::string& path) {
  return std::unexpected("another sweep writes '" + delta::one_line(path) + "'");
}

/// One sweep a journal. The lock is this process's alone: no worker keeps it when this one dies.
bool lock(int file) {
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return fcntl(file, F_SETLK, &whole) == 0;
}

std::optional<std::string> read_line(const JournalReader& reader, std::uint64_t number,
                                     std::string_view line) {
  if (number == 1) {
    const auto head = head_from_line(line);
    return head ? reader.head(*head) : head.error();
  }
  const auto entry = from_line(line);
  return entry ? reader.entry(*entry) : std::optional(entry.error());
}

}  // namespace

Journal::Journal(delta::Fd file, std::string path, Clock clock)
    : file_(std::move(file)), path_(std::move(path)), clock_(std::move(clock)), synced_(clock_()) {}

std::expected<Journal, std::string> Journal::create(const std::string& folder,
                                                    const JournalHead& head, Clock clock) {
  const std::string path = path_in(folder);
  delta::Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file) return failed("create", path, errno);
  if (!lock(file.get())) return in_use(path);
  Journal journal(std::move(file), path, std::move(clock));
  if (has_journal(folder)) return std::unexpected("there is one already: '" + path + "'");
  if (const Result written = journal.append(to_line(head) + "\n", true); !written) {
    unlink(path.c_str());
    return std::unexpected(written.error());
  }
  return journal;
}

std::expected<Journal, std::string> Journal::go_on(const std::string& folder, std::uint64_t size,
                                                   Clock clock) {
  const std::string path = path_in(folder);
  delta::Fd file(open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!file) return failed("open", path, errno);
  if (!lock(file.get())) return in_use(path);
  if (ftruncate(file.get(), static_cast<off_t>(size)) != 0) return failed("cut", path, errno);
  return Journal(std::move(file), path, std::move(clock));
}

Journal::Result Journal::append(std::string_view lines, bool urgent) {
  while (!lines.empty()) {
    const ssize_t written = write(file_.get(), lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path_, errno);
    behind_ = true;
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  return urgent || clock_() - synced_ >= kSyncInterval ? sync() : Result{};
}

Journal::Result Journal::sync() {
  if (behind_ && fdatasync(file_.get()) != 0) return failed("write", path_, errno);
  behind_ = false;
  synced_ = clock_();
  return {};
}

std::expected<std::uint64_t, std::string> read_journal(const std::string& folder,
                                                       const JournalReader& reader) {
  const std::string path = path_in(folder);
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed("open", path, errno);
  std::uint64_t size = 0;
  std::uint64_t number = 0;
  std::string line;
  while (std::getline(file, line) && !file.eof()) {  // at the end: without a line break, torn
    ++number;
    if (const auto wrong = read_line(reader, number, line)) {
      const bool last = number > 1 && file.peek() == std::ifstream::traits_type::eof();
      if (last && !from_line(line)) return size;
      return std::unexpected(delta::one_line(path) + ":" + std::to_string(number) + ": " + *wrong);
    }
    size += line.size() + 1;
  }
  if (file.bad()) return failed("read", path, errno);
  if (number == 0) return std::unexpected(delta::one_line(path) + ":1: it is not finished");
  return size;
}

bool has_journal(const std::string& folder) {
  struct stat found{};
  return stat(path_in(folder).c_str(), &found) == 0 && found.st_size > 0;
}

}  // namespace aftershock::sweep
