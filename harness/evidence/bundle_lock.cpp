#include "harness/evidence/bundle_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "reports/text.h"

namespace aftershock::evidence {
namespace {

/// The folder at this path is another one by now.
bool is_replaced(const delta::Fd& folder, const std::string& path) {
  struct stat held{};
  struct stat there{};
  return fstat(folder.get(), &held) != 0 || stat(path.c_str(), &there) != 0 ||
         held.st_ino != there.st_ino || held.st_dev != there.st_dev;
}

}  // namespace

std::expected<BundleLock, std::string> BundleLock::take(const std::string& folder) {
  delta::Fd file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file) return BundleLock(delta::Fd());
  if (flock(file.get(), LOCK_EX | LOCK_NB) == 0 && !is_replaced(file, folder)) {
    return BundleLock(std::move(file));
  }
  return std::unexpected("another program attests '" + one_line(folder) +
                         "' right now: nothing was written; do it again when that one has ended");
}

}  // namespace aftershock::evidence
