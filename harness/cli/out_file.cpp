#include "harness/cli/out_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "platform/new_file.h"
#include "reports/text.h"

namespace aftershock::cli {

namespace fs = std::filesystem;

std::expected<std::unique_ptr<OutFile>, std::string> OutFile::open(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return std::unexpected("'" + one_line(path) + "' is a folder\n  hint: --out needs a file");
  }
  const bool special = fs::exists(path, error) && !fs::is_regular_file(path, error);
  const std::string beside = path + ".new." + std::to_string(getpid());
  std::unique_ptr<OutFile> file(new OutFile(path, special ? path : beside));
  errno = 0;
  file->stream_.open(file->written_to_, std::ios::binary | std::ios::trunc);
  if (!file->stream_) {
    return std::unexpected(delta::cannot("write", path) +
                           "\n  hint: give --out a file that you may write to");
  }
  return file;
}

OutFile::~OutFile() {
  stream_.close();
  std::error_code ignored;
  if (!finished_ && written_to_ != path_) fs::remove(written_to_, ignored);
}

std::expected<void, std::string> OutFile::finish() {
  errno = 0;
  stream_.close();
  if (!stream_) return std::unexpected(delta::cannot("write", path_));
  if (written_to_ != path_) {
    if (const auto synced = delta::sync_to_disk(written_to_); !synced) return synced;
    if (std::rename(written_to_.c_str(), path_.c_str()) != 0) {
      return std::unexpected(delta::cannot("replace", path_));
    }
  }
  finished_ = true;
  return {};
}

}  // namespace aftershock::cli
