// Identifiers: their text and their order.
#include "core/ids.h"

#include <gtest/gtest.h>

namespace delta {
namespace {

TEST(Ids, AreWrittenAs32HexadecimalDigits) {
  EXPECT_EQ(to_string(RunId{0x0123456789abcdef, 0xfedcba9876543210}),
            "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(to_string(RunId{}), "00000000000000000000000000000000");
  EXPECT_EQ(short_name(AttemptId{0xABCD1234FFFFFFFF, 1}), "abcd1234");
}

TEST(Ids, AreNilOnlyWhenAllBitsAreZero) {
  EXPECT_TRUE(RunId{}.is_nil());
  EXPECT_FALSE((RunId{0, 1}.is_nil()));
  EXPECT_FALSE((RunId{1, 0}.is_nil()));
}

TEST(Ids, AreOrderedByTheirHighHalfFirst) {
  EXPECT_LT((RunId{1, 9}), (RunId{2, 0}));
  EXPECT_LT((RunId{1, 8}), (RunId{1, 9}));
}

TEST(AttemptRef, IsOrderedAsRowsAreLocked) {
  const AttemptRef first{{1, 0}, 5, {9, 9}};
  EXPECT_LT(first, (AttemptRef{{2, 0}, 0, {0, 0}}));
  EXPECT_LT(first, (AttemptRef{{1, 0}, 6, {0, 0}}));
  EXPECT_LT(first, (AttemptRef{{1, 0}, 5, {9, 10}}));
}

TEST(Ids, AreReadAsTheyAreWritten) {
  const RunId id{0x0123456789abcdef, 0xfedcba9876543210};
  EXPECT_EQ(parse_id<RunId>(to_string(id)), id);
  EXPECT_EQ(parse_hex("00000000000000ff"), 255U);
  for (const char* text :
       {"", "0123456789abcdef", "0123456789ABCDEFfedcba9876543210",
        "0123456789abcdeffedcba987654321g", "0x23456789abcdeffedcba9876543210",
        "0123456789abcdeffedcba98765432100", " 123456789abcdeffedcba9876543210"}) {
    EXPECT_EQ(parse_id<RunId>(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace delta
