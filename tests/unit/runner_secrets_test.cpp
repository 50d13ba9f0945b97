// Secrets and logs of jobs, on a small cluster: fetched, redacted, uploaded, and what happens when
// a store is away or refuses.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::ArtifactState;
using delta::AttemptState;
using delta::RunState;

constexpr const char* kValue = "sk-correct-horse-battery";

class RunnerSecretsTest : public ClusterTest {
 protected:
  template <class Body>
  void run_with_secret(const ClusterOptions& options, Body body) {
    run(options, [this, &body] {
      cluster_->world().secrets.add("KEY", kValue);
      body();
    });
  }
  static delta::SharedSpec secret_job(delta::Duration duration, const std::string& name = "KEY") {
    delta::RunSpec spec;
    spec.name = "secret";
    delta::JobSpec& job = spec.jobs.emplace_back();
    job.secrets = {name};
    job.command = work_command(duration, 0, 0) + " --log 1 --echo-secret " + name;
    return prepare(std::move(spec)).value();
  }
  std::string stored_log(delta::RunId run) {
    const auto& objects = cluster_->world().artifacts.objects();
    const delta::Attempt& attempt = only_attempt(run);
    const auto found = objects.find(delta::artifact_path(attempt.ref(), attempt.token_hash, "log"));
    return found == objects.end() ? "no log" : found->second.content.bytes;
  }
  const delta::Complete& last_completion() {
    for (auto event = tables().audit().rbegin(); event != tables().audit().rend(); ++event) {
      const auto* complete = std::get_if<delta::Complete>(&event->what.message);
      if (complete != nullptr) return *complete;
    }
    throw std::runtime_error("nothing was completed");
  }
};

TEST_F(RunnerSecretsTest, a_log_is_uploaded_without_the_secrets_that_the_command_printed) {
  run_with_secret({}, [this] {
    const delta::RunId id = submit(1, secret_job(5s));
    wait(10s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    const std::string log = stored_log(id);
    EXPECT_EQ(log.rfind("line 1\nKEY=***\nauthorization: Basic ", 0), 0U) << log;
    EXPECT_EQ(log.find(kValue), std::string::npos);
    EXPECT_EQ(log.find("horse"), std::string::npos);
    EXPECT_NE(log.find("***", log.find("Basic")), std::string::npos) << log;
    ASSERT_EQ(last_completion().artifacts.size(), 1U);
    EXPECT_EQ(last_completion().artifacts[0].digest, delta::content_digest(log));
  });
}

TEST_F(RunnerSecretsTest, a_job_that_prints_nothing_has_no_log) {
  run({}, [this] {
    const delta::RunId id = submit(1, job(5s));
    wait(10s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_EQ(stored_log(id), "no log");
  });
}

TEST_F(RunnerSecretsTest, the_command_waits_for_its_secrets_and_the_lease_is_kept) {
  run_with_secret({}, [this] {
    cluster_->world().secrets.set_outage(true);
    const delta::RunId id = submit(1, secret_job(5s));
    wait(50s);
    EXPECT_EQ(only_attempt(id).state, AttemptState::starting);
    cluster_->world().secrets.set_outage(false);
    wait(20s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_EQ(tables().attempts().size(), 1U);
  });
}

TEST_F(RunnerSecretsTest, a_try_without_its_secrets_fails_as_infrastructure_and_is_made_again) {
  run_with_secret({}, [this] {
    cluster_->world().secrets.set_outage(true);
    const delta::RunId id = submit(1, secret_job(5s));
    wait(100s);
    EXPECT_EQ(tables().job(id, 0)->failures, 1);
    EXPECT_EQ(last_completion().failure, delta::FailureClass::infrastructure);
    EXPECT_EQ(state_of(id), RunState::running);
    cluster_->world().secrets.set_outage(false);
    wait(30s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
  });
}

TEST_F(RunnerSecretsTest, a_secret_that_does_not_exist_is_not_waited_for) {
  run_with_secret({}, [this] {
    const delta::RunId id = submit(1, secret_job(5s, "OTHER"));
    wait(30s);
    EXPECT_EQ(state_of(id), RunState::failed);
    EXPECT_EQ(tables().job(id, 0)->failures, 3);
    const delta::RunId good = submit(2, secret_job(5s));
    wait(10s);
    EXPECT_EQ(state_of(good), RunState::succeeded) << "the store works: no breaker may be open";
  });
}

TEST_F(RunnerSecretsTest, a_cancellation_ends_the_wait_for_secrets) {
  run_with_secret({}, [this] {
    cluster_->world().secrets.set_outage(true);
    const delta::RunId id = submit(1, secret_job(5s));
    wait(5s);
    ASSERT_TRUE(call(delta::CancelRequest{operation(2), id}));
    wait(29s);
    EXPECT_EQ(state_of(id), RunState::cancelled);
    EXPECT_EQ(only_attempt(id).lease_end, delta::LeaseEnd::cancelled) << "by acknowledgement";
  });
}

TEST_F(RunnerSecretsTest, what_may_not_be_uploaded_is_missing_at_once_and_the_exit_code_decides) {
  run_with_secret({}, [this] {
    cluster_->world().artifacts.set_read_only(true);
    std::vector<delta::RunId> runs;
    for (std::uint64_t i = 1; i <= 8; ++i) runs.push_back(submit(i, job(5s)));
    wait(25s);
    for (const delta::RunId id : runs) EXPECT_EQ(state_of(id), RunState::succeeded);
    ASSERT_EQ(last_completion().artifacts.size(), 1U);
    EXPECT_EQ(last_completion().artifacts[0].state, ArtifactState::missing);
    EXPECT_EQ(cluster_->world().artifacts.counters().denied, 8U) << "each was tried once";
  });
}

TEST_F(RunnerSecretsTest, a_broken_upload_is_made_again_and_whole) {
  run_with_secret({}, [this] {
    cluster_->world().artifacts.set_leaves_parts(true);
    cluster_->world().artifacts.add_partial_uploads(1'000'000);
    const delta::RunId id = submit(1, secret_job(5s));
    wait(20s);
    EXPECT_EQ(only_attempt(id).state, AttemptState::uploading);
    cluster_->world().artifacts.add_partial_uploads(-1'000'000);
    wait(15s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_EQ(last_completion().artifacts.at(0).digest, delta::content_digest(stored_log(id)));
  });
}

}  // namespace
}  // namespace aftershock
