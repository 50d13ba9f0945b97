#include "core/text.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace delta {

std::string_view characters(std::string_view text, std::size_t first, std::size_t count) {
  std::size_t begin = text.size();
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!starts_character(text[i])) continue;
    if (seen == first) begin = i;
    if (seen == first + count) return text.substr(begin, i - begin);
    ++seen;
  }
  return text.substr(begin);
}

std::string quote(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string shown(characters(text, 0, most));
  if (shown.size() < text.size()) shown += "...";
  std::replace_if(shown.begin(), shown.end(), is_control, ' ');
  return "'" + shown + "'";
}

std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string_view>& candidates) {
  constexpr std::size_t longest = 64;  // bounds the work for a hostile file
  std::size_t best = std::clamp<std::size_t>(word.size() / 3, 1, 4) + 1;
  std::string_view answer;
  if (word.size() > longest) return std::nullopt;
  for (const std::string_view candidate : candidates) {
    // Levenshtein's distance with swapped neighbours as one step, three rows at a time.
    std::array<std::vector<std::size_t>, 3> rows;
    for (auto& row : rows) row.resize(candidate.size() + 1);
    std::iota(rows[0].begin(), rows[0].end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      auto& row = rows.at(i % 3);
      const auto& above = rows.at((i + 2) % 3);
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t differs = word[i - 1] == candidate[j - 1] ? 0 : 1;
        row[j] = std::min({row[j - 1] + 1, above[j] + 1, above[j - 1] + differs});
        if (i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1]) {
          row[j] = std::min(row[j], rows.at((i + 1) % 3)[j - 2] + 1);
        }
      }
    }
    const std::size_t distance = rows.at(word.size() % 3)[candidate.size()];
    if (distance >= best) continue;
    best = distance;
    answer = candidate;
  }
  if (answer.empty()) return std::nullopt;
  return "did you mean " + quote(answer) + "?";
}

std::size_t utf8_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0  // a later byte, or an overlong form
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || length > bytes.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (starts_character(bytes[i])) return 0;
  }
  if (length > 1) {
    const auto second = static_cast<unsigned char>(bytes[1]);
    if (first == 0xE0 && second < 0xA0) return 0;  // overlong
    if (first == 0xED && second > 0x9F) return 0;  // a surrogate
    if (first == 0xF0 && second < 0x90) return 0;  // overlong
    if (first == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  }
  return length;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace delta
