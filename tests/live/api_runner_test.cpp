// The HTTP API over the real orchestrator, PostgreSQL and Redis: what runners ask, by hand, and the
// artifacts that they leave.
#include <filesystem>
#include <thread>

#include "tests/live/api_fixture.h"

namespace delta {
namespace {

using test::becomes;
using testing::HasSubstr;

class ApiRunnerTest : public test::ApiFixture {
 protected:
  void SetUp() override { open_ = open(); }

  void expect_lease(const Request& request) {
    const Response response = ask_as_runner(request);
    ASSERT_EQ(response.status, Status::ok) << response.detail;
    EXPECT_GT(std::get<LeaseReply>(response.body).ttl, 0s);
  }
  /// A lease on the only job of a new run.
  Lease lease_new_run(const std::string& body = one_job()) {
    submit(body);
    const std::vector<Grant> grants = acquire();
    EXPECT_EQ(grants.size(), 1U);
    return grants.empty() ? Lease{} : lease_of(grants[0]);
  }
  /// As the holder of the lease does.
  void put_artifact(const Lease& lease, const std::string& name, const std::string& bytes) {
    const std::string path = artifact_path(lease.ref, hash_token(lease.token), name);
    EXPECT_TRUE(artifacts_.put(path, content_of(bytes)));
  }
  void put_partial_log(const Lease& lease, const std::string& bytes) {
    const std::string path = partial_log_path(lease.ref, hash_token(lease.token));
    EXPECT_TRUE(artifacts_.put(path, content_of(bytes)));
  }
  HttpReply batch(const std::string& body) {
    return call("POST", "/api/v1/runner/batch", known_.runner.token, body);
  }
};

TEST_F(ApiRunnerTest, waits_for_work_in_vain) {
  const AcquireRequest request = acquisition(200ms);
  const Response response = ask_as_runner(request);
  EXPECT_TRUE(std::get<AcquireReply>(response.body).grants.empty());
  EXPECT_EQ(
      call("POST", "/api/v1/runner/acquire", known_.runner.token, wire::encode(request)).status,
      400);
}

TEST_F(ApiRunnerTest, is_woken_by_work) {
  std::vector<Grant> grants;
  std::thread runner([&] { grants = acquire(50s); });
  EXPECT_TRUE(
      becomes([this] { return call("GET", "/metrics").body.contains("delta_runners_seen 1\n"); }));
  const RunId run = submit();
  runner.join();
  ASSERT_EQ(grants.size(), 1U);
  EXPECT_EQ(grants[0].ref.run, run);
  EXPECT_EQ(grants[0].spec->jobs[grants[0].ref.job].command, "true");
}

TEST_F(ApiRunnerTest, gets_the_same_grants_again) {
  submit();
  AcquireRequest request = acquisition(30s);
  const auto grants = std::get<AcquireReply>(ask_as_runner(request).body).grants;
  ASSERT_EQ(grants.size(), 1U);
  request.wait = 0s;
  const auto again = std::get<AcquireReply>(ask_as_runner(request).body).grants;
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].ref, grants[0].ref);
}

TEST_F(ApiRunnerTest, leads_a_job_through_its_life) {
  const Lease lease = lease_new_run();
  expect_lease(StartRequest{lease});
  EXPECT_EQ(view(lease.ref.run).state, RunState::running);
  expect_lease(ReportRequest{lease, AttemptState::running});
  const Response beat =
      ask_as_runner(HeartbeatRequest{runner_, {lease}, {4, 1, 0, 0, 9, std::string(5000, 'n')}});
  const auto& leases = std::get<HeartbeatReply>(beat.body).leases;
  ASSERT_EQ(leases.size(), 1U);
  EXPECT_FALSE(leases[0].refused);
  EXPECT_FALSE(leases[0].cancel);
  EXPECT_THAT(call("GET", "/metrics").body, HasSubstr("delta_runner_slots 4\n"));
  const Response listed = ask(ListRunnersRequest{}, known_.alice.token);
  const auto& runners = std::get<ListRunnersReply>(listed.body).runners;
  ASSERT_EQ(runners.size(), 1U);
  EXPECT_EQ(runners[0].runner, runner_);
  EXPECT_EQ(runners[0].finished, 9U);
  EXPECT_EQ(runners[0].name, std::string(100, 'n')) << "more is not kept";
  expect_lease(ReportRequest{lease, AttemptState::uploading});
  const CompleteRequest complete{lease, true, {}, {{"out.bin", ArtifactState::stored, 7}}};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask_as_runner(complete).status, Status::ok);
  EXPECT_EQ(view(lease.ref.run).state, RunState::succeeded);
  const Response late = ask_as_runner(ReportRequest{lease, AttemptState::running});
  EXPECT_EQ(late.status, Status::refused);
  Lease forged = lease;
  forged.token = random_id<Token>(random_);
  EXPECT_EQ(ask_as_runner(StartRequest{forged}).status, Status::refused);
  const Response artifacts = ask(ListArtifactsRequest{lease.ref.run}, known_.alice.token);
  const auto& attempts = std::get<ListArtifactsReply>(artifacts.body).attempts;
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts[0].artifacts[0].name, "out.bin");
}

