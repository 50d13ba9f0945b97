#include "harness/sweep/seed_range.h"

#include <algorithm>
#include <charconv>

#include "reports/text.h"

namespace aftershock::sweep {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kShortHash = 7, kWholeHash = 40;
constexpr int kHex = 16;
constexpr unsigned kCommitShift = 32;

std::optional<std::uint64_t> number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

std::string quoted(std::string_view text) { return "'" + one_line(text) + "'"; }

std::unexpected<std::string> not_a_range(std::string_view text) {
  return std::unexpected(quoted(text) +
                         " is not a range of seeds; write 7, 1..500, 7+100 or 7.., or a commit's "
                         "hash (7 to 40 lower-case hexadecimal digits) in place of the first");
}

}  // namespace

std::optional<std::uint64_t> seed_of_commit(std::string_view hash) {
  const bool is_hex = hash.find_first_not_of(kHexDigits) == std::string_view::npos;
  const bool has_letter = hash.find_first_not_of(kDigits) != std::string_view::npos;
  if (!is_hex || hash.size() < kShortHash || hash.size() > kWholeHash) return std::nullopt;
  if (!has_letter && hash.size() < kWholeHash) return std::nullopt;
  return number(hash.substr(0, kShortHash), kHex).value() << kCommitShift;
}

std::expected<SeedRange, std::string> parse_seed_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::size_t plus = text.find('+');
  const std::size_t end_of_first = std::min({dots, plus, text.size()});
  const std::string_view first_word = text.substr(0, end_of_first);
  std::optional<std::uint64_t> first = seed_of_commit(first_word);
  if (!first) first = number(first_word);
  if (!first) return not_a_range(text);
  SeedRange range{.first = *first, .count = 1};
  if (end_of_first == text.size()) return range;

  const bool is_count = plus == end_of_first;
  const std::string_view rest = text.substr(end_of_first + (is_count ? 1 : 2));
  if (!is_count && rest.empty()) return SeedRange{.first = *first};
  const auto second = number(rest);
  if (!second) return not_a_range(text);
  if (is_count) {
    if (*second == 0) return std::unexpected(quoted(text) + " is a range of no seeds");
    if (*second - 1 > ~std::uint64_t{0} - *first) {
      return std::unexpected(quoted(text) + " goes beyond the largest seed, 2^64 - 1");
    }
    range.count = *second;
    return range;
  }
  if (*second < *first) {
    return std::unexpected(quoted(text) + " ends before it begins");
  }
  if (*second - *first == ~std::uint64_t{0}) {
    return std::unexpected(quoted(text) + " is more than one sweep can count");
  }
  range.count = *second - *first + 1;
  return range;
}

}  // namespace aftershock::sweep
