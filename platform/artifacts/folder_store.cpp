#include "platform/artifacts/folder_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "platform/artifacts/contents.h"

namespace delta {

namespace {

constexpr std::string_view kOwn = ".artifact-";  ///< begins the names that no artifact may have
constexpr std::size_t kDigits = 64;              ///< of SHA-256
constexpr std::size_t kRandomDigits = 16;
constexpr std::size_t kOwnSize = kOwn.size() + kDigits + 1 + kRandomDigits;

std::unexpected<StoreError> failed(const std::string& what) {
  return std::unexpected(error_of_errno(errno, what));
}
std::unexpected<StoreError> damaged(const std::string& path, const std::string& how) {
  return std::unexpected(refused_for_good("the artifact " + path + " is damaged: " + how));
}

/// Where the link leads, or empty; errno says why.
std::string read_link(int folder, const std::string& name) {
  std::array<char, 256> target{};
  const ssize_t size = readlinkat(folder, name.c_str(), target.data(), target.size());
  return size < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

bool is_own(std::string_view target) {
  return target.size() == kOwnSize && target.starts_with(kOwn) && !target.contains('/');
}

/// Ends a file that did not become an artifact.
struct Scrap {
  int folder;
  std::string name;
  ~Scrap() {
    if (!name.empty()) unlinkat(folder, name.c_str(), 0);
  }
};

}  // namespace

struct FolderStore::Place {
  Fd folder;  ///< not open: the artifact's folder is missing
  std::string folder_path;
  std::string name;
};

struct FolderStore::Contents {
  Fd file;
  std::string name;

  std::string_view digest() const { return std::string_view(name).substr(kOwn.size(), kDigits); }
};

std::string FolderStore::random_name() {
  std::array<char, kRandomDigits + 1> text{};
  std::snprintf(text.data(), text.size(), "%016llx",
                static_cast<unsigned long long>(random_.next()));
  return text.data();
}

std::expected<FolderStore::Place, StoreError> FolderStore::find(const std::string& path,
                                                                Missing missing) {
  auto components = split_path(path);
  if (!components) return std::unexpected(std::move(components.error()));
  for (const std::string& component : *components) {
    if (component.starts_with(kOwn)) {
      return std::unexpected(refused_for_good("the artifact's path has a part '.artifact-...'"));
    }
  }
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  Place place{Fd(open(folder_.c_str(), flags)), folder_, std::move(components->back())};
  components->pop_back();
  if (!place.folder) return failed("the artifact folder " + folder_);
  for (const std::string& component : *components) {
    const int parent = place.folder.get();
    place.folder_path += "/" + component;
    if (missing == Missing::create) {
      if (mkdirat(parent, component.c_str(), 0777) == 0) {
        if (fsync(parent) != 0) return failed("cannot store " + path);
      } else if (errno != EEXIST) {
        return failed("cannot create " + place.folder_path);
      }
    }
    // Whoever may write to the folder must not lead us out of it.
    Fd next(openat(parent, component.c_str(), flags | O_NOFOLLOW));
    const bool is_missing = !next && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP);
    if (!next && !(is_missing && missing == Missing::leave)) {
      return failed("cannot open " + place.folder_path);
    }
    place.folder = std::move(next);
    if (is_missing) break;
  }
  return place;
}

std::expected<void, StoreError> FolderStore::put(const std::string& path, const Content& content) {
  const auto source = ContentSource::open(content);
  if (!source) return std::unexpected(source.error());
  const auto place = find(path, Missing::create);
  if (!place) return std::unexpected(place.error());
  const int folder = place->folder.get();
  const auto cannot = [&path] { return failed("cannot store " + path); };

  Scrap part{folder, std::string(kOwn) + random_name() + ".part"};
  const Fd file(openat(folder, part.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file) return cannot();
  int number = 0;
  const auto digest = source->read([&](std::string_view piece) {
    if (write_all(file.get(), piece)) return true;
    number = errno;
    return false;
  });
  if (number != 0) return std::unexpected(error_of_errno(number, "cannot store " + path));
  if (!digest) return std::unexpected(digest.error());
  if (fsync(file.get()) != 0) return cannot();

  const std::string random = random_name();
  Scrap contents{folder, std::string(kOwn) + to_string(*digest) + "-" + random};
  if (renameat(folder, part.name.c_str(), folder, contents.name.c_str()) != 0) return cannot();
  part.name.clear();
  Scrap link{folder, std::string(kOwn) + random + ".link"};
  if (symlinkat(contents.name.c_str(), folder, link.name.c_str()) != 0) return cannot();
  // So that of two puts of one path each sees what it replaces. Given up where it cannot be had:
  // all that is lost is the space of the replaced contents.
  static_cast<void>(flock(folder, LOCK_EX));
  const std::string replaced = read_link(folder, place->name);
  if (renameat(folder, link.name.c_str(), folder, place->name.c_str()) != 0) return cannot();
  link.name.clear();
  contents.name.clear();
  if (fsync(folder) != 0) return cannot();
  if (is_own(replaced)) unlinkat(folder, replaced.c_str(), 0);
  return {};
}

std::expected<FolderStore::Contents, StoreError> FolderStore::open_contents(
    const Place& place, const std::string& path) {
  const int folder = place.folder.get();
  for (std::string before;;) {
    Contents contents{{}, read_link(folder, place.name)};
    if (contents.name.empty() && errno == ENOENT) return contents;
    if (contents.name.empty() && errno == EINVAL) {
      struct stat status{};
      fstatat(folder, place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW);
      if (S_ISDIR(status.st_mode)) return contents;  // of artifacts, and none itself
    } else if (contents.name.empty()) {
      return failed("cannot read " + path);
    }
    if (!is_own(contents.name)) return damaged(path, "something else was put in its place");
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    contents.file = Fd(openat(folder, contents.name.c_str(), flags));
    if (contents.file) return contents;
    if (errno != ENOENT) return failed("cannot read " + path);
    // Replaced since its link was read? Then the link leads elsewhere now.
    if (contents.name == before) return damaged(path, "its contents are gone");
    before = contents.name;
  }
}

std::expected<std::optional<Content>, StoreError> FolderStore::get(const std::string& path) {
  const auto place = find(path, Missing::leave);
  if (!place) return std::unexpected(place.error());
  if (!place->folder) return std::nullopt;
  const auto contents = open_contents(*place, path);
  if (!contents) return std::unexpected(contents.error());
  if (!contents->file) return std::nullopt;
  Content content;
  Sha256 hash;
  const bool read = read_pieces(contents->file.get(), [&](std::string_view piece) {
    content.size += piece.size();
    hash.update(raw(piece));
    if (content.size <= kMaxBytesInMemory) content.bytes += piece;
    return true;
  });
  if (!read) return failed("cannot read " + path);
  const Digest digest = hash.finish();
  if (contents->digest() != to_string(digest)) {
    return damaged(path, "its contents do not have its digest");
  }
  content.digest = first_word(digest);
  if (content.size > kMaxBytesInMemory) {
    content.bytes.clear();
    content.file = place->folder_path + "/" + contents->name;
  }
  return content;
}

}  // namespace delta
