// Text of whoever on a page: it shows as text and breaks nothing. This is the one place where a
// report's texts become markup or script.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace aftershock::html {

/// Longer texts are cut: a page must open.
inline constexpr std::size_t kLongestText = 4096;

/// As UTF-8 in which everything can be seen: control characters and bytes that are not UTF-8 are
/// U+FFFD, and characters without a look of their own (those that turn the direction of reading,
/// or have no width) are their number, "\u{202E}". Line breaks stay. Cut at `longest` bytes, with
/// a note.
std::string visible(std::string_view text, std::size_t longest = kLongestText);

/// visible() as the content of an element, or of an attribute in quotes.
std::string escaped(std::string_view text);

/// JSON for a <script> element: nothing in it ends that element. Its texts must be visible().
std::string script_json(const nlohmann::ordered_json& json);

}  // namespace aftershock::html
