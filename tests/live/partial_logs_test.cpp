// The log of a real command, in a real folder, while it runs: the runner with an orchestrator that
// has one job for it.
#include <condition_variable>
#include <functional>
#include <mutex>

#include "platform/artifacts/folder_store.h"
#include "runner/runner.h"
#include "tests/live/subprocess_fixture.h"

namespace delta {
namespace {

constexpr AttemptRef kRef{{1, 1}, 0, {2, 2}};
/// The redactor keeps as many bytes back as a secret and its base64 may have.
const std::string kPadding = std::string(60, '.');

/// Grants one job, once, and takes whatever the runner says of it.
class OneJob final : public Transport {
 public:
  /// `granted`: told the token of the lease.
  OneJob(SharedSpec spec, std::function<void(const Token&)> granted)
      : spec_(std::move(spec)), told_(std::move(granted)) {}

  std::size_t endpoints() const override { return 1; }
  std::expected<Response, CallError> call(std::size_t, Request request, Duration) override {
    Response response;
    response.body = std::visit([this](const auto& body) { return answer(body); }, request);
    return response;
  }

  void cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  /// How the job ended; nothing for one that was cancelled.
  std::optional<CompleteRequest> wait_for_the_end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return over_; });
    return completion_;
  }

 private:
  template <class Body>
  ReplyBody answer(const Body&) {
    return LeaseReply{2min};
  }
  ReplyBody answer(const AcquireRequest& request) {
    std::unique_lock lock(mutex_);
    if (granted_) changed_.wait(lock, [this] { return stopped_; });
    if (std::exchange(granted_, true)) return AcquireReply{};
    told_(request.token);
    return AcquireReply{{{kRef, 1, spec_}}};
  }
  ReplyBody answer(const HeartbeatRequest& request) {
    const std::lock_guard lock(mutex_);
    HeartbeatReply reply;
    for (const Lease& lease : request.leases) {
      reply.leases.push_back({lease.ref.attempt, std::nullopt, cancelled_, 2min});
    }
    return reply;
  }
  ReplyBody answer(const CompleteRequest& request) { return end(request); }
  ReplyBody answer(const CancelAckRequest&) { return end(std::nullopt); }
  ReplyBody end(std::optional<CompleteRequest> completion) {
    const std::lock_guard lock(mutex_);
    completion_ = std::move(completion);
    over_ = true;
    changed_.notify_all();
    return {};
  }

  const SharedSpec spec_;
  const std::function<void(const Token&)> told_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool granted_ = false, cancelled_ = false, over_ = false, stopped_ = false;
  std::optional<CompleteRequest> completion_;
};

class OneSecret final : public SecretStore {
 public:
  std::expected<std::string, SecretError> get(const std::string&) override {
    return "sk-correct-horse";
  }
};

class PartialLogsTest : public SubprocessFixture {
 protected:
  /// While the job runs, and after it.
  template <class Body>
  void with_job(const std::string& command, Body body) {
    RunSpec spec;
    spec.jobs.push_back(job(command));
    spec.jobs[0].secrets = {"KEY"};
    OneJob orchestrator(prepare(std::move(spec)).value(), [this](const Token& token) {
      const std::lock_guard lock(mutex_);
      lease_ = hash_token(token);
    });
    Settings settings;
    settings.heartbeat_interval = 100ms;
    settings.log_interval = 50ms;
    ThreadRuntime runtime;
    Runner runner({runtime.ports(), orchestrator, executor(), store_, secrets_}, settings, 1);
    runner.start();
    body(orchestrator);
    runner.stop();
    orchestrator.stop();
    EXPECT_TRUE(runtime.tasks.wait_until_idle(runtime.clock.now() + 60s));
    EXPECT_TRUE(runner.drained());
  }
  std::string at(const std::string& path) {
    const auto found = store_.get(path);
    return found && *found ? (*found)->bytes : "nothing";
  }
  TokenHash lease() {
    const std::lock_guard lock(mutex_);
    return lease_;
  }
  std::string log() { return at(artifact_path(kRef, lease(), kLogName)); }
  std::string partial() { return at(partial_log_path(kRef, lease())); }
  void wait_until_it_shows(const std::string& text) {
    const MonoTime give_up = clock_.now() + 60s;
    while (!partial().contains(text) && clock_.now() < give_up) pause(10ms);
    EXPECT_TRUE(partial().contains(text)) << partial();
  }
  void pause(Duration time) { clock_.sleep_until(clock_.now() + time); }
  /// In a command: until the test says so.
  std::string wait_for(const std::string& word) const {
    return "until [ -e " + (folder_ / word).string() + " ]; do sleep 0.02; done; ";
  }
  void say(const std::string& word) const { std::ofstream(folder_ / word) << word; }

  FolderStore store_{[this] {
    std::filesystem::create_directory(folder_ / "store");
    return folder_ / "store";
  }()};
  OneSecret secrets_;
  SteadyClock clock_;
  std::mutex mutex_;
  TokenHash lease_;
};

TEST_F(PartialLogsTest, CanBeReadWhileTheCommandRuns) {
  with_job("echo one" + kPadding + "; " + wait_for("go") + "echo two" + kPadding + "; " +
               wait_for("end") + "exit 3",
           [&](OneJob& orchestrator) {
             wait_until_it_shows("one");
             EXPECT_FALSE(partial().contains("two"));
             EXPECT_EQ(log(), "nothing");
             say("go");
             wait_until_it_shows("two");
             say("end");
             const auto completion = orchestrator.wait_for_the_end();
             ASSERT_TRUE(completion);
             EXPECT_FALSE(completion->succeeded);
             ASSERT_EQ(completion->artifacts.size(), 1U);
           });
  EXPECT_EQ(log(), "one" + kPadding + "\ntwo" + kPadding + "\n");
  EXPECT_TRUE(log().starts_with(partial()));
}

TEST_F(PartialLogsTest, ShowNoSecretThatIsPrintedInPieces) {
  with_job("printf 'the key is sk-corr'; " + wait_for("go") +
               "printf 'ect-horse and that is all about keys that anybody has to know'; " +
               wait_for("end"),
           [&](OneJob& orchestrator) {
             pause(300ms);
             EXPECT_FALSE(partial().contains("sk-")) << partial();
             say("go");
             pause(300ms);
             EXPECT_FALSE(partial().contains("sk-")) << partial();
             EXPECT_FALSE(partial().contains("ect")) << partial();
             say("end");
             EXPECT_TRUE(orchestrator.wait_for_the_end());
           });
  EXPECT_EQ(log(), "the key is *** and that is all about keys that anybody has to know");
}

TEST_F(PartialLogsTest, HaveAllThatACancelledCommandPrinted) {
  with_job("echo begun" + kPadding + "; " + wait_for("never"), [&](OneJob& orchestrator) {
    wait_until_it_shows("begun");
    EXPECT_LT(partial().size(), kPadding.size()) << "an end is kept back while it may be a secret";
    orchestrator.cancel();
    EXPECT_FALSE(orchestrator.wait_for_the_end());
  });
  EXPECT_EQ(partial(), "begun" + kPadding + "\n");
  EXPECT_EQ(log(), "nothing");
}

}  // namespace
}  // namespace delta
