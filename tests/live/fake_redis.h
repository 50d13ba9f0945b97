// A server that answers whatever a test wants, for what a real Redis does not do on demand.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace delta {

/// Serves one connection after the other. To each piece that arrives it sends the next of the
/// answers, and none when they are used up.
class FakeRedis {
 public:
  using Answers = std::vector<std::string>;

  /// `pause`: before each letter of an answer; at once, and whole, if 0.
  explicit FakeRedis(Answers answers, std::chrono::milliseconds pause = {})
      : answers_(std::move(answers)), pause_(pause) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, size) == 0 && listen(listener_, 8) == 0 &&
        getsockname(listener_, generic, &size) == 0) {
      port_ = ntohs(address.sin_port);
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeRedis() {
    stop_ = true;
    thread_.join();
    close(listener_);
  }
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;

  std::uint16_t port() const { return port_; }
  /// What redis answers with a text.
  static std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  }

 private:
  static constexpr int kPollMillis = 5;

  bool is_readable(int socket) const {
    pollfd wanted{.fd = socket, .events = POLLIN, .revents = 0};
    while (!stop_) {
      if (poll(&wanted, 1, kPollMillis) > 0) return true;
    }
    return false;
  }
  void serve() {
    while (is_readable(listener_)) {
      const int connection = accept(listener_, nullptr, nullptr);
      std::array<char, 4096> piece{};
      while (is_readable(connection) && recv(connection, piece.data(), piece.size(), 0) > 0) {
        if (next_ < answers_.size()) answer(connection, answers_[next_++]);
      }
      close(connection);
    }
  }
  void answer(int connection, const std::string& text) const {
    if (pause_.count() == 0) send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    for (std::size_t i = 0; i < text.size() && pause_.count() > 0 && !stop_; ++i) {
      std::this_thread::sleep_for(pause_);
      send(connection, &text[i], 1, MSG_NOSIGNAL);
    }
  }

  Answers answers_;
  std::chrono::milliseconds pause_;
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace delta
