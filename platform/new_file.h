// Files that are whole or not there: on the disk before they have their name.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "platform/fd.h"

namespace delta {

/// A file that was not there before. The errors are sentences.
class NewFile {
 public:
  explicit NewFile(std::string path);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();  ///< without an end, nothing is left behind

  /// After an error no more is written; the end gives it.
  void write(std::string_view text);
  /// Ends it: all of it is on the disk, or else why not, and nothing is left behind.
  std::expected<void, std::string> finish();
  /// The same, and then it has this name instead, whoever had it before.
  std::expected<void, std::string> finish_as(const std::string& name);

 private:
  void remove() const;

  std::string path_;
  Fd file_;  ///< until its end
  std::string error_;
};

/// What was written to the file, or which names are in the folder, is on the disk.
std::expected<void, std::string> sync_to_disk(const std::string& path);

/// "cannot replace 'report.json': No space left on device", with the number in errno.
std::string cannot(std::string_view do_it, std::string_view path);

}  // namespace delta
