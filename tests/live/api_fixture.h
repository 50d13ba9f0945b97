// The real orchestrator with its HTTP API in this process, on a PostgreSQL and a Redis of its own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "orchestrator/adapters/http/api.h"
#include "orchestrator/adapters/postgres_database.h"
#include "orchestrator/adapters/redis_queue.h"
#include "platform/artifacts/folder_store.h"
#include "platform/calendar/zoned_calendar.h"
#include "platform/http_client.h"
#include "platform/servers/postgres_server.h"
#include "platform/servers/redis_server.h"
#include "platform/threads.h"
#include "tests/live/http_by_hand.h"

namespace delta::test {

using wire::Role;

/// A token for each role and some more, and the file that lists them.
struct TestTokens {
  http::NewToken alice = http::make_token(Role::client, "alice", "1");
  http::NewToken bob = http::make_token(Role::client, "bob", "2");
  http::NewToken runner = http::make_token(Role::runner, "runners", "3");
  http::NewToken ann = http::make_token(Role::admin, "ann", "4");

  std::string lines() const {
    return "# who may ask\n" + alice.line + "\n\n" + bob.line + " # too\n" + runner.line + "\n" +
           ann.line + "\n";
  }
};

/// Quick to notice what its dependencies do.
inline Settings quick_settings() {
  Settings settings;
  settings.metrics_interval = 100ms;
  settings.outbox_interval = 100ms;
  return settings;
}

/// One orchestrator process, but for its process.
class LiveOrchestrator {
 public:
  LiveOrchestrator(const std::string& database_url, std::uint16_t redis_port,
                   const std::string& stream, FolderStore& artifacts, http::Tokens given,
                   Roles roles = {}, http::ServerOptions options = {})
      : database_({.url = database_url}),
        queue_({.port = redis_port, .stream = stream}),
        orchestrator_({runtime_.ports(), database_, queue_, calendar_}, quick_settings(), roles),
        tokens(std::move(given)),
        api({orchestrator_, artifacts, tokens, "1.2.3"}),
        server(std::move(options), api) {
    orchestrator_.start();
  }
  ~LiveOrchestrator() {
    orchestrator_.stop();
    EXPECT_TRUE(server.drain(60s));
    EXPECT_TRUE(runtime_.tasks.wait_until_idle(runtime_.clock.now() + 60s));
  }
  LiveOrchestrator(const LiveOrchestrator&) = delete;
  LiveOrchestrator& operator=(const LiveOrchestrator&) = delete;

  void stop() { orchestrator_.stop(); }
  std::string url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(server.port()) + target;
  }

 private:
  ThreadRuntime runtime_;
  PostgresDatabase database_;
  RedisQueue queue_;
  ZonedCalendar calendar_;
  Orchestrator orchestrator_;

 public:
  http::TokenStore tokens;
  http::Api api;
  http::Server server;
};

class ApiFixture : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    postgres_ = std::make_unique<PostgresServer>();
    redis_ = std::make_unique<RedisServer>();
  }
  static void TearDownTestSuite() {
    redis_.reset();
    postgres_.reset();
  }

  ApiFixture() {
    const auto migrated = migrate({.url = postgres_->connection_string(database_)});
    EXPECT_TRUE(migrated) << migrated.error().detail;
  }

  std::unique_ptr<LiveOrchestrator> open(Roles roles = {}, http::ServerOptions options = {}) {
    return std::make_unique<LiveOrchestrator>(postgres_->connection_string(database_),
                                              redis_->port(), "delta:" + database_, artifacts_,
                                              read_tokens(known_.lines()), roles, options);
  }
  http::Tokens read_tokens(const std::string& lines) {
    const std::string file = folder_.path() / "tokens";
    std::ofstream(file) << lines;
    auto tokens = http::Tokens::read(file);
    EXPECT_TRUE(tokens) << tokens.error();
    return std::move(*tokens);
  }

  HttpReply call(const std::string& method, const std::string& target,
                 const std::string& token = "", const std::string& body = "",
                 const std::string& key = "") {
    HttpRequest request{.method = method, .url = open_->url(target), .timeout = 60s};
    request.body = body;
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
    const auto reply = http_.call(request);
    if (reply) return *reply;
    ADD_FAILURE() << method << " " << target << ": " << reply.error().detail;
    return {};
  }
  HttpReply get(const std::string& target) { return call("GET", target, known_.alice.token); }
  std::string fresh_key() { return "key " + std::to_string(++keys_); }
  /// A typed request, written as a client of the codec does.
  Response ask(const Request& request, const std::string& token, const std::string& key = "") {
    const wire::Route& route = wire::route_of(request);
    const bool has_body = route.method == "POST";
    const HttpReply reply = call(std::string(route.method), wire::target_of(request), token,
                                 has_body ? wire::encode(request) : "", key);
    const Response response = response_of(reply);
    EXPECT_EQ(reply.status, wire::http_status(response)) << reply.body;
    return response;
  }
  Response ask_as_runner(const Request& request) {
    const auto* acquire = std::get_if<AcquireRequest>(&request);
    return ask(request, known_.runner.token,
               acquire != nullptr ? to_string(acquire->operation) : "");
  }
  static Response response_of(const HttpReply& reply) {
    auto response = wire::decode_response(reply.body);
    EXPECT_TRUE(response) << response.error() << ": " << reply.body;
    return response ? *response : Response{};
  }

  static std::string one_job(const std::string& name = "run") {
    return R"({"spec":{"name":")" + name + R"(","jobs":[{"name":"build","command":"true"}]}})";
  }
  HttpReply submit(const std::string& body, const std::string& key, const std::string& token) {
    return call("POST", "/api/v1/runs", token, body, key);
  }
  /// The new run.
  RunId submit(const std::string& body = one_job()) {
    const HttpReply reply = submit(body, fresh_key(), known_.alice.token);
    EXPECT_EQ(reply.status, 201) << reply.body;
    const Response response = response_of(reply);
    const auto* submitted = std::get_if<SubmitReply>(&response.body);
    return submitted == nullptr ? RunId{} : submitted->run;
  }
  static std::string target_of(RunId run, const std::string& rest = "") {
    return "/api/v1/runs/" + to_string(run) + rest;
  }
  RunView view(RunId run) {
    const Response response = ask(GetRunRequest{run}, known_.alice.token);
    const auto* found = std::get_if<RunView>(&response.body);
    return found == nullptr ? RunView{} : *found;
  }
  AcquireRequest acquisition(Duration wait) {
    return {random_id<OperationId>(random_), runner_, token_, 1, wait, {}};
  }
  std::vector<Grant> acquire(Duration wait = 30s) {
    const Response response = ask_as_runner(acquisition(wait));
    const auto* reply = std::get_if<AcquireReply>(&response.body);
    return reply == nullptr ? std::vector<Grant>{} : reply->grants;
  }
  Lease lease_of(const Grant& grant) const { return {grant.ref, grant.epoch, token_}; }
  bool is_ready() { return call("GET", "/readyz").status == 200; }

  static inline std::unique_ptr<PostgresServer> postgres_;
  static inline std::unique_ptr<RedisServer> redis_;

  const std::string database_ = postgres_->new_database();
  PrivateFolder folder_{"api_test", std::nullopt};
  FolderStore artifacts_{folder_.path()};
  TestTokens known_;
  KernelRandom random_;
  const RunnerId runner_ = random_id<RunnerId>(random_);
  const Token token_ = random_id<Token>(random_);
  std::unique_ptr<LiveOrchestrator> open_;
  HttpClient http_;
  std::atomic<int> keys_ = 0;
};

}  // namespace delta::test
