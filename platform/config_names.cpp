#include "platform/config_names.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/check.h"
#include "core/setting_catalogue.h"
#include "platform/text/diagnostic.h"

namespace delta {

namespace {

using text::Parsed;

std::string variable_of(std::string_view key) {
  std::string variable = "DELTA_";
  for (const char c : key) {
    variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '.' ? '_' : c;
  }
  return variable;
}

std::string flag_of(std::string_view key) {
  std::string flag = "--" + std::string(key);
  std::ranges::replace_if(flag, [](char c) { return c == '.' || c == '_'; }, '-');
  return flag;
}

template <class Value>
std::unexpected<ValueError> out_of_range(const std::string& word, const ConfigKey& key,
                                         Value shown) {
  return std::unexpected(ValueError{
      quote(word) + " is out of range: from " + shown(key.min) + " to " + shown(key.max), {}});
}

std::string show_duration(std::int64_t nanoseconds) {
  return format_duration(Duration(std::min(nanoseconds, kLongestDuration.count())));
}

std::string show_number(std::int64_t number) { return std::to_string(number); }

Parsed<std::int64_t> parse_number(const ConfigKey& key, const std::string& word) {
  std::int64_t number = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error == std::errc::result_out_of_range) return out_of_range(word, key, show_number);
  if (error != std::errc() || stop != end) {
    return std::unexpected(ValueError{quote(word) + " is not a whole number", {}});
  }
  if (number < key.min || number > key.max) return out_of_range(word, key, show_number);
  return number;
}

Parsed<std::int64_t> parse_duration_in_range(const ConfigKey& key, const std::string& word) {
  const auto duration = parse_duration(word);
  if (!duration) return std::unexpected(duration.error());
  const std::int64_t number = duration->count();
  if (number < key.min || number > key.max) return out_of_range(word, key, show_duration);
  return number;
}

Parsed<std::int64_t> parse_flag(const std::string& word) {
  if (word == "true" || word == "false") return word == "true" ? 1 : 0;
  return std::unexpected(ValueError{quote(word) + " is not true or false", {}});
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

/// What is wrong with a text; empty: nothing.
std::optional<ValueError> text_mistake(const ConfigKey& key, const std::string& word) {
  if (std::ranges::any_of(word, is_control)) {
    return ValueError{"control characters are not allowed", {}};
  }
  if (key.choices.empty() || std::ranges::find(key.choices, word) != key.choices.end()) return {};
  return ValueError{quote(word) + " is not one of: " + joined(key.choices),
                    did_you_mean(word, {key.choices.begin(), key.choices.end()})};
}

std::vector<std::string> split(std::string_view word) {
  std::vector<std::string> items;
  while (!word.empty()) {
    std::string_view item = word.substr(0, word.find(','));
    word.remove_prefix(std::min(word.size(), item.size() + 1));
    item.remove_prefix(std::min(item.size(), item.find_first_not_of(' ')));
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

ConfigKey key_of(const SettingInfo& info) {
  const Settings defaults;
  ConfigKey key{.key = "settings." + std::string(info.key), .help = std::string(info.description)};
  if (info.duration != nullptr) {
    key.type = ConfigType::duration;
    key.fallback = format_duration(defaults.*info.duration);
    key.max = kLongestDuration.count();
  } else if (info.count != nullptr) {
    key.type = ConfigType::number;
    key.fallback = std::to_string(defaults.*info.count);
    key.min = 1;
    key.max = info.most;
  } else {
    key.type = ConfigType::flag;
    key.fallback = defaults.*info.flag ? "true" : "false";
  }
  return key;
}

}  // namespace

std::vector<ConfigKey> setting_keys() {
  std::vector<ConfigKey> keys;
  for (const SettingInfo& info : setting_catalogue()) keys.push_back(key_of(info));
  return keys;
}

ConfigNames::ConfigNames(std::span<const ConfigKey> keys) {
  std::set<std::string> seen{"--config", "--print-config", "--help", "--version"};
  const auto add = [&](const ConfigKey& key, bool names_file) {
    const std::string name = key.key + (names_file ? "_file" : "");
    names_.push_back({&key, names_file, name, variable_of(name), flag_of(name)});
    CHECK(seen.insert(names_.back().flag).second);
  };
  for (const ConfigKey& key : keys) {
    add(key, false);
    if (key.type == ConfigType::secret) add(key, true);
  }
}

const ConfigName* ConfigNames::find(std::string ConfigName::* member,
                                    std::string_view wanted) const {
  const auto found = std::ranges::find(names_, wanted, member);
  return found == names_.end() ? nullptr : &*found;
}

bool ConfigNames::is_section(std::string_view prefix) const {
  return std::ranges::any_of(names_, [&](const ConfigName& name) {
    return name.key.starts_with(prefix) && name.key[prefix.size()] == '.';
  });
}

Parsed<ConfigValue> parse_value(const ConfigKey& key, std::vector<std::string> texts) {
  ConfigValue value;
  value.given = true;
  if (key.type == ConfigType::secret) {
    value.secret = Secret(std::move(texts.front()));
    return value;
  }
  Parsed<std::int64_t> number = 0;
  if (key.type == ConfigType::number) number = parse_number(key, texts.front());
  if (key.type == ConfigType::duration) number = parse_duration_in_range(key, texts.front());
  if (key.type == ConfigType::flag) number = parse_flag(texts.front());
  if (!number) return std::unexpected(number.error());
  value.number = *number;
  if (key.type == ConfigType::text || key.type == ConfigType::list) {
    for (const std::string& item : texts) {
      if (auto wrong = text_mistake(key, item)) return std::unexpected(std::move(*wrong));
    }
  }
  value.texts = std::move(texts);
  return value;
}

Parsed<ConfigValue> parse_word(const ConfigKey& key, const std::string& word) {
  return parse_value(key, key.type == ConfigType::list ? split(word) : std::vector{word});
}

std::string allowed_values(const ConfigKey& key) {
  const auto range = [&](auto show, std::int64_t end) {
    return (key.min == 0 && key.max >= end ? "" : " from " + show(key.min)) +
           (key.max >= end ? "" : " to " + show(key.max));
  };
  switch (key.type) {
    case ConfigType::text: return key.choices.empty() ? "" : joined(key.choices);
    case ConfigType::secret: return "the path of a file that holds it";
    case ConfigType::number:
      return "a whole number" + range(show_number, std::numeric_limits<std::int64_t>::max());
    case ConfigType::duration: return "a duration" + range(show_duration, kLongestDuration.count());
    case ConfigType::flag: return "true or false";
    case ConfigType::list: return key.choices.empty() ? "a list" : "of: " + joined(key.choices);
  }
  CHECK(false);
}

}  // namespace delta
