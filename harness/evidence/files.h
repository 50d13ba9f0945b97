// The files of an evidence bundle, read and written with care: nothing outside the folder is
// touched, links are not followed, and what was written is on the disk.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace aftershock::evidence {

// Files that are read in one piece have a largest size. It bounds the memory that a bundle of
// somebody else's can cost: parsed, hostile JSON takes up to 70 times its bytes.
/// A drill's part has 30 to 200 KB, and a scenario file makes one drill: of more than 300.
inline constexpr std::uint64_t kLargestReport = 64U << 20U;
/// A drill has three lines of 350 bytes: ten times what so many drills need.
inline constexpr std::uint64_t kLargestManifest = 16U << 20U;
/// A line of 300 bytes for each time that somebody signs.
inline constexpr std::uint64_t kLargestSignatures = 1U << 20U;

struct Listing {
  std::vector<std::string> files;    ///< plain files, below the folder, sorted
  std::vector<std::string> strange;  ///< what else there is, as sentences
};
/// All that is in the folder and below it.
std::expected<Listing, std::string> list_files(const std::string& folder);

/// The text of a plain file of at most `limit` bytes. The errors say what and why, ready to print.
std::expected<std::string, std::string> read_file(const std::string& folder,
                                                  const std::string& name, std::uint64_t limit);
/// The same of a file outside of bundles, where a link is followed.
std::expected<std::string, std::string> read_named_file(const std::string& path,
                                                        std::uint64_t limit);

struct FileDigest {
  std::uint64_t bytes = 0;
  std::string sha256;
};
std::expected<FileDigest, std::string> digest_file(const std::string& folder,
                                                   const std::string& name);
/// To a new file, on the disk.
std::expected<FileDigest, std::string> copy_file(const std::string& folder, const std::string& name,
                                                 const std::string& to);

/// Calls `take` with each line, without its line break, until it returns false. An error: it cannot
/// be read, a line is longer than any that we write, or the last one is cut off.
std::expected<void, std::string> each_line(const std::string& folder, const std::string& name,
                                           const std::function<bool(std::string_view)>& take);

/// A stream that hashes what is written to it, and writes it to a new file if it has one:
/// that is whole once finish() says so, and else not there.
class HashingStream {
 public:
  HashingStream();  ///< without a file
  explicit HashingStream(const std::string& path);
  HashingStream(const HashingStream&) = delete;
  HashingStream& operator=(const HashingStream&) = delete;
  ~HashingStream();

  std::ostream& out() { return out_; }
  /// All of it is on the disk, or why not.
  std::expected<FileDigest, std::string> finish();

 private:
  class Buffer;

  std::unique_ptr<Buffer> buffer_;
  std::ostream out_;
};

/// A new file with this text, on the disk.
std::expected<FileDigest, std::string> write_file(const std::string& path, std::string_view text);

}  // namespace aftershock::evidence
