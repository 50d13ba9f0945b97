#include "harness/cli/report_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "reports/text.h"

namespace aftershock::cli {
namespace {

using Result = std::expected<void, std::string>;

std::string words_of(int error) { return std::generic_category().message(error); }

std::unexpected<std::string> failed(const std::string& what, const std::string& path, int error) {
  return std::unexpected("cannot " + what + " '" + one_line(path) + "': " + words_of(error));
}

/// Writes it all and waits until the disk has it.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0 ? 0 : errno;
}

/// A new file of its own name; it is removed again when it cannot be written.
Result write_new(const std::string& path, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return failed("create", path, errno);
  int error = write_all(file, text);
  if (close(file) != 0 && error == 0) error = errno;
  if (error == 0) return {};
  unlink(path.c_str());
  return failed("write", path, error);
}

std::string temporary_path(const std::string& folder, const std::string& name) {
  return folder + "/." + name + "." + std::to_string(getpid());
}

}  // namespace

Result prepare_folder(const std::string& folder, const std::string& name) {
  constexpr const char* advice = "\n  hint: give --out a folder that you may write to";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return std::unexpected("cannot create the folder '" + one_line(folder) +
                           "': " + error.message() + advice);
  }
  if (std::filesystem::is_directory(folder + "/" + name, error)) {
    return std::unexpected("'" + one_line(folder) + "/" + name + "' is a folder" + advice);
  }
  const std::string path = temporary_path(folder, name);
  const Result probe = write_new(path, "probe\n");
  if (!probe) return std::unexpected(probe.error() + advice);
  unlink(path.c_str());
  return {};
}

std::expected<std::string, std::string> write_report_file(const std::string& folder,
                                                          const std::string& name,
                                                          const std::string& text) {
  const std::string temporary = temporary_path(folder, name);
  const std::string path = folder + "/" + name;
  if (const Result written = write_new(temporary, text); !written) {
    return std::unexpected(written.error());
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(temporary.c_str());
    return failed("replace", path, error);
  }
  return path;
}

Result append_to_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << text << std::flush;
  if (file) return {};
  return std::unexpected("cannot append to '" + one_line(path) + "'");
}

}  // namespace aftershock::cli
