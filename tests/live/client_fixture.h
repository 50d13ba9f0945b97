// Scripted orchestrators, and a client whose time passes only when it pauses.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <sstream>

#include "client/commands.h"
#include "platform/wire/codec.h"
#include "tests/live/raw_server.h"
#include "tests/unit/client_fixture.h"

namespace delta::client {

inline const std::string kRunId = "0123456789abcdef0000000000000001";
inline constexpr const char* kDrop = "";

inline Response ok(ReplyBody body) {
  Response response;
  response.body = std::move(body);
  return response;
}
inline Response no(Status status, std::string detail = {}, std::optional<Reason> reason = {}) {
  Response response;
  response.status = status;
  response.detail = std::move(detail);
  response.reason = reason;
  return response;
}

inline std::string http(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Words\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string http(int status, const Response& response) {
  return http(status, wire::encode(response));
}
inline std::string submitted() { return http(201, ok(SubmitReply{{0x0123456789abcdef, 1}, {}})); }
inline std::string unavailable() {
  return http(503, no(Status::unavailable, "ingestion is paused"));
}
inline std::string shown(const RunView& run) { return http(200, ok(run)); }

/// Answers its requests one after the other as written; the last answer is repeated. An empty one
/// closes the connection instead.
class Scripted {
 public:
  explicit Scripted(std::vector<std::string> answers)
      : answers_(std::move(answers)), server_([this](test::Connection& connection) {
          while (!connection.read_request().empty()) {
            const std::string& answer = answers_[std::min(next_++, answers_.size() - 1)];
            if (answer.empty()) return;
            connection.send(answer);
          }
        }) {}

  std::string url() const { return server_.url(""); }
  std::vector<std::string> requests() const { return server_.requests(); }

 private:
  const std::vector<std::string> answers_;
  std::atomic<std::size_t> next_ = 0;
  test::RawServer server_;
};

/// Of a request: a header's line, or the first line.
inline std::string line_of(const std::string& request, const std::string& name) {
  const std::size_t at = request.find(name);
  return at == std::string::npos ? "" : request.substr(at, request.find("\r\n", at) - at);
}

class ClientTest : public testing::Test {
 protected:
  DeltaClient client(std::vector<std::string> urls, Duration patience = 30s) {
    return {http_,
            {.urls = std::move(urls), .token = Secret("t0ken"), .patience = patience},
            {[this] { return now_; },
             [this](Duration pause) {
               now_ += pause;
               ++pauses_;
             },
             [this](const std::string& sentence) {
               if (before_notice_) before_notice_();
               notices_.push_back(sentence);
             }}};
  }
  Session session(DeltaClient& client) {
    return {.client = client,
            .consoles = {{.stream = out_}, {.stream = err_}},
            .in = in_,
            .watch = {[this] { return now_; }, [this](Duration pause) { now_ += pause; }},
            .before_notice = before_notice_};
  }
  static Call submission() { return {.kind = "submit", .body = "{\"spec\":{}}", .key = "my key"}; }
  /// A port where nobody listens.
  static std::string nobody() {
    const test::RawServer server([](test::Connection&) {});
    return server.url("");
  }

  HttpClient http_{{.connect_timeout = 1s}};
  Duration now_{};
  int pauses_ = 0;
  std::vector<std::string> notices_;
  std::function<void()> before_notice_;
  std::ostringstream out_, err_;
  std::istringstream in_{"jobs: [{name: a, command: b}]\n"};
};

}  // namespace delta::client
