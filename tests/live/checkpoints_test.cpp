// A job of several steps on real runner processes: one is killed, and another goes on after the
// last accepted checkpoint, over the real API and database.
#include <chrono>

#include "platform/servers/child_process.h"
#include "tests/live/api_fixture.h"

namespace delta {
namespace {

using test::becomes;

class CheckpointsTest : public test::ApiFixture {
 protected:
  void SetUp() override { open_ = open(); }

  std::unique_ptr<ChildProcess> start_runner(const std::string& name) {
    const std::filesystem::path token = folder_.path() / "runner.token";
    std::ofstream(token) << known_.runner.token;
    std::filesystem::permissions(token, std::filesystem::perms::owner_read);
    return std::make_unique<ChildProcess>(Command{
        .words = {DELTA_RUNNER_PROGRAM, "--orchestrators", open_->url(""), "--token-file", token,
                  "--artifacts-url", "file:" + folder_.path().string(), "--work-folder",
                  folder_.path() / name, "--settings-checkpoint-interval", "1ms"},
        .environment = {},
        .folder = folder_.path(),
        .log = folder_.path() / (name + ".log"),
        .account = {}});
  }
  /// Each step tells its name and the state that it found, and leaves its name as the state. The
  /// second one waits until it may end.
  std::string run_of_three() const {
    const std::string wait = "until [ -e " + file("go") + " ]; do sleep 0.05; done";
    const auto step = [this](const std::string& name, const std::string& rest) {
      return R"({"name":")" + name +
             R"(","command":"echo $DELTA_STEP $(cat $DELTA_CHECKPOINT) >>)" + file("told") +
             R"(; printf '[\"%s\"]' $DELTA_STEP >$DELTA_CHECKPOINT; )" + rest + R"("})";
    };
    return R"({"spec":{"jobs":[{"name":"build","steps":[)" + step("one", "true") + "," +
           step("two", wait) + "," + step("three", "true") + "]}]}}";
  }
  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
  std::string told() const {
    std::ifstream stream(file("told"));
    return {std::istreambuf_iterator<char>(stream), {}};
  }
};

TEST_F(CheckpointsTest, AnotherRunnerGoesOnAfterTheLastOneOfAKilledRunner) {
  auto first = start_runner("first");
  const RunId run = submit(run_of_three());
  ASSERT_TRUE(becomes([&] { return view(run).jobs.at(0).steps_done == 1; })) << told();
  ASSERT_TRUE(becomes([&] { return told().contains("two"); }));
  first->kill();
  const auto second = start_runner("second");
  std::ofstream(folder_.path() / "go") << "go";
  // Nobody waits for the end of its lease: an operator takes it away.
  const std::string current = to_string(view(run).jobs.at(0).current);
  const std::string attempt =
      R"({"attempt":{"run":")" + to_string(run) + R"(","job":0,"attempt":")" + current + R"("}})";
  const HttpReply revoked =
      call("POST", "/api/v1/admin/revoke_leases", known_.ann.token, attempt, fresh_key());
  EXPECT_EQ(revoked.status, 200) << revoked.body;
  EXPECT_TRUE(becomes([&] { return view(run).state == RunState::succeeded; }));
  EXPECT_EQ(told(), "one\ntwo [\"one\"]\ntwo [\"one\"]\nthree [\"two\"]\n");
  EXPECT_EQ(view(run).jobs.at(0).attempts, 2);
}

}  // namespace
}  // namespace delta
