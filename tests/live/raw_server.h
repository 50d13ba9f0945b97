// A server of raw sockets that does to each connection what a test says: it answers, misbehaves or
// hangs. A thread a connection.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/check.h"

namespace delta::test {

class RawServer;

/// One accepted connection. What fails because the peer is gone is ignored.
class Connection {
 public:
  Connection(RawServer& server, int socket, int number)
      : server_(server), socket_(socket), number_(number) {}

  /// Of this connection: 1 is the server's first.
  int number() const { return number_; }
  /// Head and body of the next request, which the server remembers; empty when there is none.
  std::string read_request();
  /// False when the peer is gone.
  bool send(std::string_view text) const {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  void answer(std::string_view body) const {
    send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body));
  }
  /// Until the peer or the server ends it.
  void hang() const {
    char c = 0;
    while (recv(socket_, &c, 1, 0) > 0) {
    }
  }
  int socket() const { return socket_; }

 private:
  RawServer& server_;
  int socket_;
  int number_;
  std::string unread_;
};

class RawServer {
 public:
  using Behaviour = std::function<void(Connection&)>;

  explicit RawServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
    sockaddr_in address = loopback();
    CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    CHECK(listen(listener_, 64) == 0);
    socklen_t size = sizeof(address);
    CHECK(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~RawServer() {
    refuse_connections();
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : open_) shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// As if the process were gone; connections stay.
  void refuse_connections() const { shutdown(listener_, SHUT_RDWR); }

  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }
  void remember(const std::string& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  static sockaddr_in loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

 private:
  void accept_all() {
    for (;;) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const std::lock_guard lock(mutex_);
      open_.push_back(socket);
      threads_.emplace_back([this, socket, number = ++connections_] { serve(socket, number); });
    }
  }
  void serve(int socket, int number) {
    Connection connection(*this, socket, number);
    behaviour_(connection);
    const std::lock_guard lock(mutex_);
    std::erase(open_, socket);
    close(socket);
  }

  Behaviour behaviour_;
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port_ = 0;
  std::thread acceptor_;
  mutable std::mutex mutex_;
  std::vector<std::thread> threads_;  ///< only the acceptor adds to it
  std::vector<int> open_;
  std::vector<std::string> requests_;
  int connections_ = 0;
};

inline std::string Connection::read_request() {
  std::string text = std::move(unread_);
  unread_.clear();
  const auto size_of_first = [&text]() -> std::size_t {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return std::string::npos;
    const std::size_t length = text.find("Content-Length: ");
    return head + 4 + (length < head ? std::stoul(text.substr(length + 16)) : 0);
  };
  while (text.size() < size_of_first()) {
    char buffer[65536];
    const ssize_t got = recv(socket_, buffer, sizeof(buffer), 0);
    if (got <= 0) return {};
    text.append(buffer, static_cast<std::size_t>(got));
  }
  unread_ = text.substr(size_of_first());
  text.resize(size_of_first());
  server_.remember(text);
  return text;
}

}  // namespace delta::test
