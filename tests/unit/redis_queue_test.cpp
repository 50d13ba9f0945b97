// What the Redis queue reads: ids of a stream, and a server's version.
#include "orchestrator/adapters/redis_queue.h"

#include <gtest/gtest.h>

namespace delta {
namespace {

TEST(StreamId, fits_in_a_number_and_comes_back) {
  for (const char* text : {"0-1", "1700000000000-0", "1700000000000-4194303", "4398046511103-1"}) {
    const auto id = pack_stream_id(text);
    ASSERT_TRUE(id) << text;
    EXPECT_EQ(unpack_stream_id(*id), text);
  }
}

TEST(StreamId, keeps_the_order_of_the_stream) {
  EXPECT_LT(pack_stream_id("5-4194303"), pack_stream_id("6-0"));
  EXPECT_LT(pack_stream_id("6-0"), pack_stream_id("6-1"));
}

TEST(StreamId, that_does_not_fit_is_nothing) {
  EXPECT_FALSE(pack_stream_id("4398046511104-0")) << "in the year 2109";
  EXPECT_FALSE(pack_stream_id("1-4194304"));
  EXPECT_FALSE(pack_stream_id("18446744073709551615-18446744073709551615"));
  EXPECT_FALSE(pack_stream_id("18446744073709551616-0"));
}

TEST(StreamId, that_is_none_is_nothing) {
  for (const char* text : {"", "-", "1", "1-", "-1", "1-2-3", "1 -2", "+1-2", "a-b", "1-2x"}) {
    EXPECT_FALSE(pack_stream_id(text)) << text;
  }
}

TEST(RedisVersion, is_found_in_what_info_says) {
  EXPECT_EQ(redis_major_version("# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:0\r\n"), 7);
  EXPECT_EQ(redis_major_version("redis_version:6.2.14\r\n"), 6);
  EXPECT_EQ(redis_major_version("redis_version:10.1\r\n"), 10);
}

TEST(RedisVersion, that_is_not_there_is_nothing) {
  EXPECT_FALSE(redis_major_version(""));
  EXPECT_FALSE(redis_major_version("valkey_version:8.0.1\r\n"));
  EXPECT_FALSE(redis_major_version("redis_version:\r\n"));
  EXPECT_FALSE(redis_major_version("redis_version:unstable\r\n"));
}

}  // namespace
}  // namespace delta
