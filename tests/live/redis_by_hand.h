// Commands to a Redis as a person would give them, beside the adapter that is tested.
#pragma once

#include <gtest/gtest.h>

#include "orchestrator/adapters/redis_connection.h"
#include "platform/servers/redis_server.h"

namespace delta {

class RedisByHand {
 public:
  explicit RedisByHand(const RedisServer& server)
      : connection_(RedisConnection::open("127.0.0.1", server.port(), 10s)) {}

  /// The answer when it is a text, or its number; empty when it is neither, or an error.
  std::string operator()(const std::vector<std::string>& words) {
    RedisRequest request;
    request.add(words);
    if (!connection_) return {};
    const auto replies = (*connection_)->ask(request, 10s);
    EXPECT_TRUE(replies) << replies.error().detail;
    if (!replies) return {};
    const redisReply& reply = *replies->front();
    if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
    return reply.str == nullptr ? std::string() : std::string(reply.str, reply.len);
  }
  /// One value of what INFO says.
  std::string info(const std::string& name) {
    const std::string all = (*this)({"INFO"});
    const std::size_t at = all.find(name + ":");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 1;
    return all.substr(begin, all.find('\r', begin) - begin);
  }

 private:
  std::expected<std::unique_ptr<RedisConnection>, QueueError> connection_;
};

}  // namespace delta
