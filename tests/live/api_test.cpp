// The HTTP API over the real orchestrator, PostgreSQL and Redis: what clients and operators ask.
#include "tests/live/api_fixture.h"

namespace delta {
namespace {

using test::becomes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

class ApiTest : public test::ApiFixture {
 protected:
  void SetUp() override { open_ = open(); }

  std::vector<RunId> listed(const std::string& query) {
    const HttpReply reply = get("/api/v1/runs" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<RunId> runs;
    const Response response = response_of(reply);
    for (const RunSummary& run : std::get<ListRunsReply>(response.body).runs) {
      runs.push_back(run.id);
    }
    return runs;
  }
  int status_with(const std::string& authorization, const std::string& target) {
    const auto reply =
        http_.call({.url = open_->url(target), .headers = {{"Authorization", authorization}}});
    return reply ? static_cast<int>(reply->status) : 0;
  }
  std::string audited(const std::string& what, const std::string& kind) {
    return postgres_->run_sql(
        "SELECT event::json" + what +
            " FROM delta.audit WHERE event::json -> 'message' ->> 'kind' = '" + kind + "'",
        database_);
  }
};

TEST_F(ApiTest, tells_why_it_does_not_know_a_request) {
  const HttpReply nothing = call("GET", "/nothing");
  EXPECT_EQ(nothing.status, 404);
  EXPECT_EQ(nothing.body,
            "{\"status\":\"invalid\",\"detail\":\"there is nothing at this path\"}\n");
  EXPECT_EQ(nothing.headers.at("content-type"), "application/json");
  const HttpReply method = call("DELETE", "/api/v1/runs");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.at("allow"), "POST, GET");
  EXPECT_EQ(call("HEAD", "/livez").status, 405);
  EXPECT_EQ(get("/api/v1/runs/xyz").status, 404);
  EXPECT_EQ(get("/api/v1/runs/xyz/jobs/0/log").status, 404);
  EXPECT_EQ(get("/api/v1/runs?stat=queued").status, 400);
  EXPECT_EQ(get("/api/v1/runs?state=sleeping").status, 400);
  EXPECT_EQ(get("/api/v1/runs?after=xyz").status, 400);
  for (const std::string limit : {"", "0", "501", "-1", "1e2", "99999999999"}) {
    EXPECT_EQ(get("/api/v1/runs?limit=" + limit).status, 400) << limit;
  }
  test::HandClient by_hand(open_->server.port());
  EXPECT_EQ(by_hand.ask(test::request_text("GET /livez", {}, "{}")).status, 400);
}

TEST_F(ApiTest, wants_a_token_with_the_role) {
  const std::string run = target_of(submit());
  EXPECT_EQ(get(run).status, 200);
  const HttpReply nobody = call("GET", run);
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.headers.at("www-authenticate"), "Bearer");
  EXPECT_EQ(status_with("Bearer " + known_.alice.token, run), 200);
  EXPECT_EQ(status_with("bearer " + known_.alice.token, run), 200);
  for (const std::string& wrong :
       {std::string("Bearer"), std::string("Bearer "), std::string("Bearer unknown"),
        "Basic " + known_.alice.token, known_.alice.token, "Bearer " + known_.alice.token + "x",
        "Bearer " + known_.alice.line.substr(13)}) {
    EXPECT_EQ(status_with(wrong, run), 401) << wrong;
  }
  const std::string start = "/api/v1/runner/start";
  const std::string pause = "/api/v1/admin/pause_ingestion";
  EXPECT_EQ(call("GET", run, known_.runner.token).status, 403);
  EXPECT_EQ(call("GET", run, known_.ann.token).status, 200);
  EXPECT_EQ(call("POST", start, known_.alice.token).status, 403);
  EXPECT_EQ(call("POST", start, known_.ann.token).status, 403);
  EXPECT_EQ(call("POST", pause, known_.alice.token, "", fresh_key()).status, 403);
  EXPECT_EQ(call("POST", pause, known_.runner.token, "", fresh_key()).status, 403);
  EXPECT_EQ(call("POST", "/api/v1/runs", "", one_job()).status, 401);
}

TEST_F(ApiTest, goes_by_the_tokens_that_were_read_last) {
  const test::TestTokens former = known_;
  test::TestTokens later;
  later.alice = http::make_token(test::Role::client, "alice", "another");
  open_->tokens.replace(read_tokens(later.lines()));
  EXPECT_EQ(call("GET", "/api/v1/runs", former.alice.token).status, 401);
  EXPECT_EQ(call("GET", "/api/v1/runs", later.alice.token).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/runs", former.bob.token).status, 200);
}

TEST_F(ApiTest, needs_a_key_for_what_must_not_happen_twice) {
  EXPECT_EQ(submit(one_job(), "", known_.alice.token).status, 400);
  EXPECT_EQ(submit(one_job(), std::string(201, 'x'), known_.alice.token).status, 400);
  const HttpReply first = submit(one_job(), "first", known_.alice.token);
  EXPECT_EQ(first.status, 201);
  const HttpReply again = submit(one_job(), "first", known_.alice.token);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  const HttpReply other = submit(one_job("other"), "first", known_.alice.token);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(response_of(other).status, Status::key_reused);
  const HttpReply of_bob = submit(one_job(), "first", known_.bob.token);
  EXPECT_EQ(of_bob.status, 201);
  EXPECT_NE(of_bob.body, first.body);
  EXPECT_EQ(listed("").size(), 2U);
}

TEST_F(ApiTest, compares_a_key_that_the_body_repeats) {
  const auto operation = random_id<OperationId>(random_);
  const auto spec = wire::decode_spec(R"({"jobs":[{"name":"a","command":"true"}]})");
  const Request request = SubmitRequest{operation, *spec};
  EXPECT_EQ(ask(request, known_.alice.token, to_string(operation)).status, Status::ok);
  EXPECT_EQ(submit(wire::encode(request), "another", known_.alice.token).status, 422);
}

TEST_F(ApiTest, refuses_specifications_with_a_reason) {
  const auto refused = [this](const std::string& body) {
    const HttpReply reply = submit(body, fresh_key(), known_.alice.token);
    EXPECT_EQ(reply.status, 422) << body;
    return reply.body;
  };
  EXPECT_THAT(refused("not json"), HasSubstr("invalid"));
  EXPECT_THAT(refused(""), HasSubstr("spec"));
  EXPECT_THAT(refused("[]"), HasSubstr("invalid"));
  EXPECT_THAT(refused("\xff\xfe"), HasSubstr("invalid"));
  EXPECT_THAT(refused(R"({"spec":{"jobs":[]}})"), HasSubstr("at least one job"));
  EXPECT_THAT(refused(R"({"spec":{"jobs":[{"name":"a","comand":"b"}]}})"), HasSubstr("command"));
  EXPECT_THAT(refused(std::string(100'000, '[')), HasSubstr("invalid"));
  const std::string large(2 << 20, ' ');
  EXPECT_EQ(submit(large, fresh_key(), known_.alice.token).status, 413);
}

TEST_F(ApiTest, lists_runs_in_pages) {
  std::vector<RunId> runs;
  for (int i = 0; i < 5; ++i) runs.insert(runs.begin(), submit(one_job(std::to_string(i))));
  EXPECT_EQ(listed(""), runs);
  EXPECT_EQ(listed("?limit=2"), (std::vector{runs[0], runs[1]}));
  EXPECT_EQ(listed("?limit=2&after=" + to_string(runs[1])), (std::vector{runs[2], runs[3]}));
  EXPECT_EQ(listed("?limit=2&after=" + to_string(runs[3])), (std::vector{runs[4]}));
  EXPECT_TRUE(listed("?after=" + to_string(runs[4])).empty());
  EXPECT_EQ(call("POST", target_of(runs[2], "/cancel"), known_.alice.token, "", fresh_key()).status,
            200);
  EXPECT_EQ(listed("?state=cancelled"), (std::vector{runs[2]}));
  EXPECT_EQ(listed("?state=queued&limit=500").size(), 4U);
  EXPECT_EQ(view(runs[0]).spec->name, "4");
}

TEST_F(ApiTest, cancels_and_reruns) {
  const RunId run = submit();
  const std::string key = fresh_key();
  for (int i = 0; i < 2; ++i) {
    const Response cancelled =
        response_of(call("POST", target_of(run, "/cancel"), known_.bob.token, "", key));
    EXPECT_EQ(std::get<CancelReply>(cancelled.body).state, RunState::cancelled);
  }
  EXPECT_EQ(view(run).state, RunState::cancelled);
  const std::string rerun_key = fresh_key();
  const HttpReply rerun = call("POST", target_of(run, "/rerun"), known_.alice.token, "", rerun_key);
  EXPECT_EQ(rerun.status, 201);
  EXPECT_EQ(call("POST", target_of(run, "/rerun"), known_.alice.token, "", rerun_key).body,
            rerun.body);
  const RunId again = std::get<SubmitReply>(response_of(rerun).body).run;
  EXPECT_NE(again, run);
  EXPECT_EQ(view(again).state, RunState::queued);
  EXPECT_EQ(view(again).spec->jobs[0].command, "true");
  const RunId unknown = random_id<RunId>(random_);
  EXPECT_EQ(call("POST", target_of(unknown, "/cancel"), known_.alice.token, "", fresh_key()).status,
            404);
  EXPECT_EQ(call("POST", target_of(unknown, "/rerun"), known_.alice.token, "", fresh_key()).status,
            404);
  EXPECT_EQ(get(target_of(unknown)).status, 404);
}

TEST_F(ApiTest, lets_operators_act_by_name) {
  const auto act = [this](const std::string& action, const std::string& body) {
    return call("POST", "/api/v1/admin/" + action, known_.ann.token, body, fresh_key());
  };
  EXPECT_EQ(act("pause_ingestion", "").status, 200);
  EXPECT_EQ(submit(one_job(), fresh_key(), known_.alice.token).status, 503);
  EXPECT_EQ(act("resume_ingestion", "{}").status, 200);
  submit();
  EXPECT_EQ(act("set_lease_ttl", R"({"ttl":"5m","for_how_long":"1h"})").status, 200);
  EXPECT_EQ(act("set_lease_ttl", R"({"ttl":"1s","for_how_long":"1h"})").status, 422);
  EXPECT_EQ(act("limit_concurrency", R"({"most":7})").status, 200);
  EXPECT_EQ(act("limit_submissions", R"({"per_minute":1000})").status, 200);
  const HttpReply reenqueued = act("reenqueue", R"({"all":true})");
  EXPECT_EQ(reenqueued.status, 200) << reenqueued.body;
  EXPECT_EQ(std::get<AdminReply>(response_of(reenqueued).body).rows, 1U);
  EXPECT_EQ(act("reenqueue", "{}").status, 422);
  EXPECT_EQ(act("revoke_leases", R"({"all":true})").status, 200);
  const HttpReply began = act("begin_generation", "");
  EXPECT_EQ(began.status, 200);
  const Response response = response_of(began);
  EXPECT_EQ(std::get<AdminReply>(response.body).policy.most_leases, 7U);
  EXPECT_THAT(audited(" -> 'message' ->> 'who'", "set_policy"), HasSubstr("ann\nann\nann"));
  EXPECT_THAT(audited(" -> 'message' ->> 'who'", "reenqueue"), HasSubstr("ann"));
  EXPECT_THAT(audited(" -> 'message' ->> 'who'", "raise_generation"), HasSubstr("ann"));
  EXPECT_THAT(audited(" -> 'actor' ->> 'kind'", "set_policy"), HasSubstr("operator"));
  // Nobody acts in another's name.
  EXPECT_EQ(act("pause_ingestion", R"({"who":"bob"})").status, 422);
}

TEST_F(ApiTest, says_how_it_is) {
  EXPECT_EQ(call("GET", "/version").body, "{\"version\":\"1.2.3\"}\n");
  EXPECT_EQ(call("GET", "/livez").body, "{\"live\":true,\"stuck\":[]}\n");
  EXPECT_TRUE(becomes([this] { return is_ready(); }));
  EXPECT_EQ(call("GET", "/readyz").body,
            "{\"ready\":true,\"database\":true,\"queue\":true,\"draining\":false}\n");
  submit();
  const HttpReply metrics = call("GET", "/metrics");
  EXPECT_THAT(metrics.headers.at("content-type"), HasSubstr("text/plain; version=0.0.4"));
  for (const MetricInfo& metric : kMetrics) {
    EXPECT_THAT(metrics.body, HasSubstr("# TYPE " + std::string(metric.name) + " "));
  }
  EXPECT_THAT(metrics.body, HasSubstr("delta_answers_total{status=\"ok\"} 1\n"));
  EXPECT_THAT(metrics.body, HasSubstr("delta_database_up 1\n"));
}

TEST_F(ApiTest, says_in_detail_how_it_is) {
  EXPECT_TRUE(becomes([this] { return is_ready(); }));
  submit();
  EXPECT_TRUE(becomes(
      [this] { return call("GET", "/metrics").body.contains("\ndelta_queue_latency_seconds "); }));
  const HttpReply health = call("GET", "/healthz");
  EXPECT_EQ(health.status, 200);
  EXPECT_THAT(
      health.body,
      MatchesRegex(
          R"(\{"status":"ok","roles":\["api","dispatch","schedule","reap"\],"dependencies":\[)"
          R"(\{"name":"database","up":true,"breaker":"closed","opened":0,"latency":"[0-9a-z]+",)"
          R"("measured":"[0-9a-z]+"\},\{"name":"queue","up":true,"breaker":"closed","opened":0,)"
          R"("latency":"[0-9a-z]+","measured":"[0-9a-z]+"\}\],"stuck":\[\],"draining":false\})"
          "\n"));
}

TEST_F(ApiTest, is_live_and_not_ready_without_its_database) {
  const RunId before = submit();
  EXPECT_TRUE(becomes([this] { return is_ready(); }));
  postgres_->stop(PostgresServer::Stop::immediate);
  EXPECT_TRUE(becomes([this] { return !is_ready(); }));
  EXPECT_EQ(call("GET", "/readyz").status, 503);
  EXPECT_EQ(call("GET", "/livez").status, 200);
  EXPECT_EQ(call("GET", "/metrics").status, 200);
  EXPECT_TRUE(becomes([this] {
    return call("GET", "/healthz").body.contains("\"up\":false,\"breaker\":\"open\",\"opened\":1,");
  }));
  EXPECT_EQ(call("GET", "/healthz").status, 503);
  EXPECT_THAT(call("GET", "/healthz").body, HasSubstr("{\"status\":\"down\""));
  const HttpReply refused = submit(one_job(), "during", known_.alice.token);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_EQ(get(target_of(before)).status, 503);
  postgres_->start();
  EXPECT_TRUE(becomes([this] { return is_ready(); }));
  EXPECT_TRUE(
      becomes([this] { return submit(one_job(), "during", known_.alice.token).status == 201; }));
  EXPECT_EQ(view(before).state, RunState::queued);
}

TEST_F(ApiTest, answers_only_for_its_roles) {
  open_.reset();
  open_ = open({.api = false});
  EXPECT_EQ(submit(one_job(), fresh_key(), known_.alice.token).status, 503);
  EXPECT_EQ(get("/api/v1/runs").status, 503);
  EXPECT_TRUE(acquire(10ms).empty());
  EXPECT_EQ(call("GET", "/livez").status, 200);
  open_.reset();
  open_ = open({.dispatch = false});
  submit();
  EXPECT_EQ(ask_as_runner(acquisition(10ms)).status, Status::unavailable);
}

TEST_F(ApiTest, adopts_what_others_left_only_in_the_role_schedule) {
  const std::string adopted = R"(delta_background_job_runs_total{task="adopt",result="ok"} )";
  const auto adopts = [&] {
    const std::string text = call("GET", "/metrics").body;
    const std::size_t at = text.find(adopted);
    return at != std::string::npos && text[at + adopted.size()] != '0';
  };
  EXPECT_TRUE(becomes(adopts));
  open_.reset();
  open_ = open({.schedule = false});
  EXPECT_TRUE(becomes([this] { return is_ready(); }));
  std::this_thread::sleep_for(3 * test::quick_settings().outbox_interval);
  EXPECT_FALSE(adopts());
}

TEST_F(ApiTest, takes_nothing_more_while_it_drains) {
  EXPECT_TRUE(becomes([this] { return is_ready(); }));
  open_->stop();
  EXPECT_EQ(submit(one_job(), fresh_key(), known_.alice.token).status, 503);
  EXPECT_THAT(call("GET", "/readyz").body, HasSubstr("\"draining\":true"));
  EXPECT_EQ(call("GET", "/livez").status, 200);
}

TEST_F(ApiTest, reads_token_files_strictly) {
  const auto error_of = [this](const std::string& text) {
    const std::string file = folder_.path() / "wrong";
    std::ofstream(file) << text;
    const auto tokens = http::Tokens::read(file);
    return tokens ? "read" : tokens.error().substr(file.size());
  };
  const std::string hash(64, 'a');
  EXPECT_EQ(error_of("client a " + hash + "\nadmin b " + std::string(64, 'b')), "read");
  EXPECT_THAT(error_of(""), HasSubstr("holds no token"));
  EXPECT_THAT(error_of("# none\n"), HasSubstr("holds no token"));
  EXPECT_EQ(error_of("client a"), ":1: a line is: role name sha256-of-the-token");
  EXPECT_EQ(error_of("client a " + hash + " b"), ":1: a line is: role name sha256-of-the-token");
  EXPECT_EQ(error_of("\nroot a " + hash), ":2: the role is client, runner or admin, not 'root'");
  EXPECT_EQ(error_of("none a " + hash), ":1: the role is client, runner or admin, not 'none'");
  EXPECT_THAT(error_of("client a " + std::string(64, 'A')), HasSubstr("64 lower-case"));
  EXPECT_THAT(error_of("client a " + hash + "\nadmin a " + hash), HasSubstr("was there before"));
  EXPECT_THAT(error_of("client " + std::string(65, 'a') + " " + hash), HasSubstr("too long"));
  EXPECT_FALSE(http::Tokens::read("/nowhere/tokens"));
}

}  // namespace
}  // namespace delta
