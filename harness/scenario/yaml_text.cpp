#include "harness/scenario/yaml_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/decimal.h"
#include "reports/text.h"

namespace aftershock {
namespace {

using Kind = YamlItem::Kind;

constexpr std::size_t kWidth = 100;

bool is_scalar(const YamlItem& item) {
  return item.kind == Kind::kPlain || item.kind == Kind::kText;
}

/// Whether YAML reads the unquoted text back as this very text, inside brackets too.
bool reads_as_itself(std::string_view text) {
  static constexpr std::array<std::string_view, 4> words{"null", "Null", "NULL", "true"};
  if (text.empty() || !delta::is_letter(text.front()) || text.back() == ' ') return false;
  if (std::ranges::find(words, text) != words.end() || text == "false") return false;
  return std::ranges::all_of(text, [](char c) {
    return delta::is_letter(c) || delta::is_digit(c) ||
           std::string_view(" _-./'()%+;<>=").find(c) != std::string_view::npos;
  });
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + "\"";
}

std::string scalar(const YamlItem& item) {
  return item.kind == Kind::kPlain || reads_as_itself(item.text) ? item.text : quoted(item.text);
}

/// Whether folding it into lines and reading it again gives the same words.
bool can_be_folded(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         text.find_first_of("\n\t") == std::string_view::npos &&
         text.find("  ") == std::string_view::npos;
}

/// On one line: {a: 1, b: [2, 3]}.
std::string flow(const YamlItem& item) {
  if (is_scalar(item)) return scalar(item);
  const bool map = item.kind == Kind::kMap;
  std::string out;
  for (const YamlItem& child : item.children) {
    out += (out.empty() ? "" : ", ") + (map ? child.key + ": " : "") + flow(child);
  }
  return map ? "{" + out + "}" : "[" + out + "]";
}

bool holds_list_of_maps(const YamlItem& item) {
  return std::ranges::any_of(item.children, [&item](const YamlItem& child) {
    return (item.kind == Kind::kList && child.kind == Kind::kMap) || holds_list_of_maps(child);
  });
}

/// The outermost maps, and the items of the outermost lists, are only for values on one line.
bool fits_on_line(const YamlItem& item, std::size_t used, bool outermost) {
  if (is_scalar(item)) return true;
  if (holds_list_of_maps(item)) return false;
  if (outermost && !std::ranges::all_of(item.children, is_scalar)) return false;
  return used + flow(item).size() <= kWidth;
}

void print_members(const YamlItem& map, std::size_t indent, std::string& out);

void print_folded(const std::string& text, std::size_t indent, std::string& out) {
  out += " >\n" + wrapped(std::string(indent, ' '), text, kWidth);
}

/// Behind "key:".
void print_value(const YamlItem& item, std::size_t indent, std::size_t used, std::string& out) {
  if (is_scalar(item)) {
    const std::string line = scalar(item);
    if (item.kind == Kind::kText && used + 1 + line.size() > kWidth && can_be_folded(item.text)) {
      print_folded(item.text, indent + 2, out);
    } else {
      out += " " + line + "\n";
    }
    return;
  }
  if (fits_on_line(item, used + 1, indent == 0)) {
    out += " " + flow(item) + "\n";
    return;
  }
  out += "\n";
  if (item.kind == Kind::kMap) return print_members(item, indent + 2, out);
  for (const YamlItem& child : item.children) {
    const std::string begin = std::string(indent + 2, ' ') + "- ";
    if (fits_on_line(child, begin.size(), true)) {
      out += begin + flow(child) + "\n";
      continue;
    }
    std::string members;
    print_members(child, indent + 4, members);
    out += begin + members.substr(begin.size());
  }
}

void print_members(const YamlItem& map, std::size_t indent, std::string& out) {
  for (const YamlItem& child : map.children) {
    const std::string begin = std::string(indent, ' ') + child.key + ":";
    out += begin;
    print_value(child, indent, begin.size(), out);
  }
}

}  // namespace

std::string yaml_text(const YamlItem& root) {
  std::string out;
  print_members(root, 0, out);
  return out;
}

}  // namespace aftershock
