#include "platform/config.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "core/setting_catalogue.h"
#include "platform/config_sources.h"
#include "platform/secret_file.h"

namespace delta {

namespace {

using text::Diagnostic;

constexpr std::string_view kSettings = "settings.";

const char* variable(const char* const* environment, std::string_view name) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) {
      return *environment + name.size() + 1;
    }
  }
  return nullptr;
}

Settings settings_of(const Config& config) {
  Settings settings;
  for (const SettingInfo& info : setting_catalogue()) {
    const std::string key = std::string(kSettings) + std::string(info.key);
    if (info.duration != nullptr) settings.*info.duration = config.duration(key);
    if (info.count != nullptr)
      settings.*info.count = static_cast<std::uint32_t>(config.number(key));
    if (info.flag != nullptr) settings.*info.flag = config.flag(key);
  }
  return settings;
}

/// Text in double quotes, as JSON and YAML write it.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string shown(const ConfigKey& key, const ConfigValue& value) {
  switch (key.type) {
    case ConfigType::text: return quoted(value.texts.front());
    case ConfigType::secret: return "\"***\"";
    case ConfigType::number: return std::to_string(value.number);
    case ConfigType::duration: return format_duration(Duration(value.number));
    case ConfigType::flag: return value.number != 0 ? "true" : "false";
    case ConfigType::list: break;
  }
  std::string items;
  for (const std::string& item : value.texts) items += (items.empty() ? "" : ", ") + quoted(item);
  return "[" + items + "]";
}

std::vector<std::string> segments(std::string_view key) {
  std::vector<std::string> found;
  while (true) {
    const std::size_t dot = key.find('.');
    found.emplace_back(key.substr(0, dot));
    if (dot == std::string_view::npos) return found;
    key.remove_prefix(dot + 1);
  }
}

/// Whether the sentence has the word, which is no part of another name.
bool names_setting(std::string_view sentence, std::string_view word) {
  const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  for (std::size_t at = sentence.find(word); at != std::string_view::npos;
       at = sentence.find(word, at + 1)) {
    const bool begins = at == 0 || !is_part(sentence[at - 1]);
    const std::string_view rest = sentence.substr(at + word.size());
    if (begins && (rest.empty() || !is_part(rest[0]))) return true;
  }
  return false;
}

}  // namespace

/// Puts one configuration together.
class ConfigLoader {
 public:
  ConfigLoader(const Program& program, std::span<const ConfigKey> keys)
      : program_(program), names_(keys) {
    config_.keys_.assign(keys.begin(), keys.end());
  }

  std::expected<Config, ConfigAnswer> load(std::span<const char* const> arguments,
                                           const char* const* environment);

 private:
  void use_fallbacks();
  void use(GivenValues given);
  void put(const GivenValue& given);
  void read_secrets();
  void check_required();
  void check_settings();
  /// The settings that the sentence names, with their values and where they come from.
  std::string causes_of(const std::string& sentence) const;
  ConfigAnswer answer_mistakes() const;

  const Program& program_;
  const ConfigNames names_;
  Config config_;
  std::map<std::string, std::string> secret_paths_;  ///< by key: to be read, if still in force
  std::vector<Diagnostic> mistakes_;
};

void ConfigLoader::use_fallbacks() {
  for (const ConfigKey& key : config_.keys_) {
    ConfigValue value;
    if (!key.fallback.empty()) {
      auto parsed = parse_word(key, key.fallback);
      CHECK(parsed.has_value());
      value = std::move(*parsed);
    } else if (key.type == ConfigType::text) {
      value.texts.emplace_back();
    }
    config_.values_[key.key] = std::move(value);
  }
}

void ConfigLoader::put(const GivenValue& given) {
  const std::string& key = given.name->of->key;
  ConfigValue& value = config_.values_[key];
  if (value.given && value.source.level == given.source.level) {
    mistakes_.push_back({given.source.where,
                         0,
                         0,
                         "the secret is given by " + value.source.where + " too",
                         {},
                         ""});
    return;
  }
  value = given.value;
  value.source = given.source;
  value.given = true;
  secret_paths_.erase(key);
  if (given.name->names_file) secret_paths_[key] = given.path;
}

void ConfigLoader::use(GivenValues given) {
  for (const GivenValue& value : given.values) put(value);
  mistakes_.insert(mistakes_.end(), given.mistakes.begin(), given.mistakes.end());
}

void ConfigLoader::read_secrets() {
  for (const auto& [key, path] : secret_paths_) {
    ConfigValue& value = config_.values_[key];
    auto secret = read_secret_file(AT_FDCWD, path);
    if (secret) {
      value.secret = std::move(*secret);
      value.source.where += " (" + path + ")";
    } else {
      const std::string message = "the file " + path + " of the secret: " + secret.error().detail;
      mistakes_.push_back({value.source.where, 0, 0, message, {}, ""});
    }
  }
}

