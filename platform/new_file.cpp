#include "platform/new_file.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "core/columns.h"

namespace delta {

using Result = std::expected<void, std::string>;

NewFile::NewFile(std::string path)
    : path_(std::move(path)),
      file_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (!file_) error_ = cannot("create", path_);
}

NewFile::~NewFile() {
  if (file_) remove();
}

void NewFile::remove() const { unlink(path_.c_str()); }

void NewFile::write(std::string_view text) {
  while (error_.empty() && !text.empty()) {
    const ssize_t written = ::write(file_.get(), text.data(), text.size());
    if (written < 0 && errno != EINTR) error_ = cannot("write", path_);
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result NewFile::finish() {
  if (!file_) return std::unexpected(error_);
  if (error_.empty() && fsync(file_.get()) != 0) error_ = cannot("write", path_);
  if (close(file_.release()) != 0 && error_.empty()) error_ = cannot("write", path_);
  if (error_.empty()) return {};
  remove();
  return std::unexpected(error_);
}

Result NewFile::finish_as(const std::string& name) {
  if (const Result whole = finish(); !whole) return whole;
  if (std::rename(path_.c_str(), name.c_str()) == 0) return {};
  error_ = cannot("replace", name);
  remove();
  return std::unexpected(error_);
}

Result sync_to_disk(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file && fsync(file.get()) == 0) return {};
  return std::unexpected(cannot("write", path));
}

std::string cannot(std::string_view do_it, std::string_view path) {
  const std::string why = std::generic_category().message(errno);
  return "cannot " + std::string(do_it) + " '" + one_line(path) + "': " + why;
}

}  // namespace delta
