// The archive that reads: takes a tree apart as a description names its keys. Whatever it does not
// expect ends in an Unreadable that names the place.
#pragma once

#include <array>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "platform/wire/codec.h"
#include "platform/wire/json_tree.h"
#include "platform/wire/names.h"

namespace delta::wire {

/// what(): one sentence with the place.
struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One value of the tree; the tree, the route and the reader around it must outlive it.
class JsonReader {
 public:
  static constexpr bool kReads = true;

  JsonReader(const Json& json, const FromRoute& route) : json_(json), route_(route) {}
  JsonReader(const Json& json, const JsonReader& parent, std::string_view key)
      : json_(json), route_(parent.route_), parent_(&parent), key_(key) {}
  JsonReader(const Json& json, const JsonReader& parent, std::size_t index)
      : json_(json), route_(parent.route_), parent_(&parent), index_(index) {}

  // What descriptions call. `item` takes what is read.

  /// The key must be there.
  template <class T>
  void field(std::string_view key, T&& item) {
    if (!field_if(true, key, item)) fail_missing(key);
  }
  /// The key may be there; `present` is what a writer goes by.
  template <class T>
  bool field_if(bool /*present*/, std::string_view key, T&& item) {
    const Json* found = look_up(key);
    if (found != nullptr) JsonReader(*found, *this, key).value(item);
    return found != nullptr;
  }
  /// Without the key it is `usual`.
  template <class T>
  void field_or(std::string_view key, T& item, const std::type_identity_t<T>& usual) {
    if (!field_if(true, key, item)) item = usual;
  }
  template <class T>
  void optional(std::string_view key, std::optional<T>& item) {
    const Json* found = look_up(key);
    if (found != nullptr) JsonReader(*found, *this, key).value(item.emplace());
  }
  /// The key must be there, or the route must say it; both must say the same.
  void routed(std::string_view key, OperationId& item) { take(key, item, route_.operation); }
  void routed(std::string_view key, RunId& item) { take(key, item, route_.run); }
  void routed(std::string_view key, std::string& item) {
    take(key, item, key == "who" ? route_.who : route_.schedule);
  }
  /// Fails with `what` at the key unless the condition holds.
  void require(bool condition, std::string_view key, std::string_view what) const {
    if (!condition) fail_at(key, std::string(what));
  }

  void value(bool& flag);
  void value(std::string& text) { text = this->text(); }
  void value(Duration& duration);
  void value(DbTime& time);
  void value(Digest& digest);
  void value(SharedSpec& spec);
  void value(SharedSchedule& spec);
  template <std::unsigned_integral Number>
  void value(Number& number) {
    number = static_cast<Number>(whole_number(std::numeric_limits<Number>::max()));
  }
  template <class Tag>
  void value(Id<Tag>& id) {
    const std::optional found = parse_id<Id<Tag>>(text());
    if (!found) fail("must be 32 lower-case hexadecimal digits");
    id = *found;
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void value(Enum& choice) {
    std::array<std::string_view, kValues<Enum>> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = name_of(static_cast<Enum>(i));
    choice = static_cast<Enum>(one_of({names.begin(), names.end()}));
  }
  template <class T>
  void value(std::vector<T>& items) {
    const Json::List& list = this->list();
    items.resize(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) JsonReader(list[i], *this, i).value(items[i]);
  }
  /// A structure, by its description; or a value that knows its own form.
  template <class T>
  void value(T& item) {
    if constexpr (requires { item.read(*this); }) {
      item.read(*this);
    } else {
      object([&](JsonReader& self) { describe(self, item); });
    }
  }

  // What values that know their own form are made of.

  const std::string& text() const;
  const Json::List& list() const;
  /// `read` names the object's keys; there must be no others.
  template <class Read>
  void object(Read read) {
    open_object();
    read(*this);
    refuse_unknown_keys();
  }
  /// The position of this string among `names`.
  std::size_t one_of(const std::vector<std::string_view>& names) const;

  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_at(std::string_view key, const std::string& what) const;
  [[noreturn]] void fail_missing(std::string_view key) const;

 private:
  static constexpr std::size_t kMostFields = 16;  ///< that one description names

  std::string place() const;
  std::uint64_t whole_number(std::uint64_t most) const;
  void open_object();
  const Json* look_up(std::string_view key);
  void refuse_unknown_keys() const;
  template <class T>
  void take(std::string_view key, T& item, const std::optional<T>& from_route) {
    const Json* found = look_up(key);
    if (found != nullptr) JsonReader(*found, *this, key).value(item);
    if (found == nullptr && !from_route) fail_missing(key);
    if (found != nullptr && from_route && item != *from_route) {
      fail_at(key, "is not what the request's path or headers say");
    }
    if (from_route) item = *from_route;
  }

  const Json& json_;
  const FromRoute& route_;
  const JsonReader* parent_ = nullptr;
  std::string_view key_;   ///< in the parent, when that is an object
  std::size_t index_ = 0;  ///< in the parent, when that is a list
  const Json::Object* members_ = nullptr;
  std::array<std::string_view, kMostFields> asked_;
  std::size_t asked_for_ = 0;
  std::size_t found_ = 0;
};

}  // namespace delta::wire
