// Errors in a file that people write, and how they are shown.
#include "platform/text/diagnostic.h"

#include <algorithm>

namespace delta::text {
namespace {

constexpr std::size_t kWidth = 100;  // characters of a source line that are shown

int count_characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string snippet(const Diagnostic& diagnostic) {
  const auto length = static_cast<std::size_t>(count_characters(diagnostic.source_line));
  const auto caret = static_cast<std::size_t>(std::max(diagnostic.column, 1)) - 1;
  // The caret may stand just behind the line's end, so clip by whichever is further.
  const std::size_t end = std::max(length, caret + 1);
  const std::size_t first =
      end <= kWidth ? 0 : std::min(caret > kWidth / 2 ? caret - kWidth / 2 : 0, end - kWidth);
  std::string line = first > 0 ? "..." : "";
  const std::string indent(caret - first + line.size(), ' ');
  line += characters(diagnostic.source_line, first, kWidth);
  if (first + kWidth < length) line += "...";
  std::replace(line.begin(), line.end(), '\t', ' ');
  return "  " + line + "\n  " + indent + "^\n";
}

/// Splits a text once, so that many errors in a large file stay cheap.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string format_diagnostics(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) {
    out += diagnostic.file;
    if (diagnostic.line > 0) {
      out += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
    }
    out += ": error: " + diagnostic.message + "\n";
    if (!diagnostic.source_line.empty()) out += snippet(diagnostic);
    if (diagnostic.hint) out += "  hint: " + *diagnostic.hint + "\n";
  }
  return out;
}

void Problems::add(Position at, std::string message, std::optional<std::string> hint) {
  found_.push_back({at, std::move(message), std::move(hint)});
}

bool Problems::any_between(Position first, Position last) const {
  return std::any_of(found_.begin(), found_.end(),
                     [&](const Found& found) { return first <= found.at && found.at <= last; });
}

std::vector<Diagnostic> Problems::take() && {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const Found& a, const Found& b) { return a.at < b.at; });
  if (found_.size() > kMostShown) {
    const std::size_t more = found_.size() - kMostShown;
    found_.resize(kMostShown + 1);
    found_.back().message = "and " + std::to_string(more) + " more errors, from here on";
    found_.back().hint.reset();
  }
  const std::vector<std::string_view> lines = lines_of(text_);
  std::vector<Diagnostic> diagnostics;
  for (Found& found : found_) {
    const auto index = static_cast<std::size_t>(found.at.line) - 1;
    const std::string_view line = index < lines.size() ? lines[index] : std::string_view();
    const std::string_view before =
        line.substr(0, std::min(line.size(), static_cast<std::size_t>(found.at.column) - 1));
    diagnostics.push_back({file_, found.at.line, count_characters(before) + 1,
                           std::move(found.message), std::move(found.hint), std::string(line)});
  }
  return diagnostics;
}

}  // namespace delta::text
