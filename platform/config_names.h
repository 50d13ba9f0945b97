// What the keys of a table are called in a file, in the environment and as flags.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/config.h"
#include "platform/text/values.h"

namespace delta {

/// One way to give a value. A secret has two names: its own and that of a file that holds it.
struct ConfigName {
  const ConfigKey* of;
  bool names_file;  ///< the value is the path of a file that holds the secret
  std::string key;
  std::string variable;
  std::string flag;

  /// Others on the machine can read flags.
  bool allowed_as_flag() const { return of->type != ConfigType::secret || names_file; }
};

class ConfigNames {
 public:
  /// A table in which two keys have the same name is a mistake of the caller (CHECK).
  explicit ConfigNames(std::span<const ConfigKey> keys);

  const ConfigName* by_key(std::string_view key) const { return find(&ConfigName::key, key); }
  const ConfigName* by_variable(std::string_view variable) const {
    return find(&ConfigName::variable, variable);
  }
  const ConfigName* by_flag(std::string_view flag) const { return find(&ConfigName::flag, flag); }
  /// Some key begins with `prefix` and a dot.
  bool is_section(std::string_view prefix) const;
  const std::vector<ConfigName>& all() const { return names_; }

 private:
  const ConfigName* find(std::string ConfigName::* member, std::string_view wanted) const;

  std::vector<ConfigName> names_;
};

/// The value of what was given for the key, and whether that is allowed. `texts` has one entry, or
/// those of a list. For names of files nothing is checked.
text::Parsed<ConfigValue> parse_value(const ConfigKey& key, std::vector<std::string> texts);
/// The same of one word, of which a list is split at its commas.
text::Parsed<ConfigValue> parse_word(const ConfigKey& key, const std::string& word);

/// "true or false", "a whole number from 1 to 10": what --help says of the type.
std::string allowed_values(const ConfigKey& key);
/// --help.
std::string config_help(const Program& program, const ConfigNames& names);

}  // namespace delta
