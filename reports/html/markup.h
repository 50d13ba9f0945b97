// Pieces of a page. What is text is escaped by its type; only literals of ours become markup.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/report.h"

namespace aftershock::html {

/// Markup. It is made of texts, which are escaped, and of elements around it.
class Html {
 public:
  Html() = default;
  Html(std::string_view text);  // NOLINT(google-explicit-constructor): text is always welcome
  Html(const std::string& text) : Html(std::string_view(text)) {}  // NOLINT
  Html(const char* text) : Html(std::string_view(text)) {}         // NOLINT
  /// As it is: for literals, and for what was escaped already.
  static Html markup(std::string_view markup);

  Html& operator+=(const Html& other);
  friend Html operator+(Html left, const Html& right) { return left += right; }
  bool empty() const { return markup_.empty(); }
  const std::string& text() const { return markup_; }

 private:
  std::string markup_;
};

/// An attribute with an empty name is left out.
using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

Html element(std::string_view name, const Html& content);
Html element(std::string_view name, Attributes attributes, const Html& content);
Html paragraph(const Html& content);
/// A clause, "nothing was lost", as a paragraph of its own; nothing of none.
Html sentence(std::string clause);
Html link_to(const std::string& id, const Html& content);
Html code(std::string_view text);
/// A command to copy, on a line of its own.
Html command(std::string_view text);
/// A figure with its name.
Html labelled(std::string_view name, const std::string& value);
/// Empty when there are none.
Html bullets(const std::vector<std::string>& texts);
/// What only a person can fill in.
Html blank(std::string_view asks);

/// A word with its mark, so that colour says nothing alone.
Html badge(Verdict verdict);
Html badge(Judgement judgement);
/// "yes" or "no".
Html badge(bool good);
enum class Tone : std::uint8_t { good, warn, bad, idle };
Html badge(std::string_view word, Tone tone);

/// Figures count from the right. Prose has room even on a narrow screen.
enum class Align : std::uint8_t { words, figures, prose };
struct Column {
  std::string_view title;
  Align align = Align::words;
};

/// A table in a box of its own, which scrolls on a narrow screen. The first cell of a row is its
/// header.
class Table {
 public:
  Table(Html caption, std::vector<Column> columns);

  void add(const std::vector<Html>& cells) { add({}, cells); }
  /// With attributes of the row.
  void add(Attributes attributes, const std::vector<Html>& cells);
  bool empty() const { return rows_.empty(); }
  /// Nothing for a table without rows.
  Html html() const;

 private:
  Html caption_;
  std::vector<Column> columns_;
  Html rows_;
};

/// "30 of 118", and the share: "25 %". Rounded down: 99.9 % is not all.
std::string share_text(std::size_t part, std::size_t whole);
/// Rounded up, or "-".
std::string time_text(const std::optional<Duration>& time);
/// "[1m, 1m0.1s]", or one figure when both bounds read the same.
std::string bounds_text(const std::optional<Bounds>& bounds);
/// "1 lease", "2 leases".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);

}  // namespace aftershock::html
