#include "platform/servers/redis_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

namespace delta {

namespace {

std::string find_program() {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string program = folder + "/redis-server";
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  throw ServerError("redis-server is not in PATH: install the package redis-server");
}

/// The first letters of the answer to a PING: +PONG, -NOAUTH or -LOADING; empty if there is none.
std::string ping(std::uint16_t port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 1, .tv_usec = 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  constexpr std::string_view kPing = "PING\r\n";
  std::array<char, 8> answer{};
  ssize_t size = 0;
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      send(connection, kPing.data(), kPing.size(), MSG_NOSIGNAL) > 0) {
    size = recv(connection, answer.data(), answer.size(), 0);
  }
  close(connection);
  return {answer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

bool is_ready(std::uint16_t port) {
  const std::string answer = ping(port);
  return answer.starts_with("+PONG") || answer.starts_with("-NOAUTH");
}

}  // namespace

RedisServer::RedisServer(RedisOptions options)
    : options_(std::move(options)),
      program_(find_program()),
      account_(unprivileged_account()),
      folder_("delta-redis", account_) {
  start();
}

void RedisServer::start() {
  if (running()) return;
  Command command;
  command.words = {program_,
                   "--port",
                   std::to_string(port()),
                   "--bind",
                   "127.0.0.1",
                   "--save",
                   "",
                   "--appendonly",
                   options_.append_only ? "yes" : "no",
                   "--appendfsync",
                   options_.fsync,
                   "--daemonize",
                   "no",
                   "--requirepass",
                   options_.password};
  command.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=" + folder().string()};
  command.folder = folder();
  command.log = folder() / "log";
  command.account = account_;
  process_.emplace(command);
  wait_until_ready(*process_, "Redis", command, [this] { return is_ready(port()); });
}

void RedisServer::stop() {
  if (!running()) return;
  process_->terminate();
  process_->resume();
  wait_until_ended(*process_, "Redis");
}

void RedisServer::kill() { process_.reset(); }

void RedisServer::pause() {
  if (process_) process_->pause();
}

void RedisServer::resume() {
  if (process_) process_->resume();
}

bool RedisServer::running() const { return process_ && process_->running(); }

}  // namespace delta
