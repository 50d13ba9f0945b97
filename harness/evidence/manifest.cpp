#include "harness/evidence/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/sha256.h"
#include "harness/evidence/names.h"

namespace aftershock::evidence {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kLongestName = 400;

std::string hash_of_text(std::string_view text) { return delta::to_string(delta::sha256(text)); }

/// As it is hashed: no blanks, keys in this order, without `hash`.
Json canonical(const ManifestHead& head) {
  return {{"n", 1},
          {"format", kBundleFormat},
          {"version", head.version},
          {"tool", head.tool},
          {"exercise", head.exercise}};
}

Json canonical(std::uint64_t number, const FileEntry& entry, const std::string& previous) {
  Json json{{"n", number}, {"file", entry.file}, {"bytes", entry.bytes}, {"sha256", entry.sha256}};
  if (entry.renderer) json["renderer"] = *entry.renderer;
  if (entry.supersedes) json["supersedes"] = *entry.supersedes;
  json["previous"] = previous;
  return json;
}

std::string with_hash(Json json, const std::string& hash) {
  json["hash"] = hash;
  return json.dump() + "\n";
}

/// The member of that type; else its default, which the comparison with the line's bytes finds.
std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}
std::optional<std::uint64_t> number_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return byte >= ' ' && byte <= '~'; });
}

std::unexpected<Flaw> flaw(std::uint64_t line, std::string message) {
  return std::unexpected(Flaw{std::move(message), std::string(kManifestName), line});
}

std::expected<Json, Flaw> json_of(std::string_view line, std::uint64_t number) {
  if (line.size() > kLongestLine) return flaw(number, "the line is too long");
  if (!is_printable(line)) return flaw(number, "the line has a byte that no manifest has");
  Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return flaw(number, "the line is no JSON object");
  return json;
}

/// Of the first line.
std::expected<ManifestHead, Flaw> head_of(std::string_view line) {
  const auto json = json_of(line, 1);
  if (!json) return std::unexpected(json.error());
  const std::optional<std::uint64_t> version = number_in(*json, "version");
  if (text_in(*json, "format") != kBundleFormat || !version) {
    return flaw(1, "the first line is not that of an evidence bundle's manifest");
  }
  return ManifestHead{text_in(*json, "tool"), text_in(*json, "exercise"), *version};
}

std::expected<FileEntry, Flaw> entry_of(const Json& json, std::uint64_t number) {
  FileEntry entry{.file = text_in(json, "file"),
                  .bytes = number_in(json, "bytes").value_or(0),
                  .sha256 = text_in(json, "sha256"),
                  .renderer = number_in(json, "renderer"),
                  .supersedes = number_in(json, "supersedes")};
  if (number_in(json, "n") != number) {
    return flaw(number, "the line has the wrong number: lines are missing, moved or repeated");
  }
  if (!is_file_name(entry.file)) return flaw(number, "the line names no file of a bundle");
  if (!is_sha256(entry.sha256)) return flaw(number, "the line has no SHA-256");
  return entry;
}

/// Adds the line, which has to be the one that this makes of it.
std::expected<void, Flaw> add_line(Manifest& manifest, std::string_view line) {
  const std::uint64_t number = manifest.last_number() + 1;
  const auto json = json_of(line, number);
  if (!json) return std::unexpected(json.error());
  auto entry = entry_of(*json, number);
  if (!entry) return std::unexpected(entry.error());
  const Manifest::Line* before = manifest.current(entry->file);
  const std::optional<std::uint64_t> replaced =
      before != nullptr ? std::optional(before->number) : std::nullopt;
  if (entry->supersedes != replaced) {
    return flaw(number, before != nullptr ? "the line repeats a file without superseding its line"
                                          : "the line supersedes none that is there");
  }
  const std::string previous = manifest.last_hash();
  if (text_in(*json, "previous") != previous) {
    return flaw(number, "the line does not follow on the one before: the chain is broken");
  }
  const Json wanted = canonical(number, *entry, previous);
  const std::string hash = hash_of_text(wanted.dump());
  if (with_hash(wanted, text_in(*json, "hash")) != std::string(line) + "\n") {
    return flaw(number, "the line is not written as a manifest's lines are");
  }
  if (text_in(*json, "hash") != hash) {
    return flaw(number, "the line's hash is not that of the line: it was changed");
  }
  manifest.add(*std::move(entry));
  return {};
}

}  // namespace

Manifest::Manifest(ManifestHead head)
    : head_(std::move(head)), head_hash_(hash_of_text(canonical(head_).dump())) {}

void Manifest::add(FileEntry entry) {
  const Line* before = current(entry.file);
  entry.supersedes = before != nullptr ? std::optional(before->number) : std::nullopt;
  const std::uint64_t number = last_number() + 1;
  std::string hash = hash_of_text(canonical(number, entry, last_hash()).dump());
  current_[entry.file] = lines_.size();
  lines_.push_back({number, std::move(entry), std::move(hash)});
}

const Manifest::Line* Manifest::current(std::string_view file) const {
  const auto found = current_.find(file);
  return found == current_.end() ? nullptr : &lines_[found->second];
}

std::vector<const Manifest::Line*> Manifest::all_of(std::string_view file) const {
  std::vector<const Line*> found;
  for (const Line& line : lines_) {
    if (line.entry.file == file) found.push_back(&line);
  }
  return found;
}

std::string Manifest::hash_of(std::uint64_t number) const {
  if (number == 1) return head_hash_;
  return number >= 2 && number <= last_number() ? lines_[number - 2].hash : std::string();
}

std::string Manifest::text() const {
  std::string text = with_hash(canonical(head_), head_hash_);
  std::string previous = head_hash_;
  for (const Line& line : lines_) {
    text += with_hash(canonical(line.number, line.entry, previous), line.hash);
    previous = line.hash;
  }
  return text;
}

std::expected<Manifest, Flaw> parse_manifest(std::string_view text) {
  std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return flaw(1, "the line is cut off");
  const auto head = head_of(text.substr(0, end));
  if (!head) return std::unexpected(head.error());
  Manifest manifest(*head);
  if (head->version != kBundleVersion) return manifest;
  if (manifest.text() != text.substr(0, end + 1)) {
    return flaw(1, "the line's hash is not that of the line, or it is not written as it must be");
  }
  while (end + 1 < text.size()) {
    const std::size_t begin = end + 1;
    end = text.find('\n', begin);
    if (end == std::string_view::npos) {
      return flaw(manifest.last_number() + 1, "the line is cut off");
    }
    const auto added = add_line(manifest, text.substr(begin, end - begin));
    if (!added) return std::unexpected(added.error());
  }
  return manifest;
}

bool is_file_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name == kManifestName ||
      name == kSignatureName || name.starts_with(kKeyFolder)) {
    return false;
  }
  bool begins = true;
  for (const char byte : name) {
    const bool word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                      (byte >= '0' && byte <= '9') || byte == '_';
    if (!word && (begins || (byte != '.' && byte != '-' && byte != '/'))) return false;
    begins = byte == '/';
  }
  return !begins;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char byte) {
           return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
         });
}

}  // namespace aftershock::evidence
