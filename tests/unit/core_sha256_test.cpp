// SHA-256 against the examples of FIPS 180-4, and the hash of a lease's token.
#include "core/sha256.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace delta {
namespace {

std::string sha256_of(std::string_view text) {
  return to_string(sha256(std::vector<std::uint8_t>(text.begin(), text.end())));
}

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
  Sha256 hash;
  const std::vector<std::uint8_t> text(1'000, 'a');
  for (int i = 0; i < 1'000; ++i) hash.update(text);
  EXPECT_EQ(to_string(hash.finish()),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  hash.update(std::vector<std::uint8_t>{'a', 'b', 'c'});
  EXPECT_EQ(to_string(hash.finish()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(HashToken, IsTheSameWithEveryCompiler) {
  const TokenHash hash = hash_token(Token{1, 2});
  EXPECT_EQ(hash.hi, 0x0c730b69905c5ef7);
  EXPECT_EQ(hash.lo, 0xa4ca5269f7236540);
}

TEST(HashToken, DependsOnBothHalves) {
  EXPECT_NE(hash_token(Token{1, 2}), hash_token(Token{2, 1}));
  EXPECT_NE(hash_token(Token{1, 2}), hash_token(Token{1, 3}));
}

}  // namespace
}  // namespace delta
