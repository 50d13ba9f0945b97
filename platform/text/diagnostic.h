// Errors in a file that people write, and how they are shown.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace delta::text {

/// One error. `line` and `column` count from 1, columns in characters; line 0 is the whole file.
struct Diagnostic {
  std::string file;
  int line = 0;
  int column = 0;
  std::string message;
  std::optional<std::string> hint;
  std::string source_line;  ///< empty where the line cannot be shown
};

/// As compilers do: "file:line:column: error: message", the line, a caret, and the hint.
/// Long lines are cut around the caret.
std::string format_diagnostics(const std::vector<Diagnostic>& diagnostics);

/// A place in a text. Both count from 1; the column counts bytes.
struct Position {
  int line = 1;
  int column = 1;

  friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

/// Collects the errors of one file. `text` must outlive it.
class Problems {
 public:
  static constexpr std::size_t kMostShown = 50;

  Problems(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  void add(Position at, std::string message, std::optional<std::string> hint = {});
  bool empty() const { return found_.empty(); }
  /// Whether an error lies in [first, last].
  bool any_between(Position first, Position last) const;
  /// All of them by position. Beyond kMostShown, one last entry says how many more there are.
  std::vector<Diagnostic> take() &&;

 private:
  struct Found {
    Position at;
    std::string message;
    std::optional<std::string> hint;
  };

  std::string file_;
  std::string_view text_;
  std::vector<Found> found_;
};

}  // namespace delta::text
