#include "core/columns.h"

#include <algorithm>

#include "core/check.h"

namespace delta {
namespace {

Duration step_of(Duration duration) { return duration < 1s ? Duration(1ms) : Duration(100ms); }

std::string in_tenths(Duration duration) {
  const auto tenths = duration % 1s / 100ms;
  if (duration < 1s || tenths == 0) return format_duration(duration);
  const Duration minutes = duration - duration % 1min;
  const std::string start = minutes > 0s ? format_duration(minutes) : "";
  return start + std::to_string(duration % 1min / 1s) + "." + std::to_string(tenths) + "s";
}

}  // namespace

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

namespace {

/// How many bytes at the beginning are one character in UTF-8 that steers a terminal or turns the
/// direction of writing: U+0080 to U+009F, U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to
/// U+2069. 0: none are.
std::size_t steering(std::string_view text) {
  const auto byte = [&text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto is_in = [](unsigned value, unsigned from, unsigned to) {
    return value >= from && value <= to;
  };
  if (byte(0) == 0xC2 && is_in(byte(1), 0x80, 0x9F)) return 2;
  if (byte(0) == 0xD8 && byte(1) == 0x9C) return 2;
  if (byte(0) != 0xE2) return 0;
  const bool marks = byte(1) == 0x80 && (is_in(byte(2), 0x8E, 0x8F) || is_in(byte(2), 0xAA, 0xAE));
  const bool isolates = byte(1) == 0x81 && is_in(byte(2), 0xA6, 0xA9);
  return marks || isolates ? 3 : 0;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    const std::size_t length = steering(text.substr(at));
    const bool control = static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
    if (byte == '\n' || byte == '\t') {
      line += ' ';
    } else {
      line += control || length > 0 ? '?' : byte;
    }
    at += std::max<std::size_t>(length, 1);
  }
  return line;
}

std::string cut(std::string_view text, std::size_t width) {
  CHECK(width > 2);
  if (text_width(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    if (starts_character(text[end]) && seen++ == width - 2) break;
  }
  return std::string(text.substr(0, end)) + "..";
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = text_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string wrapped(std::string_view first, std::string_view text, std::size_t width) {
  const std::size_t indent = text_width(first);
  std::string out(first);
  std::size_t column = indent;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word.empty()) continue;
    const bool fresh = column == indent;
    if (!fresh && column + 1 + text_width(word) > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!fresh) {
      out += ' ';
      ++column;
    }
    out += word;
    column += text_width(word);
  }
  return out + "\n";
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], text_width(row[i]));
    }
  }
  return widths;
}

std::size_t Table::width() const {
  std::size_t total = 0;
  for (const std::size_t width : widths()) total += width + 2;
  return total < 2 ? 0 : total - 2;
}

std::vector<std::string> Table::lines() const {
  const std::vector<std::size_t> columns = widths();
  std::vector<std::string> lines;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += padded(row[i], columns[i]) + "  ";
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  return lines;
}

std::string rounded_down(Duration duration) {
  return in_tenths(duration - duration % step_of(duration));
}

std::string rounded_up(Duration duration) {
  const Duration rest = duration % step_of(duration);
  return in_tenths(rest > 0ns ? duration - rest + step_of(duration) : duration);
}

}  // namespace delta
