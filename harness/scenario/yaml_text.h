// A tree of keys and values printed as YAML for people: short maps on one line, long text folded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aftershock {

struct YamlItem {
  enum class Kind : std::uint8_t {
    kPlain,  ///< printed as it is: a number, a name
    kText,   ///< people's words: quoted or folded where it has to be
    kMap,
    kList
  };

  std::string key;  ///< empty in a list
  Kind kind = Kind::kPlain;
  std::string text = {};
  std::vector<YamlItem> children = {};
};

/// The map `root` as a document, ending with a line break. Lines have at most 100 columns, but for
/// text that cannot be folded: with line breaks or several blanks in a row.
std::string yaml_text(const YamlItem& root);

}  // namespace aftershock
