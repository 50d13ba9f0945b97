// What a running job has printed, in the simulated world: stored while it runs, without its
// secrets, and at nobody's expense.
#include "tests/unit/cluster_fixture.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;
using delta::AttemptState;
using delta::RunState;

constexpr const char* kValue = "sk-correct-horse-battery";

class RunnerLogsTest : public ClusterTest {
 protected:
  /// Prints its lines one after the other, the last one at its end.
  static delta::SharedSpec printing_job(delta::Duration duration, int lines) {
    delta::RunSpec spec;
    spec.name = "printing";
    spec.jobs.emplace_back().command =
        work_command(duration, 0, 0) + " --log " + std::to_string(lines);
    return prepare(std::move(spec)).value();
  }
  static std::string lines(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
  }
  std::string stored(const std::string& path) {
    const auto& objects = cluster_->world().artifacts.objects();
    const auto found = objects.find(path);
    return found == objects.end() ? "nothing" : found->second.content.bytes;
  }
  std::string partial_of(const delta::Attempt& attempt) {
    return stored(delta::partial_log_path(attempt.ref(), attempt.token_hash));
  }
  std::string log_of(const delta::Attempt& attempt) {
    return stored(delta::artifact_path(attempt.ref(), attempt.token_hash, delta::kLogName));
  }
  std::string partial(delta::RunId run) { return partial_of(only_attempt(run)); }
  std::string log(delta::RunId run) { return log_of(only_attempt(run)); }
  sim::RequestGate& store() { return cluster_->world().artifacts.gate(); }
};

