#include "orchestrator/adapters/redis_queue.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "core/check.h"

#include "orchestrator/adapters/redis_connection.h"

namespace delta {

namespace {

using std::chrono::milliseconds;

/// Redis 6 gives out entries that were trimmed as nil (redis#10198) and leaves them pending.
constexpr int kOldestVersion = 7;
constexpr std::size_t kHexDigits = 16;
constexpr unsigned kSequenceBits = 22;
constexpr std::uint64_t kMaxSequence = (1ULL << kSequenceBits) - 1;
constexpr std::uint64_t kMaxMillis = (1ULL << (64U - kSequenceBits)) - 1;

/// What is overdue, then what is new, together at most ARGV[3]; and if there is nothing, after how
/// many milliseconds something may become overdue: as far as the first hundred pending tell, and
/// anything taken from now on.
/// Not XAUTOCLAIM: it looks at ten pending entries for each that is asked for, so that those which
/// are not overdue yet hide others for ever. An entry that was trimmed is claimed as nothing and
/// leaves the pending ones; the next look passes it.
constexpr const char* kTake = R"lua(
local stream, group, consumer = KEYS[1], ARGV[1], ARGV[2]
local most, visibility = tonumber(ARGV[3]), tonumber(ARGV[4])
local taken = {}
local function add(entries)
  for _, entry in ipairs(entries) do taken[#taken + 1] = entry end
end
local overdue = redis.call('XPENDING', stream, group, 'IDLE', visibility, '-', '+', most)
for _, pending in ipairs(overdue) do
  add(redis.call('XCLAIM', stream, group, consumer, visibility, pending[1]))
end
if #taken < most then
  local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', most - #taken,
                          'STREAMS', stream, '>')
  if read then add(read[1][2]) end
end
local next = visibility
if #taken == 0 then
  for _, pending in ipairs(redis.call('XPENDING', stream, group, '-', '+', 100)) do
    next = math.min(next, visibility - pending[3])
  end
end
return {taken, next}
)lua";

std::string in_millis(Duration duration) {
  return std::to_string(std::chrono::ceil<milliseconds>(duration).count());
}

/// All of `text` as a number.
std::optional<std::uint64_t> number_in(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::string_view text_of(const redisReply& reply) {
  return reply.type == REDIS_REPLY_STRING ? std::string_view(reply.str, reply.len)
                                          : std::string_view();
}

/// The parts of an array; nothing when it is none.
std::vector<const redisReply*> parts_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY) return {};
  return {reply.element, reply.element + reply.elements};
}

/// Nil when it cannot be read.
AttemptId attempt_in(std::string_view text) {
  constexpr int kHex = 16;
  if (text.size() != 2 * kHexDigits) return {};
  const auto hi = number_in(text.substr(0, kHexDigits), kHex);
  const auto lo = number_in(text.substr(kHexDigits), kHex);
  return hi && lo ? AttemptId{*hi, *lo} : AttemptId{};
}

/// Of the names and values of an entry. Nil when the attempt is not among them.
AttemptId attempt_of(const redisReply& fields) {
  const std::vector<const redisReply*> parts = parts_of(fields);
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (text_of(*parts[i]) == "attempt") return attempt_in(text_of(*parts[i + 1]));
  }
  return {};
}

}  // namespace

std::optional<std::uint64_t> pack_stream_id(std::string_view text) {
  constexpr int kDecimal = 10;
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto millis = number_in(text.substr(0, dash), kDecimal);
  const auto sequence = number_in(text.substr(dash + 1), kDecimal);
  if (!millis || !sequence || *millis > kMaxMillis || *sequence > kMaxSequence) return std::nullopt;
  return *millis << kSequenceBits | *sequence;
}

std::string unpack_stream_id(std::uint64_t id) {
  return std::to_string(id >> kSequenceBits) + "-" + std::to_string(id & kMaxSequence);
}

std::optional<int> redis_major_version(std::string_view info) {
  constexpr std::string_view kKey = "redis_version:";
  const std::size_t at = info.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = info.substr(at + kKey.size());
  int major = 0;
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), major);
  return read.ec == std::errc() ? std::optional(major) : std::nullopt;
}

struct RedisQueue::Taken {
  /// Adds the entries of an array of [id, [name, value, ...]]. What has no id is no entry.
  void add(const redisReply& array) {
    for (const redisReply* const entry : parts_of(array)) {
      const std::vector<const redisReply*> parts = parts_of(*entry);
      if (parts.size() != 2) continue;
      const std::string_view text = text_of(*parts[0]);
      const auto id = pack_stream_id(text);
      if (!id) unfit.emplace_back(text);
      entries.push_back({id.value_or(0), attempt_of(*parts[1])});
    }
  }

  std::vector<QueueEntry> entries;
  std::vector<std::string> unfit;  ///< ids of those that cannot be acknowledged later
  Duration next_overdue{};         ///< of what others hold; only when there are no entries
};

RedisQueue::RedisQueue(RedisQueueOptions options)
    : options_(std::move(options)), stopped_event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(stopped_event_);
}
RedisQueue::~RedisQueue() = default;

