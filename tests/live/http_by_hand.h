// An HTTP client made of one socket: sends what a test says, byte for byte, and shows what comes.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/time.h"
#include "platform/fd.h"

namespace delta::test {

struct HandReply {
  int status = 0;    ///< 0: the connection ended before a whole answer had come
  std::string head;  ///< with the status line
  std::string body;

  bool has(std::string_view line) const { return head.contains(line); }
};

/// A connection to this machine. Reads wait at most for `patience`, which is much longer than
/// anything takes: who runs into it has found a hang.
class HandClient {
 public:
  static constexpr Duration patience = 60s;

  explicit HandClient(int port, int receive_buffer = 0) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socket_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(socket_.get() >= 0);
    if (receive_buffer > 0) {
      setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    const int status =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
    if (status != 0) socket_.reset();
  }

  bool is_connected() const { return static_cast<bool>(socket_); }
  int socket() const { return socket_.get(); }
  /// False when the peer is gone.
  bool send(std::string_view text) const {
    return ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  /// Nothing more will be sent.
  void end_sending() const { shutdown(socket_.get(), SHUT_WR); }
  void close() { socket_.reset(); }
  /// Closes so that the peer gets a reset.
  void reset() {
    const linger at_once{1, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    socket_.reset();
  }

  /// The next answer; of a HEAD request `with_body` is false.
  HandReply reply(bool with_body = true) {
    HandReply reply;
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return reply;
    }
    reply.head = unread_.substr(0, end + 4);
    const std::size_t length = reply.head.find("Content-Length: ");
    const std::size_t size =
        with_body && length != std::string::npos ? std::stoul(reply.head.substr(length + 16)) : 0;
    while (unread_.size() < end + 4 + size) {
      if (!receive()) return reply;
    }
    reply.body = unread_.substr(end + 4, size);
    unread_.erase(0, end + 4 + size);
    reply.status = std::stoi(reply.head.substr(9));
    return reply;
  }
  HandReply ask(std::string_view request) {
    send(request);
    return reply();
  }
  /// Waits for the peer to close; false when more bytes come, or the connection is reset.
  bool is_closed_by_peer() {
    if (!unread_.empty()) return false;
    char c = 0;
    return wait() && recv(socket_.get(), &c, 1, 0) == 0;
  }
  /// What came and was not part of an answer.
  const std::string& unread() const { return unread_; }

 private:
  bool wait() const {
    pollfd one{socket_.get(), POLLIN, 0};
    return poll(&one, 1, static_cast<int>(patience / 1ms)) == 1;
  }
  bool receive() {
    char buffer[65536];
    if (!socket_ || !wait()) return false;
    const ssize_t got = recv(socket_.get(), buffer, sizeof(buffer), 0);
    if (got <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  Fd socket_;
  std::string unread_;
};

/// "GET /path" and headers, each with its line end.
inline std::string request_text(std::string_view line, std::string_view headers = {},
                                std::string_view body = {}) {
  std::string text = std::string(line) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers);
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

/// Until it is so; false when that takes longer than anything should.
template <class Condition>
bool becomes(Condition condition) {
  for (int i = 0; i < 6'000; ++i) {
    if (condition()) return true;
    poll(nullptr, 0, 10);
  }
  return false;
}

}  // namespace delta::test
