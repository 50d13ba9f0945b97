// A place in a scenario's tree together with what the format says about it.
#include "harness/scenario/view.h"

#include <algorithm>

#include "core/check.h"
#include "harness/scenario/scalar_writer.h"
#include "harness/scenario/threshold.h"

namespace aftershock {
namespace {

std::string_view name_of_kind(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull: return "nothing";
    case Node::Kind::kScalar: return "a single value";
    case Node::Kind::kList: return "a list";
    case Node::Kind::kMap: return "a map of keys";
  }
  return "";
}

std::vector<std::string_view> keys_of(const Field& field) {
  std::vector<std::string_view> keys;
  for (const Field& child : field.fields) keys.push_back(child.key);
  return keys;
}

/// `label` names the map in messages: 'cluster', or "item 2 of 'faults'".
void check_map(const Node& map, const Field& field, const std::string& label, Problems& problems) {
  for (const Node& child : map.children) {
    if (const Field* known = field.find(child.key)) {
      check_tree(child, *known, problems);
    } else {
      problems.add(child.named_at, "unknown key " + quote(child.key) + " in " + label,
                   did_you_mean(child.key, keys_of(field)));
    }
  }
  std::string missing;
  for (const Field& child : field.fields) {
    if (!child.required || map.find(child.key) != nullptr) continue;
    missing += (missing.empty() ? "" : ", ") + quote(child.key);
  }
  if (!missing.empty()) problems.add(map.named_at, label + " lacks the required " + missing);
}

void check_list(const Node& list, const Field& field, Problems& problems) {
  if (list.children.size() < static_cast<std::size_t>(field.min)) {
    problems.add(list.named_at,
                 quote(field.key) + " needs at least " + std::to_string(field.min) + " item");
  }
  std::size_t index = 0;
  for (const Node& item : list.children) {
    const std::string label = "item " + std::to_string(++index) + " of " + quote(field.key);
    if (item.kind == Node::Kind::kMap) {
      check_map(item, field, label, problems);
    } else {
      problems.add(item.at,
                   label + " must be a map of keys, not " + std::string(name_of_kind(item.kind)));
    }
  }
}

void check_scalar(const Node& node, const Field& field, Problems& problems) {
  const bool is_text = field.type == FieldType::kText || field.type == FieldType::kName;
  if (is_text && !node.quoted && reads_as_number_or_flag(node.text)) {
    problems.add(node.at, quote(field.key) + " must be text, not a number or a flag",
                 "write \"" + node.text.substr(0, 40) + "\"");
    return;
  }
  const bool is_plain = field.type == FieldType::kCount || field.type == FieldType::kFlag;
  if (is_plain && node.quoted) {
    problems.add(node.at, quote(field.key) + " must not be in quotes");
    return;
  }
  if (const auto value = read_scalar(field, node.text); !value) {
    problems.add(node.at, quote(field.key) + ": " + value.error().message, value.error().hint);
  }
}

/// A target's value. Which of its forms fits depends on the mode, which read_fault() checks.
void check_selection(const Node& node, const Field& field, Problems& problems) {
  static const Field number{.key = "value", .type = FieldType::kCount, .max = kMostRunners};
  static const Field share{.key = "value", .type = FieldType::kPercent, .max = 1'000'000};
  if (node.kind == Node::Kind::kScalar) {
    check_scalar(node, node.text.ends_with('%') ? share : number, problems);
    return;
  }
  for (const Node& item : node.children) {
    if (item.kind == Node::Kind::kScalar) {
      check_scalar(item, number, problems);
    } else {
      problems.add(item.at, quote(field.key) + " must list whole numbers");
    }
  }
}

bool accepts(FieldType type, Node::Kind kind) {
  switch (type) {
    case FieldType::kMap:
    case FieldType::kParameters: return kind == Node::Kind::kMap;
    case FieldType::kList: return kind == Node::Kind::kList;
    case FieldType::kSelection: return kind == Node::Kind::kScalar || kind == Node::Kind::kList;
    case FieldType::kOutcome: return kind == Node::Kind::kScalar || kind == Node::Kind::kMap;
    case FieldType::kText:
    case FieldType::kName:
    case FieldType::kDuration:
    case FieldType::kRate:
    case FieldType::kPercent:
    case FieldType::kCount:
    case FieldType::kFlag:
    case FieldType::kThreshold:
    case FieldType::kChoice: return kind == Node::Kind::kScalar;
  }
  return false;
}

std::string_view wanted_form(FieldType type) {
  if (type == FieldType::kSelection) return "a count, a percentage or a list";
  if (accepts(type, Node::Kind::kMap)) return "a map of keys";
  return accepts(type, Node::Kind::kList) ? "a list" : "a single value";
}

Parsed<std::int64_t> read_choice(const Field& field, std::string_view text) {
  const auto found = std::find(field.choices.begin(), field.choices.end(), text);
  if (found != field.choices.end()) return found - field.choices.begin();
  std::string all;
  for (const std::string_view choice : field.choices) {
    all += (all.empty() ? "" : ", ") + std::string(choice);
  }
  return std::unexpected(
      ValueError{quote(text) + " is not one of: " + all,
                 did_you_mean(text, {field.choices.begin(), field.choices.end()})});
}

Parsed<std::int64_t> read_words(const Field& field, std::string_view text) {
  if (text.find_first_not_of(" \t\n") == std::string_view::npos) {
    return std::unexpected(ValueError{"must not be blank", {}});
  }
  // An escape sequence in quotes can smuggle in what read_text() refuses; reports print this text.
  const bool has_control = std::any_of(
      text.begin(), text.end(), [](char c) { return c != '\n' && c != '\t' && is_control(c); });
  if (has_control) return std::unexpected(ValueError{"must not contain control characters", {}});
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  const bool is_name = text.size() <= 64 && text[0] >= 'a' && text[0] <= 'z' &&
                       std::all_of(text.begin(), text.end(), fits);
  if (field.type == FieldType::kName && !is_name) {
    return std::unexpected(ValueError{quote(text) +
                                          " is not a name: at most 64 lower-case "
                                          "letters, digits, - and _, beginning with a letter",
                                      {}});
  }
  return 0;
}

Parsed<std::int64_t> read_unranged(const Field& field, std::string_view text) {
  const auto nanoseconds = [](delta::Duration value) -> std::int64_t { return value.count(); };
  const auto widen = [](std::uint32_t value) -> std::int64_t { return value; };
  const auto convert = [](const auto& parsed, auto function) -> Parsed<std::int64_t> {
    if (!parsed) return std::unexpected(parsed.error());
    return function(*parsed);
  };
  switch (field.type) {
    case FieldType::kDuration: return convert(parse_duration(text), nanoseconds);
    case FieldType::kRate: return convert(parse_rate(text), nanoseconds);
    case FieldType::kPercent: return convert(parse_percent(text), widen);
    case FieldType::kCount: return convert(parse_count(text), widen);
    case FieldType::kFlag:
      if (text == "true" || text == "false") return text == "true" ? 1 : 0;
      return std::unexpected(ValueError{quote(text) + " is not true or false", {}});
    case FieldType::kThreshold:
      return convert(parse_threshold(text),
                     [](const Threshold& threshold) { return threshold.limit; });
    case FieldType::kChoice:
    case FieldType::kOutcome: return read_choice(field, text);
    case FieldType::kText:
    case FieldType::kName: return read_words(field, text);
    case FieldType::kMap:
    case FieldType::kList:
    case FieldType::kSelection:
    case FieldType::kParameters: break;
  }
  CHECK(false);
}

}  // namespace