std::expected<RedisQueue::Borrowed, QueueError> RedisQueue::borrow() {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(idle_, [](const Borrowed& connection) { return !connection->is_idle(); });
    if (!idle_.empty()) {
      Borrowed connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return connect();
}

void RedisQueue::give_back(Borrowed connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

std::expected<RedisQueue::Borrowed, QueueError> RedisQueue::connect() const {
  auto connection = RedisConnection::open(options_.host, options_.port, options_.connect_timeout);
  if (!connection) return connection;
  RedisRequest introduction;
  if (!options_.password.empty()) introduction.add({"AUTH", options_.password});
  introduction.add({"INFO", "server"});
  const auto known = (*connection)->ask(introduction, options_.command_timeout);
  if (!known) return std::unexpected(known.error());
  const auto version = redis_major_version(text_of(*known->back()));
  if (!version || *version < kOldestVersion) {
    return (*connection)
        ->failure("version " + (version ? std::to_string(*version) : "unknown") +
                  ", but Redis 7 or newer is needed");
  }
  RedisRequest group;
  group.add({"XGROUP", "CREATE", options_.stream, options_.group, "0", "MKSTREAM"});
  const auto made = (*connection)->ask(group, options_.command_timeout, "BUSYGROUP");
  if (!made) return std::unexpected(made.error());
  return connection;
}

std::expected<void, QueueError> RedisQueue::order(const RedisRequest& request) {
  auto connection = borrow();
  if (!connection) return std::unexpected(connection.error());
  const auto done = (*connection)->ask(request, options_.command_timeout);
  if (!done) return std::unexpected(done.error());
  give_back(std::move(*connection));
  return {};
}

std::expected<void, QueueError> RedisQueue::publish(const std::vector<AttemptId>& attempts) {
  const std::string most = std::to_string(options_.most_kept);
  RedisRequest request;
  for (const AttemptId attempt : attempts) {
    request.add({"XADD", options_.stream, "MAXLEN", "~", most, "*", "attempt", to_string(attempt)});
  }
  return order(request);
}

std::expected<void, QueueError> RedisQueue::acknowledge(const std::vector<std::uint64_t>& ids) {
  if (ids.empty()) return {};
  std::vector<std::string> texts;
  for (const std::uint64_t id : ids) texts.push_back(unpack_stream_id(id));
  return order(removal_of(texts));
}

void RedisQueue::stop_waiting() {
  stopped_ = true;
  CHECK(eventfd_write(stopped_event_.get(), 1) == 0);
}

/// Deleted first: if only that is done, what is still pending is an entry that nobody gets.
RedisRequest RedisQueue::removal_of(const std::vector<std::string>& ids) const {
  std::vector<std::string> deletion = {"XDEL", options_.stream};
  std::vector<std::string> end = {"XACK", options_.stream, options_.group};
  deletion.insert(deletion.end(), ids.begin(), ids.end());
  end.insert(end.end(), ids.begin(), ids.end());
  RedisRequest request;
  request.add(deletion);
  request.add(end);
  return request;
}

std::expected<std::vector<QueueEntry>, QueueError> RedisQueue::receive(std::uint32_t most,
                                                                       Duration wait,
                                                                       Duration visibility) {
  if (most == 0) return {};
  auto connection = borrow();
  if (!connection) return std::unexpected(connection.error());
  auto taken = take_or_wait(**connection, most, wait, visibility);
  if (!taken && stopped_) return {};
  if (!taken) return std::unexpected(taken.error());
  if (!taken->unfit.empty()) {
    const auto removed = (*connection)->ask(removal_of(taken->unfit), options_.command_timeout);
    if (!removed) return std::unexpected(removed.error());
  }
  give_back(std::move(*connection));
  return std::move(taken->entries);
}

std::expected<RedisQueue::Taken, QueueError> RedisQueue::take_or_wait(RedisConnection& connection,
                                                                      std::uint32_t most,
                                                                      Duration wait,
                                                                      Duration visibility) const {
  auto taken = take(connection, most, visibility);
  if (!taken || !taken->entries.empty() || wait <= Duration(0)) return taken;
  return wait_for_new(connection, most, std::min(wait, taken->next_overdue));
}

std::expected<RedisQueue::Taken, QueueError> RedisQueue::take(RedisConnection& connection,
                                                              std::uint32_t most,
                                                              Duration visibility) const {
  RedisRequest request;
  request.add({"EVAL", kTake, "1", options_.stream, options_.group, options_.consumer,
               std::to_string(most), in_millis(visibility)});
  const auto replies = connection.ask(request, options_.command_timeout);
  if (!replies) return std::unexpected(replies.error());
  const std::vector<const redisReply*> parts = parts_of(*replies->front());
  if (parts.size() != 2) return connection.failure("an answer to EVAL that cannot be read");
  Taken taken;
  taken.add(*parts[0]);
  taken.next_overdue = milliseconds(parts[1]->integer);
  return taken;
}

std::expected<RedisQueue::Taken, QueueError> RedisQueue::wait_for_new(RedisConnection& connection,
                                                                      std::uint32_t most,
                                                                      Duration wait) const {
  const Duration block = std::max<Duration>(wait, 1ms);  // 0 means for ever
  RedisRequest request;
  request.add({"XREADGROUP", "GROUP", options_.group, options_.consumer, "COUNT",
               std::to_string(most), "BLOCK", in_millis(block), "STREAMS", options_.stream, ">"});
  const auto replies =
      connection.ask(request, block + options_.command_timeout, {}, stopped_event_.get());
  if (!replies) return std::unexpected(replies.error());
  Taken taken;
  for (const redisReply* const stream : parts_of(*replies->front())) {
    const std::vector<const redisReply*> parts = parts_of(*stream);
    if (parts.size() == 2) taken.add(*parts[1]);
  }
  return taken;
}

}  // namespace delta
