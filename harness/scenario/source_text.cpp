// Reading a scenario's file: only text of a sane size gets in.
#include "harness/scenario/source_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

namespace aftershock {
namespace {

/// The length of the UTF-8 character at the front, or 0 when it is none (also for overlong forms,
/// surrogates and values beyond U+10FFFF).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

bool is_allowed_control(std::string_view rest) {
  return rest[0] == '\t' || rest[0] == '\n' || rest.starts_with("\r\n");
}

std::string hexadecimal(char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(byte);
  return {'0', 'x', digits[value / 16], digits[value % 16]};
}

/// The first thing that does not belong into a text file.
std::optional<Diagnostic> find_binary(const std::string& path, std::string_view text) {
  int line = 1;
  int column = 1;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      return Diagnostic{path, line, column, "byte " + hexadecimal(text[0]) + " is not UTF-8",
                        {},   ""};
    }
    if (is_control(text[0]) && !is_allowed_control(text)) {
      return Diagnostic{
          path,   line,
          column, "control character " + hexadecimal(text[0]) + ": the file is not text",
          {},     ""};
    }
    ++column;
    if (text[0] == '\n') {
      ++line;
      column = 1;
    }
    text.remove_prefix(length);
  }
  return std::nullopt;
}

std::string size_message(std::uintmax_t size) {
  return "the file has " + std::to_string(size) + " bytes; a scenario has at most " +
         std::to_string(kLargestFile);
}

}  // namespace

std::expected<std::string, Diagnostic> read_text(const std::string& path) {
  const auto refuse = [&](std::string message) {
    return std::unexpected(Diagnostic{path, 0, 0, std::move(message), {}, ""});
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return refuse("no such file");
  if (error) return refuse("cannot be read: " + error.message());
  if (status.type() != std::filesystem::file_type::regular) return refuse("not a regular file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return refuse("cannot be read: " + error.message());
  if (size > kLargestFile) return refuse(size_message(size));

  // The file may grow meanwhile, and one of /proc says 0: read up to the limit, not the size.
  std::string text(kLargestFile + 1, '\0');
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return refuse("cannot be opened");
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return refuse("cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kLargestFile) return refuse(size_message(text.size()));

  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (auto binary = find_binary(path, text)) return std::unexpected(std::move(*binary));
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return std::unexpected(Diagnostic{path, 1, 1, "the file is empty", {}, ""});
  }
  return text;
}

}  // namespace aftershock
