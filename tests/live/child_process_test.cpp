// Processes that are started: what they get, how they end, and that they never stay behind.
#include "platform/servers/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <thread>

#include "platform/servers/private_folder.h"

namespace delta {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class ChildProcessTest : public testing::Test {
 protected:
  Command shell(const std::string& script) const {
    return {.words = {"/bin/sh", "-c", script},
            .environment = {"WHO=me"},
            .folder = folder_.path(),
            .log = folder_.path() / "log",
            .account = account_};
  }
  std::string log() const {
    std::ostringstream text;
    text << std::ifstream(folder_.path() / "log").rdbuf();
    return text.str();
  }
  void wait_for_log(const std::string& text) const {
    while (log().find(text) == std::string::npos) std::this_thread::sleep_for(1ms);
  }
  /// The letter of /proc/PID/stat: S sleeps, T is stopped.
  static char state_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string number;
    std::string name;
    char state = '?';
    file >> number >> name >> state;
    return state;
  }

  std::optional<Account> account_ = unprivileged_account();
  PrivateFolder folder_{"delta-test", account_};
};

TEST_F(ChildProcessTest, runs_in_its_folder_with_its_environment_and_logs_both_outputs) {
  run_to_end(shell("pwd; echo $WHO $HOME >&2"), 10s);
  EXPECT_EQ(log(), folder_.path().string() + "\nme\n");
}

TEST_F(ChildProcessTest, gives_up_the_rights_of_root) {
  if (!account_) GTEST_SKIP() << "not root";
  run_to_end(shell("id -u; id -G"), 10s);
  EXPECT_EQ(log(), std::to_string(account_->user) + "\n" + std::to_string(account_->group) + "\n");
}

TEST_F(ChildProcessTest, inherits_no_descriptor) {
  constexpr int kOpenHere = 50;
  ASSERT_EQ(dup2(STDIN_FILENO, kOpenHere), kOpenHere);
  run_to_end(shell("exec ls /proc/self/fd"), 10s);
  close(kOpenHere);
  EXPECT_THAT(log(), testing::Not(HasSubstr("50")));
}

TEST_F(ChildProcessTest, a_program_that_cannot_be_run_is_an_error_that_names_it) {
  Command nothing = shell("");
  nothing.words = {"/no/such/program"};
  EXPECT_THAT([&] { ChildProcess process(nothing); },
              ThrowsMessage<ServerError>(
                  HasSubstr("cannot run /no/such/program: No such file or directory")));
}

TEST_F(ChildProcessTest, a_failure_shows_the_end_of_the_log) {
  EXPECT_THAT([&] { run_to_end(shell("seq 100; exit 3"), 10s); },
              ThrowsMessage<ServerError>(testing::AllOf(HasSubstr("failed with exit code 3"),
                                                        HasSubstr("\n  81\n"), HasSubstr("\n  100"),
                                                        testing::Not(HasSubstr("\n  80\n")))));
}

TEST_F(ChildProcessTest, tells_how_it_ended) {
  ChildProcess process(shell("exec sleep 1000"));
  EXPECT_FALSE(process.wait_for(1ms));
  EXPECT_TRUE(process.running());
  EXPECT_EQ(getpgid(process.pid()), process.pid()) << "its own group: no Ctrl-C of ours";
  process.terminate();
  const std::optional<ProcessEnd> end = process.wait_for(60s);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGTERM);
  EXPECT_FALSE(process.running());
  process.kill();  // whoever has its pid now is not hit
}

TEST_F(ChildProcessTest, stops_and_continues) {
  ChildProcess process(shell("exec sleep 1000"));
  process.pause();
  while (state_of(process.pid()) != 'T') std::this_thread::sleep_for(1ms);
  process.resume();
  while (state_of(process.pid()) == 'T') std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(process.running());
}

TEST_F(ChildProcessTest, the_destructor_ends_one_that_ignores_signals_and_one_that_is_stopped) {
  pid_t deaf = 0;
  pid_t stopped = 0;
  {
    ChildProcess first(shell("trap '' TERM INT; echo ready; while :; do sleep 1000; done"));
    wait_for_log("ready");
    first.terminate();
    ChildProcess second(shell("exec sleep 1000"));
    second.pause();
    deaf = first.pid();
    stopped = second.pid();
  }
  EXPECT_NE(::kill(deaf, 0), 0);
  EXPECT_NE(::kill(stopped, 0), 0);
}

TEST_F(ChildProcessTest, outlives_the_thread_that_made_it) {
  std::optional<ChildProcess> process;
  std::thread([&] { process.emplace(shell("exec sleep 1000")); }).join();
  EXPECT_FALSE(process->wait_for(50ms));
}

/// In a child of the test: starts a process, tells its pid, and waits to be killed.
[[noreturn]] void be_a_parent(const Command& command, int answer) {
  const ChildProcess process(command);
  const pid_t pid = process.pid();
  if (write(answer, &pid, sizeof(pid)) != sizeof(pid)) _exit(1);
  for (;;) pause();
}

TEST_F(ChildProcessTest, does_not_outlive_a_parent_that_is_killed) {
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);  // to learn of the orphan's end
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) be_a_parent(shell("exec sleep 1000"), ends[1]);
  pid_t orphan = 0;
  ASSERT_EQ(read(ends[0], &orphan, sizeof(orphan)), sizeof(orphan));
  ::kill(parent, SIGKILL);
  int status = 0;
  EXPECT_EQ(waitpid(parent, &status, 0), parent);
  EXPECT_EQ(waitpid(orphan, &status, 0), orphan);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  close(ends[0]);
  close(ends[1]);
}

TEST(PrivateFolder, is_removed_with_what_is_in_it) {
  std::filesystem::path path;
  {
    const PrivateFolder folder("delta-test", std::nullopt);
    path = folder.path();
    std::filesystem::create_directories(path / "a" / "b");
    std::ofstream(path / "a" / "b" / "file") << "text";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ReservedPort, belongs_to_one) {
  const ReservedPort first;
  const ReservedPort second;
  EXPECT_NE(first.number(), 0);
  EXPECT_NE(first.number(), second.number());
}

}  // namespace
}  // namespace delta
