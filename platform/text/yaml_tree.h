// YAML read into a small tree that knows where everything stands in the file.
// A strict subset: one document, no anchors, aliases or tags, keys are plain words, no repeats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/text/diagnostic.h"

namespace delta::text {

inline constexpr std::size_t kDeepestNesting = 32;

struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  Position at;        ///< of the value
  Position named_at;  ///< of the key that names it; as `at` in a list
  Position last;      ///< of the last thing inside it
  std::string key;    ///< empty in a list
  std::string text;   ///< of a scalar
  bool quoted = false;
  std::vector<Node> children;  ///< in the file's order

  /// The value of a key of a map; null when absent.
  const Node* find(std::string_view wanted) const;
};

/// The tree of the text, or nothing when it is not YAML of our subset. Reports to `problems`;
/// of a repeated key the first value is kept, so that the rest can be checked too.
std::optional<Node> parse_yaml(const std::string& text, Problems& problems);

}  // namespace delta::text
