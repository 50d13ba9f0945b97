#include "runner/adapters/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

#include "platform/fd.h"

namespace delta {

namespace {

constexpr int kDeepest = 64;  // each level holds a file descriptor open
constexpr std::size_t kNamesAtOnce = 1'000;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

/// Some of the names in the folder.
std::vector<std::string> some_names(int folder) {
  std::vector<std::string> names;
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseFolder> list(again < 0 ? nullptr : ::fdopendir(again));
  if (list == nullptr) return names;
  while (names.size() < kNamesAtOnce) {
    const dirent* entry = ::readdir(list.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

/// Opens a folder and takes every right in it that its owner can have.
Fd open_for_removal(int parent, const char* name) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd folder(::openat(parent, name, flags));
  if (!folder && errno == EACCES && ::fchmodat(parent, name, S_IRWXU, 0) == 0) {
    folder = Fd(::openat(parent, name, flags));
  }
  if (folder) ::fchmod(folder.get(), S_IRWXU);
  return folder;
}

class Remover {
 public:
  explicit Remover(int top) : top_(top) {}

  /// True when at least one thing in the folder is gone from there.
  bool empty(int folder, int depth) {
    bool any = false;
    for (;;) {
      bool progress = false;
      for (const std::string& name : some_names(folder)) {
        progress = remove(folder, name.c_str(), depth) || progress;
      }
      if (!progress) return any;
      any = true;
    }
  }

 private:
  bool remove(int parent, const char* name, int depth) {
    if (::unlinkat(parent, name, 0) == 0) return true;
    if (::unlinkat(parent, name, AT_REMOVEDIR) == 0) return true;
    const Fd folder = open_for_removal(parent, name);
    if (!folder) return false;
    if (depth >= kDeepest) return move_to_top(parent, name);
    empty(folder.get(), depth + 1);
    return ::unlinkat(parent, name, AT_REMOVEDIR) == 0;
  }

  bool move_to_top(int parent, const char* name) {
    for (int tries = 0; tries < 100; ++tries) {
      const std::string free = ".delta-deep-" + std::to_string(moved_++);
      if (::renameat2(parent, name, top_, free.c_str(), RENAME_NOREPLACE) == 0) return true;
      if (errno != EEXIST) return false;
    }
    return false;
  }

  const int top_;
  int moved_ = 0;
};

}  // namespace

bool remove_tree(const std::string& path) {
  {
    const Fd top = open_for_removal(AT_FDCWD, path.c_str());
    if (top) Remover(top.get()).empty(top.get(), 0);
  }
  return ::rmdir(path.c_str()) == 0 || errno == ENOENT;
}

}  // namespace delta
