#include "platform/config_sources.h"

#include <algorithm>
#include <array>
#include <map>

#include "platform/text/source_text.h"
#include "platform/text/yaml_tree.h"

namespace delta {

namespace {

using text::Diagnostic;
using text::Node;

constexpr std::string_view kPrefix = "DELTA_";

Diagnostic mistake(const std::string& where, std::string message,
                   std::optional<std::string> hint = {}) {
  return {where, 0, 0, std::move(message), std::move(hint), ""};
}

/// Adds the value that a word gives to a name, or what is wrong with it.
void add_word(const ConfigName& name, ConfigSource source, const std::string& word,
              GivenValues& given) {
  if (name.names_file) {
    given.values.push_back({&name, std::move(source), {}, word});
    return;
  }
  auto value = parse_word(*name.of, word);
  if (!value) {
    given.mistakes.push_back(
        mistake(source.where, std::move(value.error().message), std::move(value.error().hint)));
    return;
  }
  given.values.push_back({&name, std::move(source), std::move(*value), ""});
}

std::vector<std::string_view> views_of(const ConfigNames& names, std::string ConfigName::* member) {
  std::vector<std::string_view> views;
  for (const ConfigName& name : names.all()) views.push_back(name.*member);
  return views;
}

Diagnostic unknown_flag(const std::string& flag, const ConfigNames& names) {
  std::vector<std::string_view> known{"--config", "--print-config", "--help", "--version"};
  for (const ConfigName& name : names.all()) {
    if (name.allowed_as_flag()) known.push_back(name.flag);
  }
  return mistake(flag, "unknown flag", did_you_mean(flag, known));
}

/// Kubernetes tells every container about every service: one named delta-runner gives
/// DELTA_RUNNER_PORT=tcp://10.0.0.1:80, DELTA_RUNNER_SERVICE_HOST and more.
bool is_of_a_service(std::string_view variable, std::string_view value) {
  const bool is_address =
      value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
  return (is_address && variable.find("_PORT") != std::string_view::npos) ||
         variable.ends_with("_SERVICE_HOST") ||
         variable.find("_SERVICE_PORT") != std::string_view::npos ||
         variable.find("_TCP_") != std::string_view::npos ||
         variable.find("_UDP_") != std::string_view::npos;
}

class FileReader {
 public:
  FileReader(const std::string& path, const ConfigNames& names, text::Problems& problems,
             GivenValues& given)
      : path_(path), names_(names), problems_(problems), given_(given) {}

  void read(const Node& map, const std::string& prefix) {
    for (const Node& child : map.children) {
      const std::string key = prefix + child.key;
      if (const std::size_t dot = child.key.find('.'); dot != std::string::npos) {
        problems_.add(child.named_at, quote(child.key) + " is not nested",
                      "write " + quote(child.key.substr(0, dot) + ":") + " and below it " +
                          quote(child.key.substr(dot + 1) + ":"));
      } else if (const ConfigName* name = names_.by_key(key)) {
        read_value(child, *name);
      } else if (!names_.is_section(key)) {
        problems_.add(child.named_at, "unknown key " + quote(key), hint_for(key));
      } else if (child.kind == Node::Kind::kMap) {
        read(child, key + ".");
      } else {
        problems_.add(child.at, quote(key) + " must be a map of keys");
      }
    }
  }

 private:
  std::optional<std::string> hint_for(const std::string& key) const {
    std::vector<std::string_view> known = views_of(names_, &ConfigName::key);
    for (const ConfigName& name : names_.all()) {
      if (const std::size_t dot = name.key.rfind('.'); dot != std::string::npos) {
        known.push_back(std::string_view(name.key).substr(0, dot));
      }
    }
    return did_you_mean(key, known);
  }

  void read_value(const Node& node, const ConfigName& name) {
    const ConfigSource source{ConfigLevel::file, path_ + ":" + std::to_string(node.at.line) + ":" +
                                                     std::to_string(node.at.column)};
    if (node.kind == Node::Kind::kNull) {
      problems_.add(node.at, quote(name.key) + " has no value");
    } else if (node.kind == Node::Kind::kScalar && name.names_file) {
      given_.values.push_back({&name, source, {}, node.text});
    } else if (node.kind == Node::Kind::kScalar) {
      keep(node, name, source, parse_word(*name.of, node.text));
    } else if (node.kind == Node::Kind::kList && name.of->type == ConfigType::list) {
      read_list(node, name, source);
    } else {
      problems_.add(node.at, quote(name.key) + (name.of->type == ConfigType::list
                                                    ? " must be a list"
                                                    : " must be a single value"));
    }
  }

  void read_list(const Node& node, const ConfigName& name, const ConfigSource& source) {
    std::vector<std::string> items;
    for (const Node& item : node.children) {
      if (item.kind != Node::Kind::kScalar) {
        problems_.add(item.at, quote(name.key) + " must list single values");
        return;
      }
      items.push_back(item.text);
    }
    keep(node, name, source, parse_value(*name.of, std::move(items)));
  }

