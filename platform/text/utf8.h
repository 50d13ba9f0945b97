// Where the characters of a text end.
#pragma once

#include <cstddef>
#include <string_view>

namespace delta::text {

/// The length of the UTF-8 character at the front, or 0 when it is none (also for overlong forms,
/// surrogates and values beyond U+10FFFF). `text` is not empty.
std::size_t utf8_length(std::string_view text);

}  // namespace delta::text
