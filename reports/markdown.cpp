#include "reports/markdown.h"

#include "reports/text.h"

namespace aftershock::markdown {
namespace {

constexpr std::size_t kLongestCell = 300, kLongestCommand = 4096;

std::string fenced(const std::string& shown, bool in_table) {
  std::string fence = "`";
  while (shown.find(fence) != std::string::npos) fence += '`';
  const std::string space = fence.size() > 1 ? " " : "";
  std::string out = fence + space;
  for (const char c : shown) out += in_table && c == '|' ? std::string("\\|") : std::string(1, c);
  return out + space + fence;
}

}  // namespace

std::string cell(const std::string& text) {
  const std::string shown = cut(one_line(text), kLongestCell);
  // What would begin a heading or a list, when it is the first of a line.
  std::string out = shown.find_first_of("#+-=") == 0 ? "\\" : "";
  for (const char c : shown) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '|':
      case '`':
      case '*':
      case '_':
      case '~':
      case '$':
      case '[':
      case ']':
      case '\\':
        out += '\\';
        out += c;
        break;
      default: out += c;
    }
  }
  return out;
}

std::string code(const std::string& text) {
  return fenced(cut(one_line(text), kLongestCell), true);
}

std::string command(const std::string& text) {
  return fenced(cut(one_line(text), kLongestCommand), false);
}

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& each : cells) out += " " + each + " |";
  return out + "\n";
}

}  // namespace aftershock::markdown
