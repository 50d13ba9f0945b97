// Which seeds a sweep takes: numbers, or what a commit's hash stands for.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace aftershock::sweep {

struct SeedRange {
  std::uint64_t first = 1;
  std::optional<std::uint64_t> count = {};  ///< at least 1; none: as many as the time allows
};

/// "7", "1..500", "7+100", "7.." (open), each with a commit's hash in place of the first number:
/// "3f9c2ab", "3f9c2ab+100", "3f9c2ab..". The error is a sentence.
std::expected<SeedRange, std::string> parse_seed_range(std::string_view text);

/// A hash is 7 to 40 lower-case hexadecimal digits, of which one is a letter, or 40 of them. Its
/// first seven, times 2^32: a short form of a hash gives the same seeds as the whole of it, and the
/// ranges of two commits do not overlap. None: not a hash.
std::optional<std::uint64_t> seed_of_commit(std::string_view hash);

}  // namespace aftershock::sweep
