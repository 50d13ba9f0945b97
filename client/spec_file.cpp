#include "client/spec_file.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <span>

#include "platform/text/source_text.h"
#include "platform/text/values.h"
#include "platform/text/yaml_tree.h"
#include "platform/wire/codec.h"
#include "platform/wire/json_tree.h"

namespace delta::client {

namespace {

using nlohmann::ordered_json;
using text::Diagnostic;
using text::Node;
using text::Position;
using text::Problems;

enum class Kind : std::uint8_t { text, duration, count, flag, texts, map, maps };

struct Key {
  std::string_view name;
  Kind kind = Kind::text;
  bool required = false;
  std::span<const Key> inner = {};  ///< of a map, or of a list of maps
  std::string_view instead = {};    ///< with this key it is not required
};

constexpr std::array kRetryKeys = std::to_array<Key>(
    {{"max_attempts", Kind::count}, {"max_losses", Kind::count}, {"on", Kind::texts}});
constexpr std::array kStepKeys =
    std::to_array<Key>({{"name", Kind::text, true}, {"command", Kind::text, true}});
constexpr std::array kJobKeys = std::to_array<Key>({{"name", Kind::text, true},
                                                    {"command", Kind::text, true, {}, "steps"},
                                                    {"steps", Kind::maps, false, kStepKeys},
                                                    {"needs", Kind::texts},
                                                    {"secrets", Kind::texts},
                                                    {"required", Kind::flag},
                                                    {"retry", Kind::map, false, kRetryKeys},
                                                    {"timeout", Kind::duration},
                                                    {"queue_timeout", Kind::duration}});
constexpr std::array kRunKeys = std::to_array<Key>(
    {{"name", Kind::text}, {"timeout", Kind::duration}, {"jobs", Kind::maps, true, kJobKeys}});

std::string_view name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull: return "nothing";
    case Node::Kind::kScalar: return "a single value";
    case Node::Kind::kList: return "a list";
    case Node::Kind::kMap: return "a map";
  }
  return {};
}

/// Turns the tree into what the codec reads, and reports everything that has another form.
class Converter {
 public:
  explicit Converter(Problems& problems) : problems_(problems) {}

  ordered_json map(const Node& node, std::span<const Key> keys) {
    ordered_json object = ordered_json::object();
    if (!is(node, Node::Kind::kMap, "a map")) return object;
    for (const Node& child : node.children) {
      const auto key = std::ranges::find(keys, child.key, &Key::name);
      if (key == keys.end()) {
        problems_.add(child.named_at, "unknown key " + quote(child.key), hint(child.key, keys));
      } else {
        object[child.key] = value(child, *key);
      }
    }
    for (const Key& key : keys) {
      const bool has_other = !key.instead.empty() && node.find(key.instead) != nullptr;
      if (key.required && !has_other && node.find(key.name) == nullptr) {
        problems_.add(node.at, "the key " + quote(key.name) + " is missing");
      }
    }
    return object;
  }

 private:
  static std::optional<std::string> hint(const std::string& word, std::span<const Key> keys) {
    std::vector<std::string_view> names;
    for (const Key& key : keys) names.push_back(key.name);
    return did_you_mean(word, names);
  }

  bool is(const Node& node, Node::Kind kind, const std::string& wanted) {
    if (node.kind == kind) return true;
    const std::string subject = node.key.empty() ? "this" : quote(node.key);
    problems_.add(node.at,
                  subject + " must be " + wanted + ", not " + std::string(name_of(node.kind)));
    return false;
  }

  ordered_json value(const Node& node, const Key& key) {
    switch (key.kind) {
      case Kind::text: return is(node, Node::Kind::kScalar, "text") ? ordered_json(node.text) : "";
      case Kind::duration: return duration(node);
      case Kind::count: return count(node);
      case Kind::flag: return flag(node);
      case Kind::map: return map(node, key.inner);
      case Kind::texts:
      case Kind::maps: break;
    }
    ordered_json list = ordered_json::array();
    const bool names = key.kind == Kind::texts;
    if (!is(node, Node::Kind::kList, names ? "a list of names, as [build, test]" : "a list")) {
      return list;
    }
    for (const Node& item : node.children) {
      if (!names) {
        list.push_back(map(item, key.inner));
      } else if (is(item, Node::Kind::kScalar, "a name")) {
        list.push_back(item.text);
      }
    }
    return list;
  }

  ordered_json duration(const Node& node) {
    if (!is(node, Node::Kind::kScalar, "a duration such as 90s or 1h30m")) return "0s";
    const auto parsed = parse_duration(node.text);
    if (!parsed) problems_.add(node.at, parsed.error().message, parsed.error().hint);
    return node.text;
  }
  ordered_json count(const Node& node) {
    if (!is(node, Node::Kind::kScalar, "a whole number")) return 0;
    const auto parsed = text::parse_count(node.text);
    if (!parsed) problems_.add(node.at, parsed.error().message, parsed.error().hint);
    return parsed.value_or(0);
  }
  ordered_json flag(const Node& node) {
    if (!is(node, Node::Kind::kScalar, "true or false")) return false;
    if (node.quoted || (node.text != "true" && node.text != "false")) {
      problems_.add(node.at, quote(node.key) + " must be true or false, without quotes");
    }
    return node.text == "true";
  }