TEST_F(RunnerLogsTest, can_be_read_while_the_job_runs) {
  run({}, [this] {
    const delta::RunId id = submit(1, printing_job(60s, 6));
    wait(14s);
    EXPECT_EQ(partial(id), "nothing") << "an interval has not passed since the first line";
    wait(3s);
    EXPECT_EQ(partial(id), lines(1));
    wait(10s);
    EXPECT_EQ(partial(id), lines(2));
    EXPECT_EQ(log(id), "nothing");
    wait(40s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_EQ(log(id), lines(6));
    EXPECT_EQ(partial(id), lines(5)) << "the rest is in the log";
    const auto& complete = std::get<delta::Complete>(tables().audit().back().what.message);
    ASSERT_EQ(complete.artifacts.size(), 1U) << "it is no artifact";
    EXPECT_EQ(complete.artifacts[0].name, "log");
  });
}

TEST_F(RunnerLogsTest, outlive_the_runner) {
  run({}, [this] {
    const delta::RunId id = submit(1, printing_job(60s, 6));
    wait(27s);
    const delta::Attempt first = only_attempt(id);
    cluster_->world().runners[0]->kill();
    wait(4min);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_NE(only_attempt(id).id, first.id);
    EXPECT_EQ(partial_of(first), lines(2));
    EXPECT_EQ(log_of(first), "nothing");
    EXPECT_EQ(log(id), lines(6));
  });
}

TEST_F(RunnerLogsTest, of_short_and_of_silent_jobs_are_not_stored_before_their_end) {
  run({}, [this] {
    const delta::RunId quick = submit(1, printing_job(6s, 2));
    const delta::RunId silent = submit(2, job(60s));
    wait(65s);
    EXPECT_EQ(state_of(quick), RunState::succeeded);
    EXPECT_EQ(log(quick), lines(2));
    EXPECT_EQ(partial(quick), "nothing");
    EXPECT_EQ(state_of(silent), RunState::succeeded);
    EXPECT_EQ(partial(silent), "nothing");
  });
}

TEST_F(RunnerLogsTest, of_a_cancelled_job_have_all_that_it_printed) {
  run({}, [this] {
    const delta::RunId id = submit(1, printing_job(100s, 100));
    wait(4s);
    ASSERT_TRUE(call(delta::CancelRequest{operation(2), id}));
    wait(20s);
    EXPECT_EQ(state_of(id), RunState::cancelled);
    // It ran until a heartbeat told, just short of 20 s.
    EXPECT_EQ(partial(id), lines(19));
    EXPECT_EQ(log(id), "nothing");
  });
}

TEST_F(RunnerLogsTest, are_tried_again_after_an_interval_when_the_store_was_away) {
  run({}, [this] {
    store().set_outage(true);
    const delta::RunId id = submit(1, printing_job(10min, 60));
    wait(65s);
    EXPECT_LE(store().refused(), 11U) << "one try an interval";
    EXPECT_GT(store().refused(), 5U);
    store().set_outage(false);
    wait(6s);
    EXPECT_EQ(partial(id).rfind(lines(6), 0), 0U) << partial(id);
  });
}

TEST_F(RunnerLogsTest, do_not_delay_a_job_that_ends_while_the_store_hangs) {
  run({}, [this] {
    const delta::RunId id = submit(1, printing_job(30s, 30));
    wait(20s);
    store().add_latency(1h);
    wait(8s);
    store().add_latency(-1h);
    EXPECT_EQ(store().slowed(), 1U) << "nothing was under way";
    wait(4s);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_EQ(log(id), lines(30));
    wait(2h);
    EXPECT_EQ(log(id), lines(30)) << "what arrives late is not put in its place";
    EXPECT_LT(partial(id).size(), log(id).size());
  });
}

TEST_F(RunnerLogsTest, do_not_delay_a_cancellation_while_the_store_hangs) {
  run({}, [this] {
    const delta::RunId id = submit(1, printing_job(10min, 600));
    wait(5s);
    store().add_latency(1h);
    ASSERT_TRUE(call(delta::CancelRequest{operation(2), id}));
    wait(22s);
    EXPECT_GT(store().slowed(), 0U);
    EXPECT_EQ(state_of(id), RunState::cancelled);
    EXPECT_EQ(only_attempt(id).lease_end, delta::LeaseEnd::cancelled) << "by acknowledgement";
  });
}

TEST_F(RunnerLogsTest, do_not_delay_self_fencing_while_the_store_hangs) {
  run({.runners = 2}, [this] {
    const delta::RunId id = submit(1, printing_job(10min, 600));
    wait(5s);
    const delta::AttemptId first = only_attempt(id).id;
    const std::size_t holder = only_attempt(id).runner == runner_id(0) ? 0 : 1;
    store().add_latency(1h);
    sim::World& world = cluster_->world();
    const sim::HostId host = world.runners[holder]->host();
    for (const auto& orchestrator : world.orchestrators) {
      world.network.cut(host, orchestrator->host());
      world.network.cut(orchestrator->host(), host);
    }
    wait(130s);
    EXPECT_EQ(tables().attempt(first)->state, AttemptState::lost);
    store().add_latency(-1h);
    wait(11min);
    EXPECT_EQ(state_of(id), RunState::succeeded);
    const std::string rest = partial_of(*tables().attempt(first));
    EXPECT_LT(rest.size(), lines(120).size()) << "it printed after its lease had ended";
  });
}

TEST_F(RunnerLogsTest, never_show_a_part_of_a_secret) {
  run({}, [this] {
    cluster_->world().secrets.add("KEY", kValue);
    delta::RunSpec spec;
    spec.name = "secret";
    delta::JobSpec& job = spec.jobs.emplace_back();
    job.secrets = {"KEY"};
    // At 20 s "KEY=" and half of the value, at 40 s the rest of it, at 60 s base64 with it, then
    // lines that leave the redactor no end to keep back.
    job.command = work_command(60s, 0, 0) + " --echo-secret KEY";
    const delta::RunId id = submit(1, prepare(std::move(spec)).value());
    std::string last;
    for (int second = 0; second < 65; ++second) {
      wait(1s);
      const std::string text = partial(id);
      EXPECT_EQ(text.find("sk-corr"), std::string::npos) << text;
      EXPECT_EQ(text.find("battery"), std::string::npos) << text;
      if (text != "nothing") last = text;
    }
    EXPECT_EQ(state_of(id), RunState::succeeded);
    EXPECT_EQ(log(id).rfind("KEY=***\nauth", 0), 0U) << log(id);
    EXPECT_EQ(log(id).rfind(last, 0), 0U) << "each is a beginning of the log";
  });
}

TEST_F(RunnerLogsTest, of_jobs_side_by_side_have_an_interval_each) {
  run({.settings = "{log_interval: 10s}"}, [this] {
    const delta::RunId one = submit(1, printing_job(100s, 100));
    wait(4s);
    const delta::RunId other = submit(2, printing_job(100s, 100));
    wait(8s);
    EXPECT_NE(partial(one), "nothing");
    EXPECT_EQ(partial(other), "nothing");
    wait(4s);
    EXPECT_NE(partial(other), "nothing");
    wait(2min);
    EXPECT_EQ(log(one), lines(100));
    EXPECT_EQ(log(other), lines(100));
  });
}

}  // namespace
}  // namespace aftershock
