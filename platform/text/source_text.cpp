// Reading a file that people write: only text of a sane size gets in.
#include "platform/text/source_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include "platform/text/utf8.h"

namespace delta::text {
namespace {

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
    const std::size_t length = utf8_length(text);
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
  return "the file has " + std::to_string(size) + " bytes; at most " +
         std::to_string(kLargestFile) + " are read";
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
  return check_text(path, std::move(text));
}

std::expected<std::string, Diagnostic> check_text(const std::string& path, std::string text) {
  if (text.size() > kLargestFile) {
    return std::unexpected(Diagnostic{path, 0, 0, size_message(text.size()), {}, ""});
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (auto binary = find_binary(path, text)) return std::unexpected(std::move(*binary));
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return std::unexpected(Diagnostic{path, 1, 1, "the file is empty", {}, ""});
  }
  return text;
}

}  // namespace delta::text
