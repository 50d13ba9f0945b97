// Reading a file that people write: only text of a sane size gets in.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

#include "platform/text/diagnostic.h"

namespace delta::text {

inline constexpr std::size_t kLargestFile = 1024 * 1024;

/// The text of a regular file of at most kLargestFile bytes: UTF-8, not blank, no control
/// characters but tab and line ends; a byte order mark is dropped. Decides by the file's type and
/// size before it opens it, so a pipe never blocks it and a huge file costs nothing.
std::expected<std::string, Diagnostic> read_text(const std::string& path);
/// The same of bytes that came from elsewhere; `path` is how messages call them.
std::expected<std::string, Diagnostic> check_text(const std::string& path, std::string bytes);

}  // namespace delta::text
