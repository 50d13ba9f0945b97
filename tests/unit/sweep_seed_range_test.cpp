// --seeds: ranges of numbers, and commits in place of a first number.
#include "harness/sweep/seed_range.h"

#include <gtest/gtest.h>

namespace aftershock::sweep {
namespace {

using Parts = std::pair<std::uint64_t, std::optional<std::uint64_t>>;

Parts parsed(std::string_view text) {
  const auto range = parse_seed_range(text);
  EXPECT_TRUE(range) << text << ": " << range.error();
  return range ? Parts(range->first, range->count) : Parts();
}

TEST(SeedRange, IsOneSeedOrFromToOrACountOrOpen) {
  EXPECT_EQ(parsed("7"), Parts(7, 1));
  EXPECT_EQ(parsed("0"), Parts(0, 1));
  EXPECT_EQ(parsed("1..500"), Parts(1, 500));
  EXPECT_EQ(parsed("7..7"), Parts(7, 1));
  EXPECT_EQ(parsed("7+100"), Parts(7, 100));
  EXPECT_EQ(parsed("7.."), Parts(7, std::nullopt));
  EXPECT_EQ(parsed("18446744073709551615"), Parts(~std::uint64_t{0}, 1));
  EXPECT_EQ(parsed("18446744073709551614+2"), Parts(~std::uint64_t{0} - 1, 2));
}

TEST(SeedRange, ACommitStandsForItsFirstSevenDigits) {
  constexpr std::uint64_t seed = 0x3f9c2abULL << 32U;
  EXPECT_EQ(parsed("3f9c2ab"), Parts(seed, 1));
  EXPECT_EQ(parsed("3f9c2ab4d1e8"), Parts(seed, 1)) << "however short it is written";
  EXPECT_EQ(parsed("3f9c2ab4d1e800112233445566778899aabbccdd"), Parts(seed, 1));
  EXPECT_EQ(parsed("3f9c2ab+100"), Parts(seed, 100));
  EXPECT_EQ(parsed("3f9c2ab.."), Parts(seed, std::nullopt));
  EXPECT_EQ(parsed("1234567"), Parts(1'234'567, 1)) << "without a letter it is a number";
  EXPECT_EQ(parsed("1234567890123456789012345678901234567890"), Parts(0x1234567ULL << 32U, 1));
}

TEST(SeedRange, RefusesWhatIsNone) {
  for (const char* text :
       {"", "..", "+", "+5", "..5", "5+", "-1", "1...5", "1..5..9", "1-5", "1,2", "0x10", " 1",
        "abc", "3F9C2AB", "3f9c2ag", "18446744073709551616", "1..18446744073709551616"}) {
    EXPECT_FALSE(parse_seed_range(text)) << text;
  }
  EXPECT_EQ(parse_seed_range("5..1").error(), "'5..1' ends before it begins");
  EXPECT_EQ(parse_seed_range("5+0").error(), "'5+0' is a range of no seeds");
  EXPECT_EQ(parse_seed_range("18446744073709551615+2").error(),
            "'18446744073709551615+2' goes beyond the largest seed, 2^64 - 1");
}

}  // namespace
}  // namespace aftershock::sweep
