// Values with a form of their own: each says how it is written and how it is read. `Word` and the
// like are const in the hands of a writer.
#pragma once

#include <bit>
#include <charconv>
#include <span>
#include <utility>
#include <variant>

#include "platform/wire/json_reader.h"
#include "platform/wire/json_writer.h"

namespace delta::wire {

/// For descriptions: T is Plain, or const Plain.
template <class T, class Plain>
concept Is = std::same_as<std::remove_const_t<T>, Plain>;

/// 64 bits as 16 hexadecimal digits: JSON's numbers lose some in other languages.
template <Is<std::uint64_t> Word>
struct Hex {
  Word& word;

  void write(JsonWriter& writer) const { writer.quoted(to_hex(0, word).substr(16)); }
  void read(const JsonReader& reader) const {
    const std::optional found = parse_hex(reader.text());
    if (!found) reader.fail("must be 16 lower-case hexadecimal digits");
    word = *found;
  }
};
template <class Word>
Hex(Word&) -> Hex<Word>;

/// 64 bits that people count, as decimal digits in a string.
template <Is<std::uint64_t> Word>
struct Decimal {
  Word& word;

  void write(JsonWriter& writer) const { writer.quoted(std::to_string(word)); }
  void read(const JsonReader& reader) const {
    const std::string& digits = reader.text();
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, word);
    if (error != std::errc{} || stop != end) reader.fail("must be a whole number, as a string");
  }
};
template <class Word>
Decimal(Word&) -> Decimal<Word>;

/// One of some names, by its position among them.
template <Is<std::size_t> Position>
struct OneOf {
  Position& position;
  std::span<const std::string_view> names;

  void write(JsonWriter& writer) const { writer.quoted(names[position]); }
  void read(const JsonReader& reader) const {
    position = reader.one_of({names.begin(), names.end()});
  }
};
template <class Position, class Names>
OneOf(Position&, const Names&) -> OneOf<Position>;

/// Makes the variant hold its alternative number `index`, empty.
template <class Variant>
void emplace(Variant& variant, std::size_t index) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((I == index ? void(variant.template emplace<I>()) : void()), ...);
  }(std::make_index_sequence<std::variant_size_v<Variant>>{});
}

/// Key "kind" says which alternative it is; `names` are those of the alternatives from `first` on.
/// The alternative's own keys stand beside it.
template <class Archive, class Variant>
void describe_kind(Archive& archive, Variant& variant, std::span<const std::string_view> names,
                   std::size_t first = 0) {
  std::size_t position = variant.index() - first;
  archive.field("kind", OneOf{position, names});
  if constexpr (Archive::kReads) emplace(variant, position + first);
  std::visit([&](auto& alternative) { describe(archive, alternative); }, variant);
}

}  // namespace delta::wire
