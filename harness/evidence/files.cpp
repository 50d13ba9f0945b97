#include "harness/evidence/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <span>
#include <streambuf>
#include <system_error>

#include "core/sha256.h"
#include "platform/new_file.h"
#include "reports/text.h"

namespace aftershock::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 1 << 16;
constexpr std::size_t kLongestLine = 64 << 20;
constexpr int kDeepest = 8;

/// A plain file, opened for reading; it closes itself.
class OpenFile {
 public:
  OpenFile(const std::string& folder, const std::string& name)
      : OpenFile(folder + "/" + name, O_NOFOLLOW) {}
  explicit OpenFile(std::string path, int flags = 0)
      : path_(std::move(path)),
        file_(open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags)) {
    struct stat status{};
    if (file_ < 0 || fstat(file_, &status) != 0) {
      error_ = delta::cannot("read", path_);
    } else if (!S_ISREG(status.st_mode)) {
      error_ = "'" + one_line(path_) + "' is no plain file";
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (file_ >= 0) close(file_);
  }

  /// The next bytes; none at the end and after an error.
  std::string_view next() {
    ssize_t got = -1;
    while (error_.empty() && (got = read(file_, piece_.data(), piece_.size())) < 0) {
      if (errno != EINTR) error_ = delta::cannot("read", path_);
    }
    return {piece_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }
  void refuse(const std::string& why) { error_ = "'" + one_line(path_) + "' " + why; }
  const std::string& error() const { return error_; }

 private:
  std::string path_;
  int file_;
  std::string error_;
  std::array<char, kPiece> piece_{};
};

std::expected<std::string, std::string> text_of(OpenFile& file, std::uint64_t limit) {
  std::string text;
  for (std::string_view piece = file.next(); !piece.empty(); piece = file.next()) {
    text += piece;
    if (text.size() > limit) {
      file.refuse("is too large: at most " + std::to_string(limit) + " bytes are read");
    }
  }
  if (!file.error().empty()) return std::unexpected(file.error());
  return text;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void look_at(const fs::directory_entry& entry, const std::string& name, bool deepest,
             Listing& listing) {
  std::error_code error;
  const fs::file_status status = entry.symlink_status(error);
  if (!error && fs::is_regular_file(status)) {
    listing.files.push_back(name);
  } else if (!error && fs::is_directory(status)) {
    const bool empty = fs::is_empty(entry.path(), error) || error;
    if (empty || deepest) {
      listing.strange.push_back("'" + one_line(name) +
                                (empty ? "' is an empty folder" : "' is a folder too deep"));
    }
  } else {
    const bool link = !error && fs::is_symlink(status);
    listing.strange.push_back("'" + one_line(name) + "' is " +
                              (link ? "a symbolic link" : "no plain file"));
  }
}

}  // namespace

std::expected<Listing, std::string> list_files(const std::string& folder) {
  Listing listing;
  std::error_code error;
  const auto failed = [&] {
    return std::unexpected("cannot read the folder '" + one_line(folder) + "': " + error.message());
  };
  fs::recursive_directory_iterator at(folder, error);
  if (error) return failed();
  for (; at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (error) return failed();
    const std::string name = at->path().lexically_relative(folder).string();
    look_at(*at, name, at.depth() >= kDeepest, listing);
    if (at.depth() >= kDeepest) at.disable_recursion_pending();
  }
  if (error) return failed();
  std::ranges::sort(listing.files);
  std::ranges::sort(listing.strange);
  return listing;
}

std::expected<std::string, std::string> read_file(const std::string& folder,
                                                  const std::string& name, std::uint64_t limit) {
  OpenFile file(folder, name);
  return text_of(file, limit);
}

std::expected<std::string, std::string> read_named_file(const std::string& path,
                                                        std::uint64_t limit) {
  OpenFile file(path);
  return text_of(file, limit);
}

std::expected<void, std::string> each_line(const std::string& folder, const std::string& name,
                                           const std::function<bool(std::string_view)>& take) {
  OpenFile file(folder, name);
  std::string line;
  for (std::string_view piece = file.next(); !piece.empty(); piece = file.next()) {
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      line += piece.substr(0, end);
      if (line.size() > kLongestLine) file.refuse("has a line that is too long");
      if (end == std::string_view::npos) break;
      if (!take(line)) return {};
      line.clear();
      piece.remove_prefix(end + 1);
    }
  }
  if (!line.empty() && file.error().empty()) file.refuse("ends within a line");
  if (!file.error().empty()) return std::unexpected(file.error());
  return {};
}

class HashingStream::Buffer final : public std::streambuf {
 public:
  Buffer() = default;
  explicit Buffer(const std::string& path) { file_.emplace(path); }

  std::expected<FileDigest, std::string> finish() {
    send();
    if (file_) {
      if (const auto written = file_->finish(); !written) return std::unexpected(written.error());
    }
    return FileDigest{bytes_, delta::to_string(hash_.finish())};
  }

 private:
  int_type overflow(int_type byte) override {
    const char one = traits_type::to_char_type(byte);
    if (!traits_type::eq_int_type(byte, traits_type::eof())) xsputn(&one, 1);
    return traits_type::not_eof(byte);
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    held_.append(text, static_cast<std::size_t>(count));
    if (held_.size() >= kPiece) send();
    return count;
  }

  void send() {
    hash_.update(bytes_of(held_));
    bytes_ += held_.size();
    if (file_) file_->write(held_);
    held_.clear();
  }

  std::optional<delta::NewFile> file_;
  std::string held_;
  std::uint64_t bytes_ = 0;
  delta::Sha256 hash_;
};

HashingStream::HashingStream() : buffer_(std::make_unique<Buffer>()), out_(buffer_.get()) {}

HashingStream::HashingStream(const std::string& path)
    : buffer_(std::make_unique<Buffer>(path)), out_(buffer_.get()) {}

HashingStream::~HashingStream() = default;

std::expected<FileDigest, std::string> HashingStream::finish() { return buffer_->finish(); }

namespace {

std::expected<FileDigest, std::string> pour(OpenFile&& file, HashingStream& into) {
  for (std::string_view piece = file.next(); !piece.empty(); piece = file.next()) {
    into.out() << piece;
  }
  if (!file.error().empty()) return std::unexpected(file.error());
  return into.finish();
}

}  // namespace

std::expected<FileDigest, std::string> digest_file(const std::string& folder,
                                                   const std::string& name) {
  HashingStream nowhere;
  return pour(OpenFile(folder, name), nowhere);
}

std::expected<FileDigest, std::string> copy_file(const std::string& folder, const std::string& name,
                                                 const std::string& to) {
  HashingStream copy(to);
  return pour(OpenFile(folder, name), copy);
}

std::expected<FileDigest, std::string> write_file(const std::string& path, std::string_view text) {
  HashingStream file(path);
  file.out() << text;
  return file.finish();
}

}  // namespace aftershock::evidence
