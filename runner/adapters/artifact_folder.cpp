#include "runner/adapters/artifact_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "core/api.h"
#include "core/sha256.h"
#include "platform/fd.h"
#include "platform/text/diagnostic.h"
#include "platform/text/utf8.h"

namespace delta {

namespace {

constexpr int kDeepest = 32;               // each level holds a file descriptor open
constexpr std::size_t kLongestName = 255;  // with its folders
constexpr std::size_t kMostRemarks = 20;
constexpr std::size_t kPiece = 1 << 16;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

bool is_printable(std::string_view name) {
  while (!name.empty()) {
    const std::size_t length = text::utf8_length(name);
    if (length == 0 || is_control(name[0])) return false;
    name.remove_prefix(length);
  }
  return true;
}

const char* name_of_type(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

class Collector {
 public:
  Collector(const ArtifactLimits& limits, const std::function<bool()>& stop)
      : limits_(limits), stop_(stop) {}

  void list(int folder, const std::string& prefix, int depth);
  void read(int top, const std::string& path);
  CollectedArtifacts finish() &&;

 private:
  void list_entry(int folder, const char* entry, const std::string& name, int depth);
  void keep(const std::string& name);
  void skip(std::string_view name, const std::string& why);
  std::optional<Content> content_of_file(int file, const std::string& name);

  const ArtifactLimits& limits_;
  const std::function<bool()>& stop_;
  std::set<std::string> names_;  ///< no more than allowed: the first
  std::size_t too_many_ = 0;
  std::size_t skipped_ = 0;
  std::uint64_t bytes_ = 0;
  CollectedArtifacts found_;
};

void Collector::skip(std::string_view name, const std::string& why) {
  if (++skipped_ > kMostRemarks) return;
  found_.remarks.push_back("artifact " + quote(name) + " is not kept: " + why);
}

void Collector::keep(const std::string& name) {
  names_.insert(name);
  if (names_.size() <= limits_.most) return;
  names_.erase(std::prev(names_.end()));
  ++too_many_;
}

void Collector::list_entry(int folder, const char* entry, const std::string& name, int depth) {
  struct stat info{};
  if (::fstatat(folder, entry, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return skip(name, std::generic_category().message(errno));
  }
  if (!is_printable(name)) return skip(name, "its name is not printable");
  if (name.size() > kLongestName) return skip(name, "its name is too long");
  if (name == kLogName) return skip(name, "the name is that of the command's output");
  if (S_ISREG(info.st_mode)) return keep(name);
  if (!S_ISDIR(info.st_mode)) return skip(name, name_of_type(info.st_mode));
  if (depth >= kDeepest) return skip(name, "its folder lies too deep");
  const Fd inner(::openat(folder, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!inner) return skip(name, std::generic_category().message(errno));
  list(inner.get(), name + "/", depth + 1);
}

void Collector::list(int folder, const std::string& prefix, int depth) {
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseFolder> entries(again < 0 ? nullptr : ::fdopendir(again));
  if (entries == nullptr) return skip(prefix, std::generic_category().message(errno));
  while (const dirent* entry = ::readdir(entries.get())) {
    if (stop_()) return;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..")
      list_entry(folder, entry->d_name, prefix + entry->d_name, depth);
  }
}

std::optional<Content> Collector::content_of_file(int file, const std::string& name) {
  Sha256 hash;
  Content content;
  std::vector<std::uint8_t> piece(kPiece);
  while (!stop_()) {
    const ssize_t size = ::read(file, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      skip(name, std::generic_category().message(errno));
      return std::nullopt;
    }
    if (size == 0) break;
    content.size += static_cast<std::uint64_t>(size);
    hash.update(std::span(piece).first(static_cast<std::size_t>(size)));
  }
  content.digest = first_word(hash.finish());
  return content;
}

void Collector::read(int top, const std::string& path) {
  for (const std::string& name : names_) {
    if (stop_()) return;
    // Not a link and not a pipe when it was listed, and nobody is left who could change it.
    const Fd file(::openat(top, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat info{};
    if (!file || ::fstat(file.get(), &info) != 0) {
      skip(name, std::generic_category().message(errno));
      continue;
    }
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size > limits_.most_bytes_each) {
      skip(name, "it has " + std::to_string(size) + " bytes, and " +
                     std::to_string(limits_.most_bytes_each) + " are allowed");
    } else if (size > limits_.most_bytes_together - bytes_) {
      skip(name, "together the artifacts would have more than " +
                     std::to_string(limits_.most_bytes_together) + " bytes");
    } else if (auto content = content_of_file(file.get(), name)) {
      bytes_ += size;
      content->file = path + "/" + name;
      found_.artifacts.push_back({name, std::move(*content)});
    }
  }
}

CollectedArtifacts Collector::finish() && {
  if (too_many_ > 0) {
    found_.remarks.push_back(std::to_string(too_many_) + " artifacts are not kept: only " +
                             std::to_string(limits_.most) + " are allowed");
  }
  if (skipped_ > kMostRemarks) {
    found_.remarks.push_back(std::to_string(skipped_ - kMostRemarks) +
                             " other artifacts are not kept either");
  }
  return std::move(found_);
}

}  // namespace

CollectedArtifacts collect_artifacts(const std::string& folder, const ArtifactLimits& limits,
                                     const std::function<bool()>& stop) {
  Collector collector(limits, stop);
  const Fd top(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  // Without the folder, or with something else in its place, there are no artifacts.
  if (!top) return {};
  collector.list(top.get(), "", 0);
  collector.read(top.get(), folder);
  return std::move(collector).finish();
}

}  // namespace delta
