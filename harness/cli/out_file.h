// The file of --out: opened before the drill, whole or not there after it.
#pragma once

#include <expected>
#include <fstream>
#include <memory>
#include <string>

namespace aftershock::cli {

/// What is written to stream() is in the file once finish() says so. Before that a file that is
/// there stays as it is. A device or a pipe is written to directly.
class OutFile {
 public:
  /// The error says what to do.
  static std::expected<std::unique_ptr<OutFile>, std::string> open(const std::string& path);
  OutFile(const OutFile&) = delete;
  OutFile& operator=(const OutFile&) = delete;
  ~OutFile();  ///< without finish() nothing is left behind

  std::ostream& stream() { return stream_; }
  std::expected<void, std::string> finish();

 private:
  OutFile(std::string path, std::string written_to)
      : path_(std::move(path)), written_to_(std::move(written_to)) {}

  std::string path_;
  std::string written_to_;  ///< the same, or a file beside it
  std::ofstream stream_;
  bool finished_ = false;
};

}  // namespace aftershock::cli
