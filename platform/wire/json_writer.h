// The archive that writes: appends compact JSON to one text, with the keys in the order in which a
// description names them. Its twin reads what it wrote: json_reader.h.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "platform/wire/names.h"

namespace delta::wire {

class JsonWriter {
 public:
  static constexpr bool kReads = false;

  JsonWriter() { text_.reserve(256); }

  // What descriptions call; see JsonReader for what each means to a reader.

  template <class T>
  void field(std::string_view key, const T& item) {
    start_item();
    text_ += '"';
    text_ += key;
    text_ += "\":";
    value(item);
  }
  template <class T>
  void field_if(bool present, std::string_view key, const T& item) {
    if (present) field(key, item);
  }
  template <class T>
  void field_or(std::string_view key, const T& item, const std::type_identity_t<T>& usual) {
    field_if(!(item == usual), key, item);
  }
  template <class T>
  void optional(std::string_view key, const std::optional<T>& item) {
    if (item) field(key, *item);
  }
  template <class T>
  void routed(std::string_view key, const T& item) {
    field(key, item);
  }
  void require(bool, std::string_view, std::string_view) {}

  void value(bool flag) { text_ += flag ? "true" : "false"; }
  template <std::unsigned_integral Number>
  void value(const Number& number) {
    digits(number);
  }
  void value(std::string_view text);
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(Duration duration) { quoted(format_duration(duration)); }
  void value(DbTime time);
  void value(const Digest& digest) { quoted(to_string(digest)); }
  template <class Tag>
  void value(const Id<Tag>& id) {
    quoted(to_string(id));
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void value(const Enum& choice) {
    quoted(name_of(choice));
  }
  template <class T>
  void value(const std::vector<T>& items) {
    begin_list();
    for (const T& item : items) element(item);
    end_list();
  }
  void value(const SharedSpec& spec);
  void value(const SharedSchedule& spec);
  /// A structure, by its description; or a value that knows its own form.
  template <class T>
  void value(const T& item) {
    if constexpr (requires { item.write(*this); }) {
      item.write(*this);
    } else {
      begin_object();
      describe(*this, item);
      end_object();
    }
  }

  // What values that know their own form are made of.

  void begin_object() { text_ += '{'; }
  void end_object() { text_ += '}'; }
  void begin_list() { text_ += '['; }
  void end_list() { text_ += ']'; }
  template <class T>
  void element(const T& item) {
    start_item();
    value(item);
  }
  /// An element that is an object and that `write` describes.
  template <class Write>
  void object_element(Write write) {
    start_item();
    begin_object();
    write(*this);
    end_object();
  }
  /// A string that needs no escapes.
  void quoted(std::string_view plain) {
    text_ += '"';
    text_ += plain;
    text_ += '"';
  }

  std::string take() && { return std::move(text_); }

 private:
  void start_item() {
    if (text_.back() != '{' && text_.back() != '[') text_ += ',';
  }
  template <class Number>
  void digits(Number number) {
    std::array<char, 24> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    text_.append(buffer.data(), end);
  }

  std::string text_;
};

}  // namespace delta::wire
