// One connection to Redis, over hiredis: several commands in one round trip, with a deadline.
#pragma once

#include <hiredis/hiredis.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/queue.h"

namespace delta {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeReply>;

/// Commands that are sent together.
class RedisRequest {
 public:
  void add(const std::vector<std::string>& words);
  const std::string& bytes() const { return bytes_; }
  std::size_t commands() const { return commands_; }

 private:
  std::string bytes_;
  std::size_t commands_ = 0;
};

/// Thread: one at a time. After an error its state is unknown: never use it again.
class RedisConnection {
 public:
  static constexpr int kNoInterrupt = -1;  ///< which poll() passes over

  /// Blocks at most `timeout` for each address of `host`, and for the look-up of its name.
  static std::expected<std::unique_ptr<RedisConnection>, QueueError> open(const std::string& host,
                                                                          std::uint16_t port,
                                                                          Duration timeout);

  /// One answer a command, in order. Blocks at most `limit`. An answer that is an error, but for
  /// those that begin with `tolerated`, is one of the whole, in Redis' own words: the other
  /// commands may have been done or not. The wait ends in an error as soon as the file descriptor
  /// `interrupt` can be read.
  std::expected<std::vector<RedisReply>, QueueError> ask(const RedisRequest& request,
                                                         Duration limit,
                                                         std::string_view tolerated = {},
                                                         int interrupt = kNoInterrupt);
  /// Neither closed by the other side nor in the middle of an answer.
  bool is_idle() const;
  /// An error that names the server.
  std::unexpected<QueueError> failure(const std::string& what) const;

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  class Deadline;

  RedisConnection(std::string name, redisContext* context)
      : name_(std::move(name)), context_(context) {}
  std::expected<void, QueueError> send_all(const std::string& bytes, const Deadline& deadline);
  std::expected<RedisReply, QueueError> read_one(const Deadline& deadline);

  std::string name_;
  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace delta
