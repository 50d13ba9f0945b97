// As much of JSON Schema as the OpenAPI document uses.
#include <regex>

#include "tests/golden/openapi_schema.h"

namespace delta::wire {

namespace {

using Text = std::string;

/// "without KEY" for the first required key that is not there.
Text without(const Document& schema, const Document& value) {
  for (const auto& key : schema.value("required", Document::array())) {
    if (!value.contains(key.get<Text>())) return "without " + key.get<Text>();
  }
  return "";
}

Text of_object(const Document& schema, const Document& value, const Document& components) {
  if (!value.is_object()) return "not an object: " + value.dump();
  const Document properties = schema.value("properties", Document::object());
  for (const auto& [key, member] : value.items()) {
    if (!properties.contains(key)) return "the schema has no property " + key;
    if (Text wrong = mismatch(properties.at(key), member, components); !wrong.empty()) {
      return key + ": " + wrong;
    }
  }
  Text missing = without(schema, value);
  if (!missing.empty() || !schema.contains("anyOf")) return missing;
  for (const auto& choice : schema.at("anyOf")) {
    missing = without(choice, value);
    if (missing.empty()) return "";
  }
  return missing;
}

Text of_list(const Document& schema, const Document& value, const Document& components) {
  if (!value.is_array()) return "not a list: " + value.dump();
  for (const auto& item : value) {
    if (Text wrong = mismatch(schema.at("items"), item, components); !wrong.empty()) return wrong;
  }
  return "";
}

Text of_text(const Document& schema, const Document& value) {
  if (!value.is_string()) return "not a string: " + value.dump();
  const Text text = value.get<Text>();
  if (schema.contains("pattern") &&
      !std::regex_search(text, std::regex(schema.at("pattern").get<Text>()))) {
    return text + " does not match " + schema.at("pattern").get<Text>();
  }
  const Document choices = schema.value("enum", Document::array({value}));
  return std::ranges::find(choices, value) == choices.end() ? text + " is not a choice" : "";
}

Text of_integer(const Document& schema, const Document& value) {
  if (!value.is_number_unsigned()) return "not a whole number: " + value.dump();
  return value > schema.at("maximum") ? value.dump() + " is too large" : "";
}

}  // namespace

Text mismatch(const Document& schema, const Document& value, const Document& components) {
  if (schema.contains("$ref")) {
    const Text name = schema.at("$ref").get<Text>();
    return mismatch(components.at(name.substr(name.rfind('/') + 1)), value, components);
  }
  if (schema.contains("const")) return value == schema.at("const") ? "" : "not the constant";
  if (schema.contains("oneOf")) {
    Text all;
    for (const auto& choice : schema.at("oneOf")) {
      const Text wrong = mismatch(choice, value, components);
      if (wrong.empty()) return "";
      all += wrong + "; ";
    }
    return all;
  }
  const Text type = schema.at("type").get<Text>();
  if (type == "object") return of_object(schema, value, components);
  if (type == "array") return of_list(schema, value, components);
  if (type == "integer") return of_integer(schema, value);
  if (type == "boolean") return value.is_boolean() ? "" : "not a flag: " + value.dump();
  return of_text(schema, value);
}

}  // namespace delta::wire