TEST_F(ApiRunnerTest, hears_of_a_cancellation) {
  const Lease lease = lease_new_run();
  expect_lease(StartRequest{lease});
  ask(CancelRequest{random_id<OperationId>(random_), lease.ref.run}, known_.alice.token,
      "no id at all");
  const auto key = random_id<OperationId>(random_);
  const Response cancelled =
      ask(CancelRequest{key, lease.ref.run}, known_.alice.token, to_string(key));
  EXPECT_EQ(std::get<CancelReply>(cancelled.body).state, RunState::cancel_requested);
  const Response beat = ask_as_runner(HeartbeatRequest{runner_, {lease}, {}});
  EXPECT_TRUE(std::get<HeartbeatReply>(beat.body).leases.at(0).cancel);
  EXPECT_EQ(ask_as_runner(CancelAckRequest{lease}).status, Status::ok);
  EXPECT_EQ(view(lease.ref.run).state, RunState::cancelled);
}

TEST_F(ApiRunnerTest, sends_several_messages_at_once) {
  const Lease first = lease_new_run();
  const Lease second = lease_new_run();
  Lease forged = first;
  forged.token = random_id<Token>(random_);
  const HttpReply reply = batch(wire::encode_batch(std::vector<Request>{
      StartRequest{first}, StartRequest{forged}, StartRequest{second}, StartRequest{first}}));
  EXPECT_EQ(reply.status, 200);
  const auto responses = wire::decode_batch_responses(reply.body);
  ASSERT_TRUE(responses) << responses.error();
  ASSERT_EQ(responses->size(), 4U);
  EXPECT_EQ((*responses)[0].status, Status::ok);
  EXPECT_EQ((*responses)[1].status, Status::refused);
  EXPECT_EQ((*responses)[2].status, Status::ok);
  EXPECT_EQ((*responses)[3].status, Status::ok);
  EXPECT_EQ(batch("[]").body, "[]\n");
  EXPECT_EQ(batch("").status, 422);
  EXPECT_EQ(batch("[{\"kind\":\"submit\"}]").status, 422);
}

TEST_F(ApiRunnerTest, goes_away_while_it_waits) {
  const AcquireRequest request = acquisition(1s);
  test::HandClient gone(open_->server.port());
  gone.send(test::request_text("POST /api/v1/runner/acquire",
                               "Authorization: Bearer " + known_.runner.token +
                                   "\r\nIdempotency-Key: " + to_string(request.operation) + "\r\n",
                               wire::encode(request)));
  EXPECT_TRUE(
      becomes([this] { return call("GET", "/metrics").body.contains("delta_runners_seen 1\n"); }));
  gone.reset();
  // Only the connection of this test's client is left.
  EXPECT_TRUE(becomes([this] { return open_->server.counters().connections == 1; }));
}

