// The archive that draws: turns the descriptions that read and write JSON into JSON Schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "platform/wire/reply_description.h"
#include "platform/wire/request_description.h"

namespace delta::wire {

using Document = nlohmann::ordered_json;

/// Structures with a schema of their own; the others are drawn where they are used.
template <class T>
inline constexpr std::string_view kSchemaName = "";
template <>
inline constexpr std::string_view kSchemaName<RunSpec> = "RunSpec";
template <>
inline constexpr std::string_view kSchemaName<RetryPolicy> = "RetryPolicy";
template <>
inline constexpr std::string_view kSchemaName<Lease> = "Lease";
template <>
inline constexpr std::string_view kSchemaName<RunnerStatistics> = "RunnerStatistics";
template <>
inline constexpr std::string_view kSchemaName<Artifact> = "Artifact";
template <>
inline constexpr std::string_view kSchemaName<AttemptRef> = "AttemptRef";
template <>
inline constexpr std::string_view kSchemaName<Grant> = "Grant";
template <>
inline constexpr std::string_view kSchemaName<Checkpoint> = "Checkpoint";
template <>
inline constexpr std::string_view kSchemaName<Policy> = "Policy";

inline Document text_like(std::string_view pattern, std::string_view description = {}) {
  Document schema{{"type", "string"}, {"pattern", pattern}};
  if (!description.empty()) schema["description"] = description;
  return schema;
}
inline Document one_of_names(std::span<const std::string_view> names) {
  return {{"type", "string"}, {"enum", std::vector<std::string_view>(names.begin(), names.end())}};
}
inline Document list_of(Document items) { return {{"type", "array"}, {"items", std::move(items)}}; }

/// Draws one object; the structures in it that have a name go to `components`.
class SchemaDrawer {
 public:
  static constexpr bool kReads = false;

  explicit SchemaDrawer(Document& components) : components_(components) {}

  // What descriptions call; see JsonReader.

  template <class T>
  void field(std::string_view key, const T& item) {
    required_.push_back(key);
    properties_[std::string(key)] = of(item);
  }
  template <class T>
  void field_if(bool, std::string_view key, const T& item) {
    properties_[std::string(key)] = of(item);
  }
  template <class T>
  void field_or(std::string_view key, const T& item, const std::type_identity_t<T>&) {
    properties_[std::string(key)] = of(item);
  }
  template <class T>
  void optional(std::string_view key, const std::optional<T>&) {
    properties_[std::string(key)] = of(T{});
  }
  /// The path or a header says it: the body may repeat it.
  template <class T>
  void routed(std::string_view key, const T& item) {
    properties_[std::string(key)] = of(item);
  }
  void require(bool, std::string_view, std::string_view) {}

  Document take() && {
    Document schema{{"type", "object"}, {"additionalProperties", false}};
    if (!required_.empty()) schema["required"] = required_;
    schema["properties"] = properties_;
    return schema;
  }

  /// A structure by its description, wherever it stands.
  template <class T>
  Document draw(const T& item) const {
    SchemaDrawer drawer(components_);
    describe(drawer, item);
    return std::move(drawer).take();
  }

  Document of(bool) const { return {{"type", "boolean"}}; }
  template <std::unsigned_integral Number>
  Document of(const Number&) const {
    return {{"type", "integer"}, {"minimum", 0}, {"maximum", std::numeric_limits<Number>::max()}};
  }
  Document of(const std::string&) const { return {{"type", "string"}}; }
  Document of(const Duration&) const {
    return text_like("^[0-9a-z.]+$", "A duration, such as 1m30s; at most 365d.");
  }
  Document of(const DbTime&) const {
    return text_like("^-?[0-9]+$", "Nanoseconds since 1970 by the database's clock.");
  }
  Document of(const Digest&) const { return text_like("^[0-9a-f]{64}$"); }
  template <class Tag>
  Document of(const Id<Tag>&) const {
    return text_like("^[0-9a-f]{32}$");
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  Document of(const Enum&) const {
    std::array<std::string_view, kValues<Enum>> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = name_of(static_cast<Enum>(i));
    return one_of_names(names);
  }
  template <class T>
  Document of(const std::vector<T>&) const {
    return list_of(of(T{}));
  }
  Document of(const SharedSpec&) const { return of(RunSpec{}); }
  Document of(const SharedSchedule&) const { return of(ScheduleSpec{}); }
  template <class Word>
  Document of(const Hex<Word>&) const {
    return text_like("^[0-9a-f]{16}$");
  }
  template <class Word>
  Document of(const Decimal<Word>&) const {
    return text_like("^[0-9]+$", "A whole number of 64 bits.");
  }
  template <class Position>
  Document of(const OneOf<Position>& one) const {
    return {{"const", one.names[one.position]}};
  }
  template <class Indices, class Jobs>
  Document of(const Needs<Indices, Jobs>&) const {
    Document schema = list_of({{"type", "string"}});
    schema["description"] = "Names of jobs that must succeed before.";
    return schema;
  }
  template <class Policy>
  Document of(const RetryOn<Policy>& on) const {
    return list_of(one_of_names(on.kNames));
  }
  template <class Spec>
  Document of(const Jobs<Spec>&) const {
    return of_jobs();
  }
  Document of(const ReplyBody&) const {
    Document schema;
    for (std::size_t i = 0; i < kReplyKinds.size(); ++i) schema["oneOf"].push_back(of_reply(i));
    return schema;
  }
  /// The reply with the kind of this place.
  Document of_reply(std::size_t kind) const {
    ReplyBody body;
    emplace(body, kind + 1);
    return named("Reply_" + std::string(kReplyKinds[kind]), body);
  }
  template <class T>
  Document of(const T& item) const {
    if constexpr (kSchemaName<T>.empty()) {
      return draw(item);
    } else {
      return named(std::string(kSchemaName<T>), item);
    }
  }

 private:
  Document of_jobs() const;
  template <class T>
  Document named(const std::string& name, const T& item) const {
    if (!components_.contains(name)) {
      Document schema = draw(item);  // first: it may add others
      components_[name] = std::move(schema);
    }
    return {{"$ref", "#/components/schemas/" + name}};
  }

  Document& components_;
  std::vector<std::string_view> required_;
  Document properties_ = Document::object();
};

/// Why the value does not fit the schema; empty when it does.
std::string mismatch(const Document& schema, const Document& value, const Document& components);

/// The whole OpenAPI document.
Document openapi_document();

/// The body of the example request, as the codec writes it; "" for routes without one. The
/// document leaves out what the path and the headers say: these.
std::string example_request(std::string_view kind);
FromRoute example_route();

}  // namespace delta::wire
