// What the writers of scenarios fill: maps of YAML, key by key, without what is the default.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/check.h"
#include "harness/scenario/disaster.h"
#include "harness/scenario/scalar_writer.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/view.h"
#include "harness/scenario/yaml_text.h"

namespace aftershock {

inline YamlItem plain(const std::string& key, std::string text) {
  return {key, YamlItem::Kind::kPlain, std::move(text)};
}

/// A map that is filled key by key, in the order of the format.
class MapWriter {
 public:
  explicit MapWriter(const Field& field) : field_(field), map_{field.key, YamlItem::Kind::kMap} {}

  /// Left out when it is the default.
  MapWriter& number(std::string_view key, std::int64_t value) {
    const Field& field = member(key);
    const bool is_default = !field.fallback.empty() && read_scalar(field, field.fallback) == value;
    if (!is_default) map_.children.push_back(plain(field.key, write_scalar(field, value)));
    return *this;
  }
  MapWriter& number(std::string_view key, delta::Duration value) {
    return number(key, value.count());
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  MapWriter& number(std::string_view key, Enum value) {
    return number(key, static_cast<std::int64_t>(value));
  }
  /// Left out when it is empty.
  MapWriter& text(std::string_view key, const std::string& words) {
    if (!words.empty()) map_.children.push_back({std::string(key), YamlItem::Kind::kText, words});
    return *this;
  }
  /// Left out when nothing is in it.
  MapWriter& add(YamlItem item) {
    if (!item.children.empty()) map_.children.push_back(std::move(item));
    return *this;
  }
  /// A member that is a map or a list of maps, to be filled.
  MapWriter map(std::string_view key) const { return MapWriter(member(key)); }
  bool knows(std::string_view key) const { return field_.find(key) != nullptr; }
  const Field& member(std::string_view key) const {
    const Field* field = field_.find(key);
    CHECK(field != nullptr);
    return *field;
  }

  YamlItem take() { return std::move(map_); }

 private:
  const Field& field_;
  YamlItem map_;
};

inline YamlItem range(MapWriter map, const DurationRange& range) {
  return map.number("min", range.min).number("max", range.max).take();
}

template <class Spec, class Write>
YamlItem list_of(std::string key, const std::vector<Spec>& all, Write write) {
  YamlItem list{std::move(key), YamlItem::Kind::kList};
  for (const Spec& spec : all) list.children.push_back(write(spec, list.children.size() + 1));
  return list;
}

}  // namespace aftershock
