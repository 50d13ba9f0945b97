// Real commands: how they end, what they print, what they see, how they are killed.
#include "runner/adapters/subprocess_executor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <thread>

#include "tests/live/subprocess_fixture.h"

namespace delta {
namespace {

using SubprocessExecutorTest = SubprocessFixture;

/// Leaves processes everywhere: in the background, in a session of their own, forked twice,
/// deaf to polite signals; then says so.
constexpr const char* kScatter =
    ": >up; export STAY='echo x >>$HOME/up; exec sleep 1000'\n"
    "sh -c \"$STAY\" &\n"
    "setsid sh -c \"$STAY\" &\n"
    "sh -c 'trap \"\" HUP INT TERM; sh -c \"$STAY\"; sleep 1000' &\n"
    "(setsid sh -c 'sh -c \"$STAY\" & setsid sh -c \"$STAY\" & exit 0' &)\n"
    "(cd / && exec setsid nohup sh -c \"$STAY\" >/dev/null 2>&1 </dev/null &)\n"
    "while [ $(grep -c x up) != 6 ]; do sleep 0.01; done\n"
    "echo scattered\n";

TEST_F(SubprocessExecutorTest, TheExitCodeIsTheCommands) {
  for (const int code : {0, 1, 42, 255}) {
    EXPECT_EQ(run("exit " + std::to_string(code)).result.exit_code, code);
  }
  EXPECT_EQ(run("no-such-program-anywhere").result.exit_code, 127);
  EXPECT_EQ(run("").result.exit_code, 0);
  EXPECT_EQ(run("-x").result.exit_code, 127);  // not an option of the shell
}

TEST_F(SubprocessExecutorTest, ASignalGives128AndItsNumber) {
  EXPECT_EQ(run("kill -KILL $$").result.exit_code, 128 + SIGKILL);
  EXPECT_EQ(run("kill -SEGV $$").result.exit_code, 128 + SIGSEGV);
  EXPECT_EQ(run("kill -TERM $$").result.exit_code, 128 + SIGTERM);
}

TEST_F(SubprocessExecutorTest, BothOutputsComeInTheirOrder) {
  EXPECT_EQ(run("echo a; echo b >&2; echo c; printf d >&2").output, "a\nb\nc\nd");
}

TEST_F(SubprocessExecutorTest, OutputComesWhileTheCommandRuns) {
  Watcher watcher;
  const std::string go = folder_ / "go";
  const auto execution =
      start(job("echo first; while [ ! -e " + go + " ]; do sleep 0.01; done; echo last"), {},
            watcher.sink());
  ASSERT_NE(execution, nullptr);
  watcher.wait_for("first\n");
  EXPECT_EQ(watcher.seen(), "first\n");
  std::ofstream(go) << "go";
  ASSERT_TRUE(execution->wait_until(kNoDeadline));
  EXPECT_EQ(watcher.seen(), "first\nlast\n");
}

TEST_F(SubprocessExecutorTest, AFloodOfOutputTakesNoMemory) {
  std::size_t bytes = 0;
  std::size_t longest = 0;
  executor({.most_output = 1ULL << 40});
  const auto execution = start(job("yes | head -c 100000000"), {}, [&](std::string_view piece) {
    bytes += piece.size();
    longest = std::max(longest, piece.size());
  });
  ASSERT_NE(execution, nullptr);
  ASSERT_TRUE(execution->wait_until(kNoDeadline));
  EXPECT_EQ(execution->result().exit_code, 0);
  EXPECT_EQ(bytes, 100'000'000U);
  EXPECT_LE(longest, 65'536U);
}

TEST_F(SubprocessExecutorTest, TooMuchOutputIsCutAndDoesNotBlock) {
  executor({.most_output = 10});
  const std::string cut = "[the output is cut here: it has more than 10 bytes]\n";
  EXPECT_EQ(run("printf 0123456789").output, "0123456789");
  EXPECT_EQ(run("printf 0123456789x").output, "0123456789\n" + cut);
  EXPECT_EQ(run("yes | head -c 1000000").output, "y\ny\ny\ny\ny\n" + cut);
}

TEST_F(SubprocessExecutorTest, WhatACommandLeavesRunningIsKilledWithIt) {
  const Ran ran = run(kScatter);
  EXPECT_EQ(ran.result.exit_code, 0);
  EXPECT_EQ(ran.output, "scattered\n");  // although they held the pipe open
  EXPECT_EQ(survivors(), 0U);
}

TEST_F(SubprocessExecutorTest, KillLeavesNothing) {
  Watcher watcher;
  const auto execution =
      start(job(std::string(kScatter) + "while :; do echo on; done"), {}, watcher.sink());
  ASSERT_NE(execution, nullptr);
  watcher.wait_for("scattered\non\n");
  execution->kill();
  EXPECT_EQ(survivors(), 0U);
  const std::size_t pieces = watcher.pieces();
  EXPECT_TRUE(execution->wait_until(kNoDeadline));
  execution->kill();  // once more does no harm
  EXPECT_EQ(watcher.pieces(), pieces);
}

TEST_F(SubprocessExecutorTest, DestructionKills) {
  Watcher watcher;
  {
    const auto execution = start(job(std::string(kScatter) + "wait"), {}, watcher.sink());
    ASSERT_NE(execution, nullptr);
    watcher.wait_for("scattered\n");
  }
  EXPECT_EQ(survivors(), 0U);
}

TEST_F(SubprocessExecutorTest, AnExecutionMayOutliveItsExecutor) {
  Watcher watcher;
  const auto execution = start(job("cat; echo $HOME; sleep 1000"), {}, watcher.sink());
  ASSERT_NE(execution, nullptr);
  executor_.reset();
  watcher.wait_for("\n");
  EXPECT_EQ(entries_in(root()), 1U);
}

TEST_F(SubprocessExecutorTest, AStoppedSupervisorStillKills) {
  Watcher watcher;
  const auto execution =
      start(job("kill -STOP $PPID; echo stopped; sleep 1000"), {}, watcher.sink());
  ASSERT_NE(execution, nullptr);
  watcher.wait_for("stopped\n");
  execution->kill();
}

TEST_F(SubprocessExecutorTest, AKilledSupervisorTakesTheCommandWithIt) {
  EXPECT_EQ(run("sleep 1000 & kill -KILL $PPID; sleep 1000").result.exit_code, 128 + SIGKILL);
  EXPECT_NE(logged().find("supervisor_lost"), std::string::npos);
}

TEST_F(SubprocessExecutorTest, TheRunnersDeathIsTheCommands) {
  const std::string started = folder_ / "started";
  executor_.reset();
  const pid_t runner = fork();
  if (runner == 0) {
    const auto execution =
        start(job(std::string(kScatter) + "kill -STOP $PPID; echo >" + started + "; wait"), {},
              [](auto) {});
    pause();
  }
  while (!std::filesystem::exists(started)) usleep(1'000);
  EXPECT_GE(survivors(), 7U);
  kill(runner, SIGKILL);
  waitpid(runner, nullptr, 0);
  while (survivors() > 0) usleep(1'000);
  EXPECT_EQ(entries_in(root()), 1U);
  // The supervisor holds the lock for a moment longer than the last process of the job lives.
  while (entries_in(root()) > 0) {
    executor();
    executor_.reset();
  }
  EXPECT_NE(logged().find("leftovers_removed"), std::string::npos);
}

TEST_F(SubprocessExecutorTest, WaitingEndsAtTheDeadlineOrWhenWoken) {
  SteadyClock clock;
  const auto execution = start(job("sleep 1000"), {}, [](auto) {});
  ASSERT_NE(execution, nullptr);
  const MonoTime deadline = clock.now() + 5ms;
  EXPECT_FALSE(execution->wait_until(deadline));
  EXPECT_GE(clock.now(), deadline);
  EXPECT_FALSE(execution->wait_until(clock.now() - 1s));
  execution->wake();
  EXPECT_FALSE(execution->wait_until(kNoDeadline));  // woken before
  std::thread waker([&] { execution->wake(); });
  EXPECT_FALSE(execution->wait_until(kNoDeadline));
  waker.join();
}

TEST_F(SubprocessExecutorTest, NothingOfTheRunnerIsInherited) {
  setenv("DELTA_RUNNER_TOKEN", "of the runner", 1);
  const int leaky = open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before{};
  sigaction(SIGPIPE, &ignore, &before);
  const Ran ran =
      run("env; echo; ls /proc/self/fd; readlink /proc/self/fd/0; grep -E 'Sig(Ign|Blk)|NoNew' "
          "/proc/self/status",
          {{"API_KEY", "s3cret = \"x\"\n"}});
  sigaction(SIGPIPE, &before, nullptr);
  close(leaky);
  unsetenv("DELTA_RUNNER_TOKEN");

  const std::size_t end = ran.output.find("\n\n0\n");
  ASSERT_NE(end, std::string::npos) << ran.output;
  std::set<std::string> names;
  std::istringstream lines(ran.output.substr(0, end));
  for (std::string line; std::getline(lines, line);) {
    if (line.find('=') != std::string::npos) names.insert(line.substr(0, line.find('=')));
  }
  for (const char* own : {"PWD", "OLDPWD", "SHLVL", "_"}) names.erase(own);  // of the shell
  EXPECT_EQ(names, (std::set<std::string>{"API_KEY", "DELTA_ARTIFACTS", "DELTA_JOB", "HOME", "LANG",
                                          "PATH", "TMPDIR"}));
  EXPECT_NE(ran.output.find("API_KEY=s3cret = \"x\"\n"), std::string::npos);
  const std::string rest = ran.output.substr(end + 2);
  EXPECT_EQ(
      rest.find("0\n1\n2\n3\n/dev/null\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000"), 0U)
      << rest;
}

TEST_F(SubprocessExecutorTest, TheFolderIsNewAndTheCommandsOwn) {
  const char* look =
      "pwd; stat -c %a .; ls -A; [ $HOME = $PWD ] && [ $TMPDIR = $PWD/tmp ] && "
      "[ $DELTA_ARTIFACTS = $PWD/artifacts ] && echo as told; touch new tmp/new";
  const std::string first = run(look).output;
  const std::string second = run(look).output;
  const std::string expected = "\n700\nartifacts\ntmp\nas told\n";
  EXPECT_EQ(first.substr(first.find('\n')), expected);
  EXPECT_EQ(second.substr(second.find('\n')), expected);
  EXPECT_NE(first, second);
  EXPECT_EQ(first.find(root().string() + "/delta-runner-"), 0U);
}

TEST_F(SubprocessExecutorTest, ASessionOfItsOwn) {
  EXPECT_EQ(run("read pid name state parent group session rest </proc/$$/stat; "
                "[ $pid = $group ] && [ $pid = $session ] && echo own")
                .output,
            "own\n");
}

TEST_F(SubprocessExecutorTest, LimitsHold) {
  executor({.nice = 7, .limits = {{RLIMIT_NOFILE, 33}, {RLIMIT_FSIZE, 1'024}}});
  EXPECT_EQ(run("ulimit -n; ulimit -c; nice; cat /proc/self/oom_score_adj").output,
            "33\n0\n7\n500\n");
  EXPECT_EQ(run("exec head -c 2000 /dev/zero >big").result.exit_code, 128 + SIGXFSZ);
}

TEST_F(SubprocessExecutorTest, WhatCannotBeStartedIsNull) {
  const auto starts = [this](const JobSpec& spec, const Environment& environment) {
    return start(spec, environment, [](auto) {}) != nullptr;
  };
  EXPECT_FALSE(starts(job(std::string("echo a\0b", 8)), {}));
  EXPECT_FALSE(starts(job("true"), {{"KEY", std::string("a\0b", 3)}}));
  EXPECT_FALSE(starts(job(std::string(1 << 22, 'x')), {}));  // more than the kernel takes
  EXPECT_NE(logged().find("/bin/sh cannot be executed: Argument list too long"), std::string::npos);
  std::filesystem::remove_all(root());
  EXPECT_FALSE(starts(job("true"), {}));
  EXPECT_NE(logged().find("cannot be made: No such file or directory"), std::string::npos);
}

TEST_F(SubprocessExecutorTest, ARootThatCannotBeIsAnError) {
  std::ofstream(folder_ / "file") << "x";
  const auto refused = SubprocessExecutor::open({.root = folder_ / "file" / "root"}, *log_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().find("cannot be made: Not a directory"), std::string::npos);
}

TEST_F(SubprocessExecutorTest, FiftyAtOnce) {
  struct One {
    std::string output;
    std::unique_ptr<Execution> execution;
  };
  std::vector<One> all(50);
  std::vector<std::thread> starters;
  executor();
  for (std::size_t i = 0; i < all.size(); ++i) {
    starters.emplace_back([&, i] {
      const std::string number = std::to_string(i);
      all[i].execution =
          start(job("(setsid sleep 1000 &); echo " + number + " >artifacts/a; echo " + number +
                    "; exit " + number),
                {}, [&one = all[i]](std::string_view piece) { one.output += piece; });
    });
  }
  for (std::thread& starter : starters) starter.join();
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_NE(all[i].execution, nullptr);
    ASSERT_TRUE(all[i].execution->wait_until(kNoDeadline));
    const ExecutionResult result = all[i].execution->result();
    EXPECT_EQ(result.exit_code, static_cast<std::int32_t>(i));
    EXPECT_EQ(all[i].output, std::to_string(i) + "\n");
    ASSERT_EQ(result.artifacts.size(), 1U);
    EXPECT_EQ(result.artifacts[0].content.digest, content_digest(all[i].output));
  }
}

TEST_F(SubprocessExecutorTest, KilledFromManySidesAtOnce) {
  for (int round = 0; round < 20; ++round) {
    const auto execution = start(job("(setsid sleep 1000 &); yes"), {}, [](std::string_view) {});
    ASSERT_NE(execution, nullptr);
    std::thread waiter([&] { EXPECT_TRUE(execution->wait_until(kNoDeadline)); });
    std::thread other([&] { execution->kill(); });
    execution->kill();
    other.join();
    waiter.join();
  }
}

}  // namespace
}  // namespace delta