  void keep(const Node& node, const ConfigName& name, const ConfigSource& source,
            text::Parsed<ConfigValue> value) {
    if (!value) {
      problems_.add(node.at, quote(name.key) + ": " + value.error().message, value.error().hint);
      return;
    }
    given_.values.push_back({&name, source, std::move(*value), ""});
  }

  const std::string& path_;
  const ConfigNames& names_;
  text::Problems& problems_;
  GivenValues& given_;
};

}  // namespace

// Not by CLI11, which takes the brackets off a value such as [::1] and stops at the first mistake.
CommandLineWords read_command_line(std::span<const char* const> arguments,
                                   const ConfigNames& names) {
  CommandLineWords words;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string argument = arguments[i];
    const std::size_t equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    std::optional<std::string> word;
    if (equals != std::string::npos) word = argument.substr(equals + 1);
    const auto take_next = [&] {
      const bool follows =
          i + 1 < arguments.size() && !std::string_view(arguments[i + 1]).starts_with("--");
      if (!word && follows) word = arguments[++i];
    };
    if (flag == "-h" || flag == "--help") {
      words.help = true;
    } else if (flag == "-V" || flag == "--version") {
      words.version = true;
    } else if (flag == "--print-config") {
      words.print_config = true;
    } else if (flag == "--config") {
      take_next();
      if (words.config) words.mistakes.push_back(mistake(flag, "given more than once"));
      if (!word || word->empty()) words.mistakes.push_back(mistake(flag, "needs a file"));
      words.config = word;
    } else if (const ConfigName* name = names.by_flag(flag)) {
      if (name->of->type != ConfigType::flag) take_next();
      words.flags.push_back({flag, word});
    } else if (flag.starts_with('-')) {
      take_next();  // it may be a secret
      words.mistakes.push_back(unknown_flag(flag, names));
    } else {
      words.mistakes.push_back(mistake(quote(argument), "unexpected argument"));
    }
  }
  return words;
}

GivenValues read_flags(const CommandLineWords& words, const ConfigNames& names) {
  GivenValues given;
  std::map<std::string, int> seen;
  for (const CommandLineWords::Flag& flag : words.flags) {
    const ConfigName& name = *names.by_flag(flag.flag);
    const bool is_switch = name.of->type == ConfigType::flag;
    if (++seen[flag.flag] > 1) {
      given.mistakes.push_back(mistake(flag.flag, "given more than once"));
    } else if (!name.allowed_as_flag()) {
      given.mistakes.push_back(mistake(flag.flag, "others on this machine can read flags",
                                       "use " + flag.flag + "-file or " + name.variable));
    } else if (!flag.word && !is_switch) {
      given.mistakes.push_back(mistake(flag.flag, "needs a value: " + allowed_values(*name.of)));
    } else {
      add_word(name, {ConfigLevel::flag, flag.flag}, flag.word.value_or("true"), given);
    }
  }
  return given;
}

GivenValues read_environment(const char* const* environment, const ConfigNames& names) {
  // What a job of our own sees, should it start one of the programs, and what `delta` reads.
  static constexpr std::array<std::string_view, 7> others{
      "DELTA_CONFIG", "DELTA_JOB",        "DELTA_ARTIFACTS", "DELTA_URL",
      "DELTA_TOKEN",  "DELTA_TOKEN_FILE", "DELTA_CA_FILE"};
  GivenValues given;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::string variable(entry.substr(0, entry.find('=')));
    const std::string value(entry.substr(std::min(entry.size(), variable.size() + 1)));
    if (!variable.starts_with(kPrefix)) continue;
    const ConfigName* name = names.by_variable(variable);
    if (name == nullptr && std::ranges::find(others, variable) != others.end()) continue;
    const bool of_a_service = is_of_a_service(variable, value);
    if (name == nullptr && !of_a_service) {
      given.mistakes.push_back(
          mistake(variable, "unknown variable",
                  did_you_mean(variable, views_of(names, &ConfigName::variable))));
    } else if (name != nullptr && !value.empty() &&
               !(of_a_service && name->of->type == ConfigType::number)) {
      add_word(*name, {ConfigLevel::environment, variable}, value, given);
    }
  }
  return given;
}

GivenValues read_config_file(const std::string& path, const ConfigNames& names) {
  GivenValues given;
  const auto text = text::read_text(path);
  if (!text) {
    given.mistakes.push_back(text.error());
    return given;
  }
  text::Problems problems(path, *text);
  if (const auto root = text::parse_yaml(*text, problems)) {
    if (root->kind == Node::Kind::kMap) {
      FileReader(path, names, problems, given).read(*root, "");
    } else {
      problems.add(root->at, "the file must be a map of keys");
    }
  }
  given.mistakes = std::move(problems).take();
  // A line may hold a secret.
  for (Diagnostic& found : given.mistakes) found.source_line.clear();
  return given;
}

}  // namespace delta
