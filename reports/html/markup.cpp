#include "reports/html/markup.h"

#include <array>
#include <cctype>

#include "core/check.h"
#include "reports/html/escape.h"
#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock::html {
namespace {

struct Look {
  std::string_view word;
  const char* mark;   ///< an entity
  const char* style;  ///< good, warn, bad or idle
};

Html badge(const Look& look) {
  return element(
      "span", {{"class", std::string("badge ") + look.style}},
      element("span", {{"class", "mark"}, {"aria-hidden", "true"}}, Html::markup(look.mark)) +
          look.word);
}

Html opening(std::string_view name, Attributes attributes) {
  Html tag = Html::markup("<");
  tag += Html::markup(name);
  for (const auto& [key, value] : attributes) {
    if (key.empty()) continue;
    tag += Html::markup(" ") + Html::markup(key) + Html::markup("=\"") + value + Html::markup("\"");
  }
  return tag + Html::markup(">");
}

std::pair<std::string_view, std::string> style_of(const Column& column) {
  if (column.align == Align::words) return {};
  return {"class", column.align == Align::figures ? "n" : "p"};
}

Html closing(std::string_view name) {
  return Html::markup("</") + Html::markup(name) + Html::markup(">");
}

}  // namespace

Html::Html(std::string_view text) : markup_(escaped(text)) {}

Html Html::markup(std::string_view markup) {
  Html html;
  html.markup_ = markup;
  return html;
}

Html& Html::operator+=(const Html& other) {
  markup_ += other.markup_;
  return *this;
}

Html element(std::string_view name, const Html& content) { return element(name, {}, content); }

Html element(std::string_view name, Attributes attributes, const Html& content) {
  return opening(name, attributes) + content + closing(name);
}

Html paragraph(const Html& content) { return element("p", content) + Html::markup("\n"); }

Html sentence(std::string clause) {
  if (clause.empty()) return {};
  clause[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(clause[0])));
  return paragraph(clause + ".");
}

Html link_to(const std::string& id, const Html& content) {
  return element("a", {{"href", "#" + id}}, content);
}

Html code(std::string_view text) { return element("code", text); }

Html command(std::string_view text) {
  return element("pre", {{"class", "command"}}, element("code", text)) + Html::markup("\n");
}

Html labelled(std::string_view name, const std::string& value) {
  return element("span", {{"class", "figure"}}, element("b", name) + Html(" ") + value);
}

Html bullets(const std::vector<std::string>& texts) {
  Html items;
  for (const std::string& text : texts) items += element("li", text);
  return items.empty() ? items : element("ul", items) + Html::markup("\n");
}

Html blank(std::string_view asks) {
  return element("span", {{"class", "blank"}}, Html("Blank: ") + asks);
}

Html badge(Verdict verdict) {
  constexpr std::array<Look, 4> looks{{{"PASS", "&#10003;", "good"},
                                       {"FAIL", "&#10007;", "bad"},
                                       {"INCONCLUSIVE", "?", "warn"},
                                       {"ABORTED", "&#9632;", "idle"}}};
  return badge(looks.at(static_cast<std::size_t>(verdict)));
}

Html badge(Judgement judgement) {
  constexpr std::array<Look, 5> looks{{{"met", "&#10003;", "good"},
                                       {"met under assumptions", "&#8776;", "warn"},
                                       {"over target", "!", "warn"},
                                       {"breached", "&#10007;", "bad"},
                                       {"not measured", "&ndash;", "idle"}}};
  return badge(looks.at(static_cast<std::size_t>(judgement)));
}

Html badge(bool good) {
  return badge(good ? Look{"yes", "&#10003;", "good"} : Look{"no", "&#10007;", "bad"});
}

Html badge(std::string_view word, Tone tone) {
  constexpr std::array<std::pair<const char*, const char*>, 4> looks{
      {{"&#10003;", "good"}, {"?", "warn"}, {"&#10007;", "bad"}, {"&#9632;", "idle"}}};
  const auto& [mark, style] = looks.at(static_cast<std::size_t>(tone));
  return badge(Look{word, mark, style});
}

Table::Table(Html caption, std::vector<Column> columns)
    : caption_(std::move(caption)), columns_(std::move(columns)) {}

void Table::add(Attributes attributes, const std::vector<Html>& cells) {
  CHECK(cells.size() == columns_.size());
  Html row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto style = style_of(columns_[i]);
    row += i == 0 ? element("th", {{"scope", "row"}, style}, cells[i])
                  : element("td", {style}, cells[i]);
  }
  rows_ += element("tr", attributes, row) + Html::markup("\n");
}

Html Table::html() const {
  if (rows_.empty()) return {};
  Html head;
  for (const Column& column : columns_) {
    head += element("th", {{"scope", "col"}, style_of(column)}, column.title);
  }
  return element(
             "div", {{"class", "scroll"}},
             element("table", element("caption", caption_) + element("thead", element("tr", head)) +
                                  Html::markup("\n") + element("tbody", rows_))) +
         Html::markup("\n");
}

std::string share_text(std::size_t part, std::size_t whole) {
  if (whole == 0) return "-";
  return std::to_string(part) + " of " + std::to_string(whole) + ", " +
         std::to_string(part * 100 / whole) + " %";
}

std::string time_text(const std::optional<Duration>& time) {
  return time ? rounded_up(*time) : "-";
}

std::string bounds_text(const std::optional<Bounds>& bounds) {
  if (!bounds) return "-";
  const std::string lower = rounded_down(bounds->lower);
  const std::string upper = rounded_up(bounds->upper);
  return lower == upper ? lower : "[" + lower + ", " + upper + "]";
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return grouped(number) + " " + std::string(number == 1 ? one : many);
}

}  // namespace aftershock::html
