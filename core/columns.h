// Plain text in columns: widths, wrapping, tables. Widths count characters (code points).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace delta {

std::size_t text_width(std::string_view text);

/// The text on one line, with '?' for control characters and marks of direction: nothing in it
/// moves the cursor or turns what is around it.
std::string one_line(std::string_view text);

/// At most `width` characters, the last two of them ".." when it was cut.
std::string cut(std::string_view text, std::size_t width);

/// Filled up with blanks to `width`; longer text stays as it is.
std::string padded(std::string_view text, std::size_t width);

/// The text broken at blanks into lines of at most `width` characters, each ending with a line
/// break: the first begins with `first`, the others with as many blanks. A word longer than a
/// line is not broken.
std::string wrapped(std::string_view first, std::string_view text, std::size_t width);

/// Rows of cells in columns as wide as their widest cell, two blanks apart, without blanks at the
/// end of a line.
struct Table {
  std::vector<std::vector<std::string>> rows;  ///< all of the same size

  std::vector<std::size_t> widths() const;
  std::size_t width() const;
  std::vector<std::string> lines() const;
};

/// For people: tenths of a second, below a second milliseconds; "2m3.4s", "345ms". A bound must
/// not look better than it is, so say which way to round.
std::string rounded_down(Duration duration);
std::string rounded_up(Duration duration);

}  // namespace delta
