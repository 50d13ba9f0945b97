#include "harness/backup/work_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "harness/backup/quotes.h"
#include "reports/text.h"

namespace aftershock::backup {

namespace fs = std::filesystem;

namespace {

/// pgBackRest makes it as well, and works as `account`.
bool make_folder(const fs::path& folder, const std::optional<delta::Account>& account) {
  std::error_code error;
  if (!fs::create_directories(folder, error)) return !error;
  return !account || chown(folder.c_str(), account->user, account->group) == 0;
}

std::string holder(int file) {
  std::array<char, 200> text{};
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  const std::string said(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return said.empty() ? "another aftershock" : one_line(said);
}

}  // namespace

Result<WorkLock> WorkLock::take(const PgBackRest& tool, const std::string& what) {
  const std::string said = tool.value("lock-path");
  const fs::path folder = said.empty() ? "/tmp/pgbackrest" : said;
  const fs::path path = folder / ("aftershock-" + tool.stanza() + ".lock");
  const bool there = make_folder(folder, tool.account());
  delta::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660));
  if (!there || !file) {
    return unavailable("cannot write " + in_quotes(path.string()) + ": " + std::strerror(errno),
                       "run as the account that owns PostgreSQL's data, or as root");
  }
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return unavailable(
        "the stanza " + in_quotes(tool.stanza()) + " is in use by " + holder(file.get()),
        "wait until it has ended");
  }
  const std::string mine = "`aftershock " + what + "`, pid " + std::to_string(getpid());
  if (tool.account() && fchown(file.get(), tool.account()->user, tool.account()->group) != 0) {
    return unavailable("cannot give " + in_quotes(path.string()) + " to PostgreSQL's account");
  }
  const bool written =
      ftruncate(file.get(), 0) == 0 &&
      pwrite(file.get(), mine.data(), mine.size(), 0) == static_cast<ssize_t>(mine.size());
  if (!written) return unavailable("cannot write " + in_quotes(path.string()));
  return WorkLock(std::move(file));
}

}  // namespace aftershock::backup
