#include "platform/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "platform/fd.h"

namespace delta {

namespace {

std::unexpected<SecretFileError> failed(int cause) {
  return std::unexpected(SecretFileError{cause, std::generic_category().message(cause)});
}

std::unexpected<SecretFileError> refused(std::string why) {
  return std::unexpected(SecretFileError{0, std::move(why)});
}

}  // namespace

std::expected<Secret, SecretFileError> read_secret_file(int folder, const std::string& path) {
  // Links are followed: Kubernetes mounts secrets as such. Nothing waits for a pipe's writer.
  const Fd file(::openat(folder, path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat info{};
  if (!file || ::fstat(file.get(), &info) != 0) return failed(errno);
  if (!S_ISREG(info.st_mode)) return refused("not a regular file");
  std::string text(kLargestSecret + 2, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.size() > kLargestSecret) {
    return refused("more than " + std::to_string(kLargestSecret) + " bytes");
  }
  if (text.empty()) return refused("empty");
  if (text.contains('\0')) return refused("it holds a zero byte");
  return Secret(std::move(text));
}

}  // namespace delta
