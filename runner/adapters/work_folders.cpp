#include "runner/adapters/work_folders.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "platform/threads.h"
#include "runner/adapters/remove_tree.h"

namespace delta {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "delta-runner-";
constexpr std::size_t kRandomDigits = 16;

std::string cause() { return std::generic_category().message(errno); }

bool is_ours(std::string_view name) {
  if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + kRandomDigits) return false;
  name.remove_prefix(kPrefix.size());
  return name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string random_name() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::uint64_t number = KernelRandom().next();
  std::string name(kPrefix);
  for (std::size_t i = 0; i < kRandomDigits; ++i, number >>= 4) name += digits[number & 15];
  return name;
}

/// The folder, open and locked; empty when it is not ours or in use. The kernel frees the lock when
/// the last process that has it open is dead.
Fd lock_folder(const std::string& path) {
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat info{};
  if (!folder || ::fstat(folder.get(), &info) != 0 || info.st_uid != ::geteuid()) return {};
  return ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(folder) : Fd();
}

void remove_leftovers(const std::string& root, Log& log) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root, error)) {
    if (!is_ours(entry.path().filename().string())) continue;
    const Fd lock = lock_folder(entry.path());
    if (!lock) continue;
    if (remove_tree(entry.path())) {
      log.info("leftovers_removed", "a dead runner's folder was removed",
               {{"folder", entry.path().string()}});
    } else {
      log.warning("leftovers_kept", "a dead runner's folder cannot be removed",
                  {{"folder", entry.path().string()}, {"cause", cause()}});
    }
  }
}

}  // namespace

std::expected<std::shared_ptr<WorkFolders>, std::string> WorkFolders::open(const std::string& root,
                                                                           Log& log) {
  const auto refuse = [&](const std::string& why) {
    return std::unexpected("the folder for jobs, " + root + ", " + why);
  };
  std::error_code error;
  fs::create_directories(root, error);
  if (error) return refuse("cannot be made: " + error.message());
  const std::string all = fs::canonical(root, error).string();
  const Fd common(::open(all.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (error || !common) return refuse("cannot be opened");
  // Between making a folder and locking it nobody may take it for a leftover.
  while (::flock(common.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return refuse("cannot be locked: " + cause());
  }
  remove_leftovers(all, log);
  std::string own = all + "/" + random_name();
  if (::mkdir(own.c_str(), S_IRWXU) != 0) return refuse("cannot be written to: " + cause());
  Fd lock = lock_folder(own);
  if (!lock) return refuse("does not allow locks: " + cause());
  return std::shared_ptr<WorkFolders>(new WorkFolders(std::move(own), std::move(lock), log));
}

WorkFolders::~WorkFolders() { remove(folder_); }

std::expected<std::string, std::string> WorkFolders::make() {
  const std::string folder = folder_ + "/job-" + std::to_string(++made_);
  for (const char* part : {"", "/artifacts", "/tmp"}) {
    if (::mkdir((folder + part).c_str(), S_IRWXU) == 0) continue;
    const std::string why = "the folder " + folder + part + " cannot be made: " + cause();
    if (*part != '\0') remove(folder);
    return std::unexpected(why);
  }
  return folder;
}

bool WorkFolder::write_state(const std::string& state) const {
  const Fd file(
      ::open(checkpoint().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  return file && ::write(file.get(), state.data(), state.size()) == std::ssize(state);
}

std::string WorkFolder::read_state(std::size_t most) const {
  // A job may have put anything there: a pipe, say, would wait for a writer.
  const Fd file(::open(checkpoint().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info{};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  std::string state(most + 1, '\0');
  std::size_t size = 0;
  while (size < state.size()) {
    const ssize_t more = ::read(file.get(), state.data() + size, state.size() - size);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;
    size += static_cast<std::size_t>(more);
  }
  state.resize(size);
  return state;
}

void WorkFolders::remove(const std::string& folder) {
  if (remove_tree(folder)) return;
  log_.warning("folder_kept", "a job's folder cannot be removed",
               {{"folder", folder}, {"cause", cause()}});
}

}  // namespace delta
