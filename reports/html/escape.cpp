#include "reports/html/escape.h"

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/text.h"
#include "reports/sweep_words.h"

namespace aftershock::html {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::uint32_t code_point(std::string_view character) {
  constexpr std::array<std::uint32_t, 5> masks{0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t code = static_cast<unsigned char>(character[0]) & masks.at(character.size());
  for (const char byte : character.substr(1)) {
    code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  return code;
}

bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code & 0xFFFEU) == 0xFFFE;
}

bool is_unseen(std::uint32_t code) {
  return code == 0xAD || code == 0x61C || code == 0x180E || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000);
}

std::string number_of(std::uint32_t code) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (; code > 0; code /= 16) text.insert(text.begin(), digits[code % 16]);
  return "\\u{" + text + "}";
}

std::string cut_note(std::string_view text, std::size_t shown) {
  return " [... cut: the first " + grouped(shown) + " of " + grouped(text.size()) +
         " bytes; the JSON of this report has all of it]";
}

}  // namespace

std::string visible(std::string_view text, std::size_t longest) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size() && at < longest) {
    const std::size_t length = delta::utf8_length(text.substr(at));
    if (length == 0) {
      out += kReplacement;
      ++at;
      continue;
    }
    const std::string_view character = text.substr(at, length);
    const std::uint32_t code = code_point(character);
    if (code == '\n' || code == '\t') {
      out += code == '\n' ? '\n' : ' ';
    } else if (is_control(code)) {
      out += kReplacement;
    } else if (is_unseen(code)) {
      out += number_of(code);
    } else {
      out += character;
    }
    at += length;
  }
  return at < text.size() ? out + cut_note(text, at) : out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string script_json(const nlohmann::ordered_json& json) {
  std::string out;
  for (const char c : json.dump()) {
    switch (c) {
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace aftershock::html
