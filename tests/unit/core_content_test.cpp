// Contents and their digests, base64.
#include "core/content.h"

#include <gtest/gtest.h>

#include "core/base64.h"

namespace delta {
namespace {

TEST(Content, digest_is_the_beginning_of_sha256) {
  // FIPS 180-4's own example: SHA-256("abc") begins with ba7816bf 8f01cfea.
  EXPECT_EQ(content_digest("abc"), 0xba7816bf8f01cfeaULL);
  const Content content = content_of("abc");
  EXPECT_EQ(content.digest, 0xba7816bf8f01cfeaULL);
  EXPECT_EQ(content.size, 3U);
  EXPECT_EQ(content.bytes, "abc");
  EXPECT_TRUE(content.file.empty());
}

TEST(Base64, matches_the_vectors_of_rfc_4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace delta