Parsed<std::int64_t> read_scalar(const Field& field, std::string_view text) {
  const Parsed<std::int64_t> value = read_unranged(field, text);
  const bool ranged = field.type == FieldType::kDuration || field.type == FieldType::kCount ||
                      field.type == FieldType::kPercent;
  if (!value || !ranged || (*value >= field.min && *value <= field.max)) return value;
  return std::unexpected(ValueError{quote(text) + " is out of range: from " +
                                        write_scalar(field, field.min) + " to " +
                                        write_scalar(field, field.max),
                                    {}});
}

void check_tree(const Node& node, const Field& field, Problems& problems) {
  if (node.kind == Node::Kind::kNull) {
    problems.add(node.at, quote(field.key) + " has no value");
  } else if (!accepts(field.type, node.kind)) {
    problems.add(node.at, quote(field.key) + " must be " + std::string(wanted_form(field.type)) +
                              ", not " + std::string(name_of_kind(node.kind)));
  } else if (field.type == FieldType::kSelection) {
    check_selection(node, field, problems);
  } else if (node.kind == Node::Kind::kScalar) {
    check_scalar(node, field, problems);
  } else if (node.kind == Node::Kind::kList) {
    check_list(node, field, problems);
  } else if (field.type != FieldType::kParameters) {
    check_map(node, field, quote(field.key), problems);
  }
}

void check_document(const Node& root, const Field& schema, const std::string& label,
                    Problems& problems) {
  if (root.kind == Node::Kind::kMap) return check_map(root, schema, label, problems);
  problems.add(root.at,
               label + " must be a map of keys, not " + std::string(name_of_kind(root.kind)));
}

View View::operator[](std::string_view key) const {
  const Field* field = field_->find(key);
  CHECK(field != nullptr);
  const bool is_map = node_ != nullptr && node_->kind == Node::Kind::kMap;
  const Node* node = is_map ? node_->find(key) : nullptr;
  return {node, *field, node != nullptr ? node->named_at : named_at_};
}

std::vector<View> View::items() const {
  std::vector<View> views;
  if (node_ == nullptr || node_->kind != Node::Kind::kList) return views;
  for (const Node& item : node_->children) views.push_back(View(&item, *field_, item.named_at));
  return views;
}

bool View::is_sound(const Problems& problems) const {
  if (node_ == nullptr) return !field_->required;
  return !problems.any_between(node_->named_at, node_->last);
}

std::int64_t View::number() const {
  if (node_ != nullptr && node_->kind == Node::Kind::kScalar) {
    if (const auto value = read_scalar(*field_, node_->text)) return *value;
  }
  if (field_->fallback.empty()) return 0;
  const auto value = read_scalar(*field_, field_->fallback);
  CHECK(value.has_value());
  return *value;
}

std::string View::text() const {
  if (node_ == nullptr) return field_->fallback;
  const std::size_t last = node_->text.find_last_not_of(" \t\n");
  return last == std::string::npos ? "" : node_->text.substr(0, last + 1);
}

}  // namespace aftershock
