// The manifest of an evidence bundle: every file with its size and hash, in a chain of lines each
// of which holds the hash of the one before. docs/EVIDENCE.md has the format for those who check
// it with other tools.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aftershock::evidence {

inline constexpr std::string_view kManifestName = "manifest.jsonl";
inline constexpr std::string_view kBundleFormat = "aftershock-evidence";
inline constexpr std::uint64_t kBundleVersion = 1;

/// What is wrong with a bundle, and where.
struct Flaw {
  std::string message;
  std::string file = {};   ///< in the bundle
  std::uint64_t line = 0;  ///< of the manifest, or else of the file; 0: none
};

/// Its first line.
struct ManifestHead {
  std::string tool;      ///< version of the program that wrote the bundle
  std::string exercise;  ///< the report's; empty: it has none
  std::uint64_t version = kBundleVersion;
};

/// Any other line.
struct FileEntry {
  std::string file;  ///< below the bundle's folder
  std::uint64_t bytes = 0;
  std::string sha256;
  std::optional<std::uint64_t> renderer = {};    ///< of a page: what drew it from the report
  std::optional<std::uint64_t> supersedes = {};  ///< the line of the same file that it replaces
};

class Manifest {
 public:
  struct Line {
    std::uint64_t number;  ///< in the file, from 1
    FileEntry entry;
    std::string hash;
  };

  explicit Manifest(ManifestHead head);

  /// Appends a line; one about a file that has one already supersedes it.
  void add(FileEntry entry);

  const ManifestHead& head() const { return head_; }
  const std::vector<Line>& lines() const { return lines_; }  ///< without the head
  /// The line that holds for the file; null: none is about it.
  const Line* current(std::string_view file) const;
  /// Of the file, in order; all but the last are superseded.
  std::vector<const Line*> all_of(std::string_view file) const;
  /// The hash in the line of this number; empty: there is no such line.
  std::string hash_of(std::uint64_t number) const;
  std::uint64_t last_number() const { return lines_.size() + 1; }
  std::string last_hash() const { return hash_of(last_number()); }
  std::string text() const;

 private:
  ManifestHead head_;
  std::string head_hash_;
  std::vector<Line> lines_;
  std::map<std::string, std::size_t, std::less<>> current_;  ///< index in lines_, by file
};

/// Strict: every byte must be what text() writes, and every hash what it must be. The first flaw
/// otherwise. Another version of the format gives a manifest with its head alone.
std::expected<Manifest, Flaw> parse_manifest(std::string_view text);

/// Whether a bundle may hold a file of this name: words of letters, digits, '.', '_' and '-'
/// between slashes, none of which begins with a dot; not the manifest's own files.
bool is_file_name(std::string_view name);

/// Whether it is a SHA-256 as 64 lower-case hexadecimal digits.
bool is_sha256(std::string_view text);

}  // namespace aftershock::evidence
