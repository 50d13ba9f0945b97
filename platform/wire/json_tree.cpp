#include "platform/wire/json_tree.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.h"

namespace delta::wire {

namespace {

/// What nlohmann's parser says, without the piece of the text that it quotes: that may be a secret.
std::string words_of(std::string_view what) {
  what.remove_prefix(std::min(what.size(), what.find("] ") + 2));
  constexpr std::string_view boilerplate = "parse error at ";
  if (what.starts_with(boilerplate)) what.remove_prefix(boilerplate.size());
  constexpr std::size_t longest = 120;
  what = what.substr(0, what.find("; last read")).substr(0, longest);
  return "this is not JSON: " + std::string(what);
}

/// Takes the parser's events and builds the tree from the top.
class TreeBuilder final : public nlohmann::json::json_sax_t {
 public:
  bool null() override { return add(Json::Null{}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override {
    std::optional<std::uint64_t> whole;
    if (value >= 0) whole = static_cast<std::uint64_t>(value);
    return add(Json::Number{whole});
  }
  bool number_unsigned(number_unsigned_t value) override { return add(Json::Number{value}); }
  bool number_float(number_float_t, const string_t&) override { return add(Json::Number{}); }
  bool string(string_t& value) override {
    return has_nul(value) ? fail_value("a string must not hold U+0000") : add(std::move(value));
  }
  bool binary(binary_t&) override { return fail_value("no binary data here"); }

  bool start_object(std::size_t) override { return open(Json::Object{}); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::List{}); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    auto& members = std::get<Json::Object>(open_.back()->value);
    if (has_nul(name)) return fail("a key must not hold U+0000");
    if (find(members, name) != nullptr) return fail("the key " + quote(name) + " is there twice");
    if (members.size() == kMostKeys) return fail("there are more than 32 keys");
    members.push_back({std::move(name), {}});
    return true;
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    error_ = words_of(error.what());
    return false;
  }

  std::expected<Json, std::string> take() {
    if (!error_.empty()) return std::unexpected(std::move(error_));
    return std::move(root_);
  }

 private:
  static bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

  /// Where the value goes that comes next.
  Json& next_place() {
    if (open_.empty()) return root_;
    if (auto* list = std::get_if<Json::List>(&open_.back()->value)) return list->emplace_back();
    return std::get<Json::Object>(open_.back()->value).back().value;
  }
  template <class Value>
  bool add(Value value) {
    next_place().value = std::move(value);
    return true;
  }
  template <class Container>
  bool open(Container empty) {
    if (open_.size() == kDeepest) return fail_value("nested deeper than 32 levels");
    // A container does not move while one inside it is open.
    Json& place = next_place();
    place.value = std::move(empty);
    open_.push_back(&place);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  /// At the innermost container.
  bool fail(const std::string& what) {
    std::string place;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) append_part(place, *open_[i], 1);
    error_ = sentence_at(place, what);
    return false;
  }
  /// At the value that comes next.
  bool fail_value(const std::string& what) {
    std::string place;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      append_part(place, *open_[i], i + 1 < open_.size() ? 1 : 0);
    }
    error_ = sentence_at(place, what);
    return false;
  }
  /// Where in the container we are; the last `begun` of a list's elements are being read.
  static void append_part(std::string& place, const Json& container, std::size_t begun) {
    if (const auto* list = std::get_if<Json::List>(&container.value)) {
      append_index(place, list->size() - begun);
    } else {
      append_key(place, std::get<Json::Object>(container.value).back().key);
    }
  }

  Json root_;
  std::vector<Json*> open_;
  std::string error_;
};

}  // namespace

const Json* find(const Json::Object& object, std::string_view key) {
  const auto found = std::ranges::find(object, key, &JsonMember::key);
  return found == object.end() ? nullptr : &found->value;
}

std::expected<Json, std::string> parse_json(std::string_view text) {
  // The parser would take it for the text's end, and what follows would go unseen.
  if (text.find('\0') != std::string_view::npos) {
    return std::unexpected("this is not JSON: it holds a zero byte");
  }
  TreeBuilder builder;
  nlohmann::json::sax_parse(text, &builder);
  return builder.take();
}

void append_key(std::string& place, std::string_view key) {
  if (!place.empty()) place += '.';
  const std::string quoted = quote(key);  // cut, and without control characters
  place += std::string_view(quoted).substr(1, quoted.size() - 2);
}

void append_index(std::string& place, std::size_t index) {
  place += '[' + std::to_string(index) + ']';
}

std::string sentence_at(const std::string& place, const std::string& what) {
  return place.empty() ? what : place + ": " + what;
}

}  // namespace delta::wire
