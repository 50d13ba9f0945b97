#include "orchestrator/adapters/redis_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace delta {

namespace {

template <class Unit>
std::int64_t count_up(Duration duration) {
  return std::chrono::ceil<Unit>(std::max(duration, Duration(0))).count();
}

}  // namespace

void RedisRequest::add(const std::vector<std::string>& words) {
  bytes_ += "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes_ += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  ++commands_;
}

/// Of everything that one call waits for, however many pieces an answer comes in.
class RedisConnection::Deadline {
 public:
  Deadline(Duration limit, int interrupt)
      : limit_(limit), interrupt_(interrupt), at_(std::chrono::steady_clock::now() + limit) {}

  /// False when the deadline or the interrupt came before the socket was ready.
  bool wait_for(int socket, short events) const {
    std::array<pollfd, 2> wanted{pollfd{.fd = socket, .events = events, .revents = 0},
                                 pollfd{.fd = interrupt_, .events = POLLIN, .revents = 0}};
    for (;;) {
      const Duration left = at_ - std::chrono::steady_clock::now();
      const int ready = poll(wanted.data(), wanted.size(),
                             static_cast<int>(count_up<std::chrono::milliseconds>(left)));
      if (ready > 0) return wanted[0].revents != 0;
      if (ready == 0 || errno != EINTR) return false;
    }
  }
  std::string describe() const { return "no answer within " + format_duration(limit_); }

 private:
  Duration limit_;
  int interrupt_;
  std::chrono::steady_clock::time_point at_;
};

std::expected<std::unique_ptr<RedisConnection>, QueueError> RedisConnection::open(
    const std::string& host, std::uint16_t port, Duration timeout) {
  constexpr std::int64_t kMicrosInSecond = 1'000'000;
  const std::int64_t micros = count_up<std::chrono::microseconds>(timeout);
  const timeval limit{.tv_sec = micros / kMicrosInSecond, .tv_usec = micros % kMicrosInSecond};
  std::unique_ptr<RedisConnection> connection(
      new RedisConnection("Redis at " + host + ":" + std::to_string(port),
                          redisConnectWithTimeout(host.c_str(), port, limit)));
  const redisContext* const context = connection->context_.get();
  if (context == nullptr) return connection->failure("no memory for a connection");
  if (context->err != 0) return connection->failure(context->errstr);
  return connection;
}

std::unexpected<QueueError> RedisConnection::failure(const std::string& what) const {
  return std::unexpected(QueueError{name_ + ": " + what});
}

std::expected<std::vector<RedisReply>, QueueError> RedisConnection::ask(const RedisRequest& request,
                                                                        Duration limit,
                                                                        std::string_view tolerated,
                                                                        int interrupt) {
  const Deadline deadline(limit, interrupt);
  if (const auto sent = send_all(request.bytes(), deadline); !sent) {
    return std::unexpected(sent.error());
  }
  std::vector<RedisReply> replies;
  while (replies.size() < request.commands()) {
    auto reply = read_one(deadline);
    if (!reply) return std::unexpected(reply.error());
    if ((*reply)->type == REDIS_REPLY_ERROR) {
      const std::string words((*reply)->str, (*reply)->len);
      if (tolerated.empty() || !words.starts_with(tolerated)) return failure(words);
    }
    replies.push_back(std::move(*reply));
  }
  return replies;
}

/// Not hiredis' own: that raises SIGPIPE when the other side is gone, and its timeout begins anew
/// with every piece.
std::expected<void, QueueError> RedisConnection::send_all(const std::string& bytes,
                                                          const Deadline& deadline) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t done =
        send(context_->fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (done >= 0) {
      sent += static_cast<std::size_t>(done);
    } else if (errno != EAGAIN && errno != EINTR) {
      return failure(std::strerror(errno));
    } else if (!deadline.wait_for(context_->fd, POLLOUT)) {
      return failure(deadline.describe());
    }
  }
  return {};
}

std::expected<RedisReply, QueueError> RedisConnection::read_one(const Deadline& deadline) {
  for (;;) {
    void* reply = nullptr;
    if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) {
      return failure(context_->errstr);
    }
    if (reply != nullptr) return RedisReply(static_cast<redisReply*>(reply));
    if (!deadline.wait_for(context_->fd, POLLIN)) return failure(deadline.describe());
    if (redisBufferRead(context_.get()) != REDIS_OK) return failure(context_->errstr);
  }
}

bool RedisConnection::is_idle() const {
  pollfd wanted{.fd = context_->fd, .events = POLLIN, .revents = 0};
  return poll(&wanted, 1, 0) == 0;
}

}  // namespace delta
