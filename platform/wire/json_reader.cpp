#include "platform/wire/json_reader.h"

#include <algorithm>
#include <charconv>

#include "core/check.h"
#include "core/text.h"

namespace delta::wire {

namespace {

std::string_view kind_of(const Json& json) {
  static constexpr std::array<std::string_view, 6> names{"null",     "true or false", "a number",
                                                         "a string", "a list",        "an object"};
  return names.at(json.value.index());
}

std::string must_be(std::string_view wanted, const Json& json) {
  return "must be " + std::string(wanted) + ", not " + std::string(kind_of(json));
}

std::string with_hint(std::string sentence, const std::optional<std::string>& hint) {
  return hint ? sentence + "; " + *hint : sentence;
}

}  // namespace

void JsonReader::value(bool& flag) {
  const bool* found = std::get_if<bool>(&json_.value);
  if (found == nullptr) fail(must_be("true or false", json_));
  flag = *found;
}

void JsonReader::value(Duration& duration) {
  if (!std::holds_alternative<std::string>(json_.value)) {
    fail(must_be("a duration such as \"1m30s\"", json_));
  }
  const auto found = parse_duration(text());
  if (!found) fail(with_hint(found.error().message, found.error().hint));
  duration = *found;
}

void JsonReader::value(DbTime& time) {
  const std::string& digits = text();
  std::int64_t count = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, count);
  if (error != std::errc{} || stop != end) fail("must be a number of nanoseconds, as a string");
  time = DbTime(Duration(count));
}

void JsonReader::value(Digest& digest) {
  const std::string& digits = text();
  const std::size_t bytes_of_word = 8;
  bool good = digits.size() == 2 * digest.size();
  for (std::size_t i = 0; good && i < digest.size(); i += bytes_of_word) {
    const auto word = parse_hex(std::string_view(digits).substr(2 * i, 2 * bytes_of_word));
    good = word.has_value();
    for (std::size_t k = 0; good && k < bytes_of_word; ++k) {
      digest[i + k] = static_cast<std::uint8_t>(*word >> (8 * (bytes_of_word - 1 - k)));
    }
  }
  if (!good) fail("must be 64 lower-case hexadecimal digits");
}

const std::string& JsonReader::text() const {
  const std::string* found = std::get_if<std::string>(&json_.value);
  if (found == nullptr) fail(must_be("a string", json_));
  return *found;
}

const Json::List& JsonReader::list() const {
  const Json::List* found = std::get_if<Json::List>(&json_.value);
  if (found == nullptr) fail(must_be("a list", json_));
  return *found;
}

std::uint64_t JsonReader::whole_number(std::uint64_t most) const {
  const auto* found = std::get_if<Json::Number>(&json_.value);
  if (found == nullptr) fail(must_be("a number", json_));
  if (!found->whole || *found->whole > most) {
    fail("must be a whole number from 0 to " + std::to_string(most));
  }
  return *found->whole;
}

std::size_t JsonReader::one_of(const std::vector<std::string_view>& names) const {
  const std::string& word = text();
  const auto found = std::ranges::find(names, word);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string all;
  for (const std::string_view name : names) {
    if (!all.empty()) all += ", ";
    all += name;
  }
  fail(with_hint(quote(word) + " is not one of: " + all, did_you_mean(word, names)));
}

void JsonReader::open_object() {
  members_ = std::get_if<Json::Object>(&json_.value);
  if (members_ == nullptr) fail(must_be("an object", json_));
}

const Json* JsonReader::look_up(std::string_view key) {
  asked_.at(asked_for_++) = key;
  const Json* found = find(*members_, key);
  if (found != nullptr) ++found_;
  return found;
}

void JsonReader::refuse_unknown_keys() const {
  if (found_ == members_->size()) return;
  const std::vector<std::string_view> known(asked_.begin(),
                                            asked_.begin() + std::ptrdiff_t(asked_for_));
  for (const JsonMember& member : *members_) {
    if (std::ranges::find(known, member.key) != known.end()) continue;
    fail(with_hint("unknown key " + quote(member.key), did_you_mean(member.key, known)));
  }
  CHECK(false);  // a description asked for one key twice
}

std::string JsonReader::place() const {
  if (parent_ == nullptr) return {};
  std::string place = parent_->place();
  if (key_.empty()) {
    append_index(place, index_);
  } else {
    append_key(place, key_);
  }
  return place;
}

void JsonReader::fail(const std::string& what) const {
  throw Unreadable(sentence_at(place(), what));
}

void JsonReader::fail_at(std::string_view key, const std::string& what) const {
  JsonReader(json_, *this, key).fail(what);
}

void JsonReader::fail_missing(std::string_view key) const {
  std::string sentence = "the key " + quote(key) + " is missing";
  for (const JsonMember& member : *members_) {
    if (!did_you_mean(member.key, {key})) continue;
    sentence += ", but there is " + quote(member.key);
    break;
  }
  fail(sentence);
}

}  // namespace delta::wire