  Problems& problems_;
};

/// Follows a place as the codec writes it, "jobs[1].needs[0]", as far as the tree goes. Nothing:
/// the text does not begin with a place.
const Node* follow(const Node& root, std::string_view place) {
  const Node* node = &root;
  while (!place.empty()) {
    if (place.front() == '[') {
      std::size_t index = 0;
      const auto [stop, error] =
          std::from_chars(place.data() + 1, place.data() + place.size(), index);
      if (error != std::errc{} || index >= node->children.size()) return node;
      node = &node->children[index];
      place.remove_prefix(static_cast<std::size_t>(stop - place.data()));
      if (!place.empty()) place.remove_prefix(1);  // the bracket
      continue;
    }
    if (place.front() == '.') place.remove_prefix(1);
    const std::string_view key = place.substr(0, place.find_first_of(".["));
    const Node* found = node->find(key);
    if (found == nullptr) return node;
    node = found;
    place.remove_prefix(key.size());
  }
  return node;
}

/// The codec's sentence at its place in the text.
void add_located(Problems& problems, const Node& root, const std::string& sentence) {
  const std::size_t colon = sentence.find(": ");
  const std::string_view place = std::string_view(sentence).substr(0, colon);
  const bool has_place =
      colon != std::string::npos && place.find_first_of(" '") == std::string_view::npos;
  if (has_place) {
    problems.add(follow(root, place)->at, sentence.substr(colon + 2));
    return;
  }
  // prepare() names a job instead: "job 2 'test' ...".
  Position at = root.at;
  if (const Node* jobs = root.find("jobs")) {
    at = jobs->named_at;
    const std::size_t word = sentence.find("job ");
    std::size_t index = jobs->children.size();
    if (word != std::string::npos) {
      std::from_chars(sentence.data() + word + 4, sentence.data() + sentence.size(), index);
    }
    if (index < jobs->children.size()) at = jobs->children[index].at;
  }
  problems.add(at, sentence);
}

SpecErrors shown(Problems problems) { return text::format_diagnostics(std::move(problems).take()); }

/// Errors of a JSON text, which is nearly always YAML too: so its places can be shown.
SpecErrors json_errors(const std::string& name, const std::string& text,
                       const std::string& sentence) {
  Problems problems(name, text);
  Problems unused(name, text);
  const std::optional<Node> root = text::parse_yaml(text, unused);
  if (!root) return text::format_diagnostics({Diagnostic{name, 0, 0, sentence, {}, ""}});
  Converter(problems).map(*root, kRunKeys);
  if (problems.empty()) add_located(problems, *root, sentence);
  return shown(std::move(problems));
}

/// "this is not JSON: line 2, column 5: ..." at that place.
SpecErrors syntax_errors(const std::string& name, const std::string& text, std::string sentence) {
  Position at;
  const std::size_t line = sentence.find("line ");
  const std::size_t column = sentence.find(", column ");
  if (line != std::string::npos && column != std::string::npos) {
    const char* end = sentence.data() + sentence.size();
    std::from_chars(sentence.data() + line + 5, end, at.line);
    std::from_chars(sentence.data() + column + 9, end, at.column);
    const std::size_t words = sentence.find(": ", column);
    if (words != std::string::npos) sentence.erase(line, words + 2 - line);
  }
  Problems problems(name, text);
  problems.add(at, std::move(sentence));
  return shown(std::move(problems));
}

std::expected<SharedSpec, SpecErrors> parse_yaml_spec(const std::string& name,
                                                      const std::string& text) {
  Problems problems(name, text);
  const std::optional<Node> root = text::parse_yaml(text, problems);
  if (!root) return std::unexpected(shown(std::move(problems)));
  const ordered_json json = Converter(problems).map(*root, kRunKeys);
  if (!problems.empty()) return std::unexpected(shown(std::move(problems)));
  auto spec = wire::decode_spec(json.dump());
  if (spec) return std::move(*spec);
  add_located(problems, *root, spec.error());
  return std::unexpected(shown(std::move(problems)));
}

}  // namespace

std::expected<SharedSpec, SpecErrors> parse_spec(const std::string& name, const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool named_json = name.ends_with(".json");
  const bool braced = first != std::string::npos && text[first] == '{';
  if (!named_json && !braced) return parse_yaml_spec(name, text);
  if (const auto json = wire::parse_json(text); !json) {
    // Braces are YAML too, and then need no quotes.
    if (!named_json) return parse_yaml_spec(name, text);
    return std::unexpected(syntax_errors(name, text, json.error()));
  }
  auto spec = wire::decode_spec(text);
  if (!spec) return std::unexpected(json_errors(name, text, spec.error()));
  return std::move(*spec);
}

std::expected<SharedSpec, SpecErrors> load_spec(const std::string& file, std::istream& in) {
  const std::string name = file == "-" ? "standard input" : file;
  const auto read = [&]() -> std::expected<std::string, Diagnostic> {
    if (file != "-") return text::read_text(file);
    std::string bytes(text::kLargestFile + 1, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return text::check_text(name, std::move(bytes));
  };
  const auto text = read();
  if (!text) return std::unexpected(text::format_diagnostics({text.error()}));
  return parse_spec(name, *text);
}

}  // namespace delta::client
