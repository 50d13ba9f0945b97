#include "reports/markdown.h"

#include "reports/text.h"

namespace aftershock::markdown {
namespace {

constexpr std::size_t kLongestCell = 300;

}  // namespace

std::string cell(const std::string& text) {
  std::string out;
  for (const char c : cut(one_line(text), kLongestCell)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '|':
      case '`':
      case '*':
      case '_':
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
  const std::string shown = cut(one_line(text), kLongestCell);
  std::string fence = "`";
  while (shown.find(fence) != std::string::npos) fence += '`';
  std::string out = fence + (fence.size() > 1 ? " " : "");
  for (const char c : shown) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out + (fence.size() > 1 ? " " : "") + fence;
}

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& each : cells) out += " " + each + " |";
  return out + "\n";
}

}  // namespace aftershock::markdown
