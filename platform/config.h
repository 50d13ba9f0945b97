// The configuration of a program: a YAML file, the environment and flags, over one table of keys.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/settings.h"
#include "platform/secret.h"

namespace delta {

enum class ConfigType : std::uint8_t {
  text,      ///< no control characters
  secret,    ///< text that is never shown; KEY_file names a file that holds it
  number,    ///< whole
  duration,  ///< with units, such as 1m30s
  flag,      ///< true or false
  list,      ///< of texts; separated by commas where it is one word
};

struct ConfigKey {
  std::string key = {};  ///< "database.url": --database-url and DELTA_DATABASE_URL
  ConfigType type = ConfigType::text;
  std::string help = {};      ///< one sentence
  std::string fallback = {};  ///< as the environment would give it; empty: nothing
  std::string example = {};
  bool required = false;
  std::int64_t min = 0;  ///< of a number or a duration, that in nanoseconds
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string> choices = {};  ///< of a text or of a list's items; empty: any
};

/// settings.lease_ttl and so on: one for each member of Settings.
std::vector<ConfigKey> setting_keys();

/// Where a value comes from; each is stronger than those before it.
enum class ConfigLevel : std::uint8_t { fallback, file, environment, flag };

struct ConfigSource {
  ConfigLevel level = ConfigLevel::fallback;
  std::string where = "default";  ///< "delta.yaml:3:5", "DELTA_DATABASE_URL", "--database-url"
};

struct ConfigValue {
  ConfigSource source;
  bool given = false;              ///< also by a fallback
  std::vector<std::string> texts;  ///< the items of a list; otherwise at most one
  std::int64_t number = 0;         ///< of a duration: nanoseconds; of a flag: 0 or 1
  Secret secret;
};

/// What is in force. A key that the table does not have, or has with another type, is a mistake of
/// the caller (CHECK).
class Config {
 public:
  /// Neither given nor a fallback: the getters return what is empty, zero or false.
  bool has(std::string_view key) const { return find(key).given; }
  const std::string& text(std::string_view key) const;
  const Secret& secret(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  Duration duration(std::string_view key) const;
  bool flag(std::string_view key) const;
  const std::vector<std::string>& list(std::string_view key) const;
  /// Needs setting_keys() in the table. Sound: see problems().
  Settings settings() const;
  const ConfigSource& source(std::string_view key) const { return find(key).source; }

  /// As a YAML file with the sources as comments, secrets as "***".
  std::string describe() const;

 private:
  friend class ConfigLoader;
  const ConfigValue& find(std::string_view key) const;
  const ConfigValue& find(std::string_view key, ConfigType type) const;

  std::vector<ConfigKey> keys_;
  std::map<std::string, ConfigValue, std::less<>> values_;
};

/// What --help and --version say.
struct Program {
  std::string name = {};
  std::string version = {};
  std::string purpose = {};  ///< one sentence
  std::string footer = {};   ///< such as the exit codes; ends with a line break
};

inline constexpr int kBadUsage = 64;  ///< EX_USAGE

/// Nothing to run: a text to print, on standard output when the code is 0 (--help, --version,
/// --print-config), otherwise on standard error (every mistake at once).
struct ConfigAnswer {
  int exit_code = 0;
  std::string text;
};

/// Reads, from the weakest to the strongest: the fallbacks, the file that --config or DELTA_CONFIG
/// names, variables that begin with DELTA_, flags. All values are checked, also those that a
/// stronger one replaces; names that the table does not have are mistakes. `arguments` are those of
/// main(), with the program's name; `environment` ends with null.
std::expected<Config, ConfigAnswer> load_config(const Program& program,
                                                std::span<const ConfigKey> keys,
                                                std::span<const char* const> arguments,
                                                const char* const* environment);

}  // namespace delta
