// A place in a scenario's tree together with what the format says about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/text.h"

namespace aftershock {

/// Reports everything in `node` that breaks `field`: unknown and missing keys, wrong types, values
/// out of range. Looks into everything but a fault's parameters.
void check_tree(const Node& node, const Field& field, Problems& problems);
/// The same of a whole file, which messages call `label`: "the scenario".
void check_document(const Node& root, const Field& schema, const std::string& label,
                    Problems& problems);

/// Reads values without failing: an absent or broken one gives the field's fallback, or else zero.
/// Call check_document() first to have the errors reported. Both arguments must outlive the view.
class View {
 public:
  View(const Node& node, const Field& field) : View(&node, field, node.named_at) {}

  /// The member of a map. A key that the format does not have is a mistake of the caller (CHECK).
  View operator[](std::string_view key) const;
  /// The items of a list of maps.
  std::vector<View> items() const;
  /// The same place, read by another field: for a fault's parameters.
  View as(const Field& field) const { return {node_, field, named_at_}; }

  const Node* node() const { return node_; }  ///< null when absent
  bool given() const { return node_ != nullptr; }
  Position at() const { return node_ != nullptr ? node_->at : named_at_; }
  Position named_at() const { return named_at_; }  ///< of its key; when absent, of its parent's
  /// Whether it is there when it must be, and nothing in it is wrong.
  bool is_sound(const Problems& problems) const;

  std::int64_t number() const;  ///< in the unit of the field's type
  delta::Duration duration() const { return delta::Duration(number()); }
  std::uint32_t count() const { return static_cast<std::uint32_t>(number()); }
  std::string text() const;  ///< without blanks at the end
  template <class Enum>
  Enum choice() const {
    return static_cast<Enum>(number());
  }

 private:
  View(const Node* node, const Field& field, Position named_at)
      : node_(node), field_(&field), named_at_(named_at) {}

  const Node* node_;
  const Field* field_;
  Position named_at_;
};

}  // namespace aftershock
