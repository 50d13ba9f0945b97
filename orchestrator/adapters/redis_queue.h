// The dispatch queue on a stream of Redis 7 and its consumer group.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/queue.h"
#include "platform/fd.h"

namespace delta {

class RedisConnection;
class RedisRequest;

struct RedisQueueOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string password = {};  ///< none if empty
  std::string stream = "delta:dispatch";
  std::string group = "delta";
  /// Who holds an entry, for a person who asks Redis. No two processes at once may share it; best
  /// is the same again after a restart, as Redis keeps every name for ever.
  std::string consumer = "delta-orchestrator";
  Duration connect_timeout = 2s;
  Duration command_timeout = 5s;        ///< of each round trip, beside what a receive waits
  std::uint64_t most_kept = 1'000'000;  ///< about: Redis drops the oldest beyond that
};

/// See Queue. Nothing is tried twice: an error closes its connection, and a later call opens
/// another, which also makes the group if a server that lost its data lost it too.
///
/// Round trips: one for publish, acknowledge, and a receive that finds something at once. A receive
/// that waits has a second one, for what is new: as long as it may, or until what somebody holds
/// may have become overdue. A call that finds no idle connection connects, which takes two more.
/// Each round trip ends with its timeout, whatever the server does; Redis ends a wait up to a tenth
/// of a second late.
///
/// Thread: any. Each concurrent call has a connection of its own, so none holds up another.
class RedisQueue final : public Queue {
 public:
  explicit RedisQueue(RedisQueueOptions options);
  ~RedisQueue() override;
  RedisQueue(const RedisQueue&) = delete;
  RedisQueue& operator=(const RedisQueue&) = delete;

  std::expected<void, QueueError> publish(const std::vector<AttemptId>& attempts) override;
  /// An entry whose id does not fit in QueueEntry::id is acknowledged before it is returned, with
  /// the id 0: if its taker dies it is lost, which a queue may do. See pack_stream_id().
  std::expected<std::vector<QueueEntry>, QueueError> receive(std::uint32_t most, Duration wait,
                                                             Duration visibility) override;
  std::expected<void, QueueError> acknowledge(const std::vector<std::uint64_t>& ids) override;
  void stop_waiting() override;

 private:
  struct Taken;
  using Borrowed = std::unique_ptr<RedisConnection>;

  /// An idle connection, or a new one.
  std::expected<Borrowed, QueueError> borrow();
  void give_back(Borrowed connection);
  std::expected<Borrowed, QueueError> connect() const;
  /// Sends what expects no answer but that it was done.
  std::expected<void, QueueError> order(const RedisRequest& request);
  std::expected<Taken, QueueError> take_or_wait(RedisConnection& connection, std::uint32_t most,
                                                Duration wait, Duration visibility) const;
  std::expected<Taken, QueueError> take(RedisConnection& connection, std::uint32_t most,
                                        Duration visibility) const;
  std::expected<Taken, QueueError> wait_for_new(RedisConnection& connection, std::uint32_t most,
                                                Duration wait) const;
  RedisRequest removal_of(const std::vector<std::string>& ids) const;

  const RedisQueueOptions options_;
  std::atomic<bool> stopped_ = false;
  const Fd stopped_event_;  ///< can be read once nobody is to wait any more
  std::mutex mutex_;
  std::vector<Borrowed> idle_;
};

/// "MILLISECONDS-SEQUENCE" of a stream in 42 and 22 bits: until the year 2109, and four million
/// entries in one millisecond. Nothing when it does not fit or is no such id: that takes a client
/// which chose the id itself, or a server whose clock is far off.
std::optional<std::uint64_t> pack_stream_id(std::string_view text);
std::string unpack_stream_id(std::uint64_t id);

/// The 7 of "redis_version:7.0.15" in what INFO says. Nothing when it is not there.
std::optional<int> redis_major_version(std::string_view info);

}  // namespace delta
