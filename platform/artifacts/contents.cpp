#include "platform/artifacts/contents.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
namespace delta {

namespace {

constexpr std::size_t kPiece = 256 << 10;
constexpr std::size_t kMaxComponent = 255;  ///< NAME_MAX of every usual file system

bool is_retryable(int number) {
  switch (number) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EEXIST:
    case EINVAL:
    case EFBIG: return false;
    default: return true;
  }
}

const char* what_is_wrong(std::string_view component) {
  if (component.empty()) return "has an empty part";
  if (component == "." || component == "..") return "has a part '.' or '..'";
  if (component.size() > kMaxComponent) return "has a part of more than 255 bytes";
  if (component.contains('\0')) return "contains a NUL";
  return nullptr;
}

}  // namespace

StoreError refused_for_good(std::string detail) { return {false, std::move(detail)}; }

StoreError error_of_errno(int number, const std::string& what) {
  return {is_retryable(number), what + ": " + std::generic_category().message(number)};
}

std::expected<std::vector<std::string>, StoreError> split_path(const std::string& path) {
  const auto refuse = [](const char* why) {
    return std::unexpected(refused_for_good(std::string("the artifact's path ") + why));
  };
  if (path.empty()) return refuse("is empty");
  if (path.size() > kMaxPath) return refuse("is longer than 1024 bytes");
  if (path.starts_with('/')) return refuse("is absolute");
  std::vector<std::string> components;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    components.push_back(path.substr(begin, end - begin));
    if (const char* wrong = what_is_wrong(components.back())) return refuse(wrong);
    begin = end + 1;
  }
  return components;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool read_pieces(int descriptor, const TakePiece& take) {
  std::vector<char> buffer(kPiece);
  for (off_t at = 0;;) {
    const ssize_t got = pread(descriptor, buffer.data(), buffer.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    if (!take({buffer.data(), static_cast<std::size_t>(got)})) {
      errno = 0;
      return false;
    }
    at += got;
  }
}

std::expected<ContentSource, StoreError> ContentSource::open(const Content& content) {
  ContentSource source(content);
  if (content.file.empty()) return source;
  // Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
  source.file_ = Fd(::open(content.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!source.file_) {
    StoreError error = error_of_errno(errno, "cannot read the artifact's file");
    if (errno == ENOENT) error.retryable = false;  // nobody will write it again
    return std::unexpected(std::move(error));
  }
  struct stat status{};
  if (fstat(source.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::unexpected(refused_for_good("the artifact's file is no regular file"));
  }
  return source;
}

std::expected<Digest, StoreError> ContentSource::read(const TakePiece& take) const {
  Sha256 hash;
  std::uint64_t size = 0;
  const auto pass_on = [&](std::string_view piece) {
    size += piece.size();
    if (size > content_->size) return false;
    hash.update(raw(piece));
    return take(piece);
  };
  const std::string_view bytes = content_->bytes;
  const bool read = file_ ? read_pieces(descriptor(), pass_on) : bytes.empty() || pass_on(bytes);
  const int number = errno;
  const bool is_larger = size > content_->size;
  if (!read && !is_larger) {
    if (file_ && number != 0) {
      return std::unexpected(error_of_errno(number, "cannot read the artifact's file"));
    }
    return std::unexpected(StoreError{true, "the artifact was not taken to its end"});
  }
  const Digest digest = hash.finish();
  if (is_larger || size != content_->size || first_word(digest) != content_->digest) {
    return std::unexpected(refused_for_good("the artifact is not what was announced: it changed"));
  }
  return digest;
}

}  // namespace delta