void ConfigLoader::check_required() {
  for (const ConfigName& name : names_.all()) {
    const bool missing = name.of->required && !config_.find(name.of->key).given;
    if (!missing || name.names_file) continue;
    const bool is_secret = name.of->type == ConfigType::secret;
    mistakes_.push_back({program_.name, 0, 0, "'" + name.key + "' is required",
                         "give it in the file, as " + name.variable + " or as " + name.flag +
                             (is_secret ? "-file" : ""),
                         ""});
  }
}

std::string ConfigLoader::causes_of(const std::string& sentence) const {
  std::string causes;
  for (const ConfigKey& key : config_.keys_) {
    if (!key.key.starts_with(kSettings)) continue;
    const std::string_view member = std::string_view(key.key).substr(kSettings.size());
    if (!names_setting(sentence, member)) continue;
    const ConfigValue& value = config_.find(key.key);
    causes += (causes.empty() ? "" : ", ") + key.key + " is " + shown(key, value) + " (" +
              value.source.where + ")";
  }
  return causes;
}

void ConfigLoader::check_settings() {
  if (!mistakes_.empty() || !config_.values_.contains("settings.lease_ttl")) return;
  for (const std::string& sentence : problems(settings_of(config_))) {
    mistakes_.push_back({program_.name, 0, 0, "settings: " + sentence, causes_of(sentence), ""});
  }
}

ConfigAnswer ConfigLoader::answer_mistakes() const {
  return {kBadUsage, text::format_diagnostics(mistakes_) + "Run '" + program_.name +
                         " --help' for what is possible.\n"};
}

std::expected<Config, ConfigAnswer> ConfigLoader::load(std::span<const char* const> arguments,
                                                       const char* const* environment) {
  CommandLineWords words = read_command_line(arguments, names_);
  if (words.help) return std::unexpected(ConfigAnswer{0, config_help(program_, names_)});
  if (words.version) {
    return std::unexpected(ConfigAnswer{0, program_.name + " " + program_.version + "\n"});
  }
  use_fallbacks();
  if (!words.config) {
    const char* path = variable(environment, "DELTA_CONFIG");
    if (path != nullptr && *path != '\0') words.config = path;
  }
  if (words.config && !words.config->empty()) use(read_config_file(*words.config, names_));
  use(read_environment(environment, names_));
  mistakes_.insert(mistakes_.end(), words.mistakes.begin(), words.mistakes.end());
  use(read_flags(words, names_));
  read_secrets();
  check_required();
  check_settings();
  if (!mistakes_.empty()) return std::unexpected(answer_mistakes());
  if (words.print_config) return std::unexpected(ConfigAnswer{0, config_.describe()});
  return std::move(config_);
}

const ConfigValue& Config::find(std::string_view key) const {
  const auto found = values_.find(key);
  CHECK(found != values_.end());
  return found->second;
}

const ConfigValue& Config::find(std::string_view key, ConfigType type) const {
  const auto described = std::ranges::find(keys_, key, &ConfigKey::key);
  CHECK(described != keys_.end() && described->type == type);
  return find(key);
}

const std::string& Config::text(std::string_view key) const {
  return find(key, ConfigType::text).texts.front();
}

const Secret& Config::secret(std::string_view key) const {
  return find(key, ConfigType::secret).secret;
}

std::int64_t Config::number(std::string_view key) const {
  return find(key, ConfigType::number).number;
}

Duration Config::duration(std::string_view key) const {
  return Duration(find(key, ConfigType::duration).number);
}

bool Config::flag(std::string_view key) const { return find(key, ConfigType::flag).number != 0; }

const std::vector<std::string>& Config::list(std::string_view key) const {
  return find(key, ConfigType::list).texts;
}

Settings Config::settings() const { return settings_of(*this); }

std::string Config::describe() const {
  std::string text;
  std::vector<std::string> open;  // sections, from the outermost
  for (const ConfigKey& key : keys_) {
    std::vector<std::string> path = segments(key.key);
    const std::string name = std::move(path.back());
    path.pop_back();
    const auto [same, end] = std::ranges::mismatch(open, path);
    open.erase(same, open.end());
    for (auto next = end; next != path.end(); ++next) {
      text += std::string(2 * open.size(), ' ') + *next + ":\n";
      open.push_back(*next);
    }
    const std::string indent(2 * open.size(), ' ');
    const ConfigValue& value = find(key.key);
    text += value.given
                ? indent + name + ": " + shown(key, value) + "  # " + value.source.where + "\n"
                : indent + "# " + name + " is not given\n";
  }
  return text;
}

std::expected<Config, ConfigAnswer> load_config(const Program& program,
                                                std::span<const ConfigKey> keys,
                                                std::span<const char* const> arguments,
                                                const char* const* environment) {
  return ConfigLoader(program, keys).load(arguments, environment);
}

}  // namespace delta
