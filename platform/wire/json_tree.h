// A JSON text as a tree, read strictly: no repeated keys, no deep nesting, no U+0000, UTF-8 only.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace delta::wire {

struct JsonMember;

struct Json {
  struct Null {};
  struct Number {
    std::optional<std::uint64_t> whole;  ///< none: negative, with a fraction, or too large
  };
  using List = std::vector<Json>;
  using Object = std::vector<JsonMember>;

  std::variant<Null, bool, Number, std::string, List, Object> value;
};

struct JsonMember {
  std::string key;
  Json value;
};

inline constexpr std::size_t kDeepest = 32;
inline constexpr std::size_t kMostKeys = 32;  ///< of one object; no structure has half as many

/// The member with this key; null when there is none.
const Json* find(const Json::Object& object, std::string_view key);

/// Error: one sentence, with the place: a line and column, or "jobs[1].retry".
std::expected<Json, std::string> parse_json(std::string_view text);

/// Adds a part to a place: "jobs" and "name" make "jobs.name".
void append_key(std::string& place, std::string_view key);
void append_index(std::string& place, std::size_t index);
/// "jobs[1]: what"; at the top just "what".
std::string sentence_at(const std::string& place, const std::string& what);

}  // namespace delta::wire