TEST_F(ApiRunnerTest, leaves_a_log_and_artifacts) {
  const Lease lease = lease_new_run(
      R"({"spec":{"jobs":[{"name":"1","command":"x"},{"name":"b","command":"y","needs":["1"]}]}})");
  std::string large;
  while (large.size() < (5 << 20)) large += std::to_string(random_.next());
  put_artifact(lease, "log", "it printed this\n");
  put_artifact(lease, "out/large.bin", large);
  const std::string job = target_of(lease.ref.run, "/jobs/");
  // Names come before indices: this job's name is another's index.
  for (const std::string word : {"1", "0"}) {
    const HttpReply log = get(job + word + "/log");
    EXPECT_EQ(log.status, 200) << log.body;
    EXPECT_EQ(log.body, "it printed this\n");
    EXPECT_EQ(log.headers.at("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(log.headers.at("x-content-type-options"), "nosniff");
  }
  const HttpReply artifact = get(job + "1/artifacts/out%2Flarge.bin");
  EXPECT_EQ(artifact.status, 200);
  EXPECT_TRUE(artifact.body == large);
  EXPECT_EQ(artifact.headers.at("content-type"), "application/octet-stream");
  EXPECT_EQ(get(job + "b/log").status, 404);
  EXPECT_EQ(get(job + "2/log").status, 404);
  EXPECT_EQ(get(job + "1/artifacts/other").status, 404);
  EXPECT_EQ(get(job + "1/artifacts/..%2F..%2Ftokens").status, 404);
  EXPECT_EQ(get(job + "1/artifacts/%2Fetc%2Fpasswd").status, 404);
  EXPECT_EQ(get(job + "1/artifacts/" + std::string(2'000, 'x')).status, 404);
  EXPECT_EQ(get(target_of(random_id<RunId>(random_), "/jobs/0/log")).status, 404);
}

TEST_F(ApiRunnerTest, shows_a_log_while_its_job_runs) {
  const Lease lease = lease_new_run();
  const std::string log = target_of(lease.ref.run, "/jobs/build/log");
  EXPECT_EQ(get(log).status, 404);
  put_partial_log(lease, "one\ntwo\n");
  HttpReply reply = get(log);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "one\ntwo\n");
  EXPECT_EQ(reply.headers.at("x-delta-log"), "partial");
  EXPECT_EQ(reply.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(get(log + "?offset=4").body, "two\n");
  for (const std::string offset : {"8", "9", "18446744073709551615"}) {
    reply = get(log + "?offset=" + offset);
    EXPECT_EQ(reply.status, 200) << offset;
    EXPECT_EQ(reply.body, "") << offset;
  }
  for (const std::string wrong : {"offset=", "offset=-1", "offset=1x",
                                  "offset=18446744073709551616", "attempt=1", "ofset=1"}) {
    EXPECT_EQ(get(log + "?" + wrong).status, 400) << wrong;
  }
  put_artifact(lease, "log", "one\ntwo\nthree\n");
  reply = get(log + "?offset=8");
  EXPECT_EQ(reply.body, "three\n");
  EXPECT_FALSE(reply.headers.contains("x-delta-log"));
  // What is no artifact is not given as one.
  EXPECT_EQ(get(target_of(lease.ref.run, "/jobs/build/artifacts/log.partial")).status, 404);
}

TEST_F(ApiRunnerTest, shows_the_log_of_an_attempt_that_was_not_the_last) {
  const Lease earlier = lease_new_run();
  put_partial_log(earlier, "it was lost\n");
  const std::string log = target_of(earlier.ref.run, "/jobs/build/log");
  const std::string of_earlier = "attempt=" + to_string(earlier.ref.attempt);
  const CompleteRequest failure{earlier, false, FailureClass::infrastructure, {}};
  EXPECT_EQ(ask_as_runner(failure).status, Status::ok);
  EXPECT_EQ(get(log).status, 404);
  EXPECT_EQ(get(log + "?offset=7&" + of_earlier).body, "lost\n");
  EXPECT_EQ(get(log + "?attempt=" + to_string(random_id<AttemptId>(random_))).status, 404);
  const Lease other = lease_new_run();
  EXPECT_EQ(get(target_of(other.ref.run, "/jobs/0/log?") + of_earlier).status, 404);
}

TEST_F(ApiRunnerTest, shows_nothing_that_another_lease_of_the_same_attempt_has_left) {
  // A restore took the database back to before that lease; its holder knows nothing of it.
  Lease lost = lease_new_run();
  lost.token = random_id<Token>(random_);
  put_partial_log(lost, "one\n");
  put_artifact(lost, "log", "one\ntwo\n");
  const std::string job = target_of(lost.ref.run, "/jobs/build");
  EXPECT_EQ(get(job + "/log").status, 404);
  EXPECT_EQ(get(job + "/artifacts/log").status, 404);
}

TEST_F(ApiRunnerTest, gives_a_log_that_no_runner_left_from_its_beginning_only) {
  const Lease lease = lease_new_run();
  const std::string long_log(3 << 20, 'x');
  put_artifact(lease, "log", long_log);
  const std::string log = target_of(lease.ref.run, "/jobs/build/log");
  EXPECT_TRUE(get(log).body == long_log);
  EXPECT_EQ(get(log + "?offset=1").status, 422);
}

}  // namespace
}  // namespace delta
