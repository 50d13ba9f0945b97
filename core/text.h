// Words about texts that somebody wrote: quoting them, and what they may have meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace delta {

/// Why a value that somebody wrote is refused, and what to write instead.
struct ValueError {
  std::string message;
  std::optional<std::string> hint;
};

/// Whether a byte is an ASCII control character, line breaks and tabs included.
constexpr bool is_control(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
}

/// Whether a byte of UTF-8 is the first one of its character.
constexpr bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

/// The bytes of the characters [first, first + count).
std::string_view characters(std::string_view text, std::size_t first, std::size_t count);

/// 'text' in quotes, cut when it is long and without control characters: files are hostile,
/// messages must stay readable.
std::string quote(std::string_view text);

/// "did you mean 'lease_ttl'?", when one candidate is near enough to be a slip of the keyboard.
std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string_view>& candidates);

/// How many bytes the character in UTF-8 (RFC 3629) has that begins here: no overlong form, no
/// surrogate, at most U+10FFFF. 0: none begins here.
std::size_t utf8_length(std::string_view bytes);

/// Whether all of these bytes are such characters.
bool is_utf8(std::string_view bytes);

}  // namespace delta
