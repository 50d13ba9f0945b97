// Strong identifiers: 128 random bits each, so that no two incarnations ever share a name.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace delta {

template <class Tag>
struct Id {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  constexpr bool is_nil() const { return hi == 0 && lo == 0; }
};

using RunId = Id<struct RunTag>;
using AttemptId = Id<struct AttemptTag>;
using RunnerId = Id<struct RunnerTag>;        ///< one incarnation of a runner process
using ScheduleId = Id<struct ScheduleTag>;    ///< made of the schedule's name
using OperationId = Id<struct OperationTag>;  ///< a client's idempotency key

/// 32 lower-case hexadecimal digits.
std::string to_hex(std::uint64_t hi, std::uint64_t lo);
/// The number that exactly 16 lower-case hexadecimal digits write.
std::optional<std::uint64_t> parse_hex(std::string_view digits);

template <class Tag>
std::string to_string(const Id<Tag>& id) {
  return to_hex(id.hi, id.lo);
}

/// What to_string() wrote; nothing for any other text.
template <class AnyId>
std::optional<AnyId> parse_id(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  const std::optional hi = parse_hex(text.substr(0, 16));
  const std::optional lo = parse_hex(text.substr(16));
  if (!hi || !lo) return std::nullopt;
  return AnyId{*hi, *lo};
}

/// The first 8 digits: for people, in tables and traces.
template <class Tag>
std::string short_name(const Id<Tag>& id) {
  return to_hex(id.hi, id.lo).substr(0, 8);
}

/// Names one attempt with the rows above it, in lock order.
struct AttemptRef {
  RunId run;
  std::uint32_t job = 0;  ///< index of the job in its run
  AttemptId attempt;

  friend constexpr auto operator<=>(const AttemptRef&, const AttemptRef&) = default;
};

}  // namespace delta
