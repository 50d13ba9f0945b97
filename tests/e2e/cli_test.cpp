// The program as a user meets it: exit codes, what goes to which stream, hostile files and disks.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSample = "scenarios/delta-ci/runner-crash.yaml";

class Cli : public testing::Test {
 protected:
  Cli() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("cli-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Cli() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  /// Runs the program with its output in files; `prepare` runs in the child before it.
  Ended run(const Words& words, const std::function<void()>& prepare = [] {}) const {
    const std::string out = in_folder("stdout"), err = in_folder("stderr");
    const int code = code_of(start(words, out, err, prepare));
    return {code, content_of(out), content_of(err)};
  }

  /// The same at a terminal of 80 columns: everything that appears on it.
  Ended run_at_terminal(const Words& words, const std::map<std::string, std::string>& variables) {
    winsize size{24, 80, 0, 0};
    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
    if (child == 0) {
      setenv("TERM", "xterm", 1);
      unsetenv("NO_COLOR");
      for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
      execute(words);
    }
    Ended ended;
    std::array<char, 4096> buffer{};
    for (ssize_t size_read = 0; (size_read = read(terminal, buffer.data(), buffer.size())) > 0;) {
      ended.out.append(buffer.data(), static_cast<std::size_t>(size_read));
    }
    close(terminal);
    ended.code = code_of(child);
    return ended;
  }

  /// A copy of the sample under another name; scenarios are named as their files.
  std::string copy_of_sample(const std::string& name) const {
    std::string text = content_of(kSample);
    const std::string old = "runner-crash";
    text.replace(text.find("scenario: " + old) + 10, old.size(), name);
    std::ofstream(in_folder(name + ".yaml")) << text;
    return in_folder(name + ".yaml");
  }

  fs::path folder_;
};

TEST_F(Cli, TheExitCodeIsTheVerdictOfTheJson) {
  const Ended ended = run({"run", kSample, "--json"});
  const auto report = nlohmann::json::parse(ended.out);
  ASSERT_EQ(report["drills"].size(), 1U);
  const std::map<std::string, int> codes{{"pass", 0}, {"fail", 1}, {"inconclusive", 2}};
  EXPECT_EQ(ended.code, codes.at(report["drills"][0]["verdict"].get<std::string>()));
  EXPECT_EQ(report["format"], "aftershock-report");
}

TEST_F(Cli, OneSeedIsOneDigestAndAnotherSeedAnother) {
  const auto digest_of = [&](const std::string& seed) {
    const auto report = nlohmann::json::parse(run({"run", kSample, "--json", "--seed", seed}).out);
    return report["drills"][0]["digest"].get<std::string>();
  };
  const std::string digest = digest_of("7");
  EXPECT_EQ(digest_of("7"), digest);
  EXPECT_NE(digest_of("8"), digest);
}

TEST_F(Cli, TheTableGoesToStandardOutputAndProgressToStandardError) {
  const Ended ended = run({"run", kSample});
  EXPECT_THAT(ended.out, HasSubstr("VERDICT"));
  EXPECT_THAT(ended.out, HasSubstr("1 drill: 1 "));
  EXPECT_THAT(ended.err, HasSubstr("drill 1/1 runner-crash: "));
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("\033")));
}

TEST_F(Cli, UsageMistakesAreAnsweredOnStandardError) {
  const std::vector<std::pair<Words, std::string>> mistakes{
      {{}, "Usage: aftershock"},
      {{"rnu", kSample}, "did you mean 'run'?"},
      {{"run", kSample, "--sede", "1"}, "did you mean '--seed'?"},
      {{"run", kSample, "--seed", "-1"}, "a seed is a whole number"},
      {{"run"}, "needs at least one FILE or FOLDER"},
      {{"run", in_folder("none.yaml")}, "none.yaml"},
      {{"run", in_folder("")}, "no scenario (*.yaml) in the folder"},
      {{"plan", in_folder("none.yaml")}, "none.yaml"},
      {{"list", in_folder("")}, "no scenario"}};
  for (const auto& [words, expected] : mistakes) {
    const Ended ended = run(words);
    EXPECT_EQ(ended.code, 64) << expected;
    EXPECT_EQ(ended.out, "") << expected;
    EXPECT_THAT(ended.err, HasSubstr(expected));
  }
}

TEST_F(Cli, BadFilesAreRefusedByEveryCommandThatReadsThem) {
  const std::vector<std::pair<std::string, std::string>> files{{"empty", ""},
                                                               {"binary", std::string("\0\1\2", 3)},
                                                               {"list", "- 1\n"},
                                                               {"tag", "!!x y\n"},
                                                               {"latin1", "title: \xE4\n"},
                                                               {"open", "a: [1, 2\n"},
                                                               {"deep", std::string(9999, '[')}};
  for (const auto& [name, bytes] : files) {
    std::ofstream(in_folder(name + ".yaml"), std::ios::binary) << bytes;
    for (const char* command : {"run", "validate", "plan"}) {
      const Ended ended = run({command, in_folder(name + ".yaml")});
      EXPECT_EQ(ended.code, 64) << command << " " << name;
      EXPECT_THAT(ended.err, HasSubstr(name + ".yaml")) << command;
      EXPECT_EQ(ended.out, "") << command << " " << name;
    }
  }
}

TEST_F(Cli, AHugeFileAndAPipeAreRefusedWithoutReadingThem) {
  // Under these limits reading the file, or waiting for the pipe, ends the program by a signal.
  const auto limited = [] {
    const rlimit memory{512U << 20U, 512U << 20U}, time{5, 5};
    setrlimit(RLIMIT_DATA, &memory);
    setrlimit(RLIMIT_CPU, &time);
    alarm(30);
  };
  std::ofstream(in_folder("huge.yaml")) << "x";
  fs::resize_file(in_folder("huge.yaml"), 100U << 20U);
  EXPECT_EQ(run({"validate", in_folder("huge.yaml")}, limited).code, 64);
  ASSERT_EQ(mkfifo(in_folder("pipe.yaml").c_str(), 0600), 0);
  EXPECT_EQ(run({"run", in_folder("pipe.yaml")}, limited).code, 64);
}

TEST_F(Cli, OneBadFileKeepsTheOthersFromRunning) {
  copy_of_sample("good");
  std::ofstream(in_folder("bad.yaml")) << "scenario: bad\n";
  const Ended ended = run({"run", folder_.string(), "--out", in_folder("out")});
  EXPECT_EQ(ended.code, 64);
  EXPECT_EQ(ended.out, "");
  EXPECT_FALSE(fs::exists(in_folder("out")));
}

TEST_F(Cli, AnOutFolderThatIsAFileIsRefusedBeforeTheFirstDrill) {
  std::ofstream(in_folder("file")) << "x";
  const Ended ended = run({"run", kSample, "--out", in_folder("file")});
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("hint: give --out a folder"));
  EXPECT_THAT(ended.err, Not(HasSubstr("drill 1/1")));
}

TEST_F(Cli, AnOutFolderThatTakesNoFilesIsRefused) {
  const Ended ended = run({"run", kSample, "--out", "/proc"});  // not even root may write there
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("cannot create '/proc/"));
}

TEST_F(Cli, ADiskThatFillsUpKeepsTheOldReport) {
  fs::create_directories(in_folder("out"));
  std::ofstream(in_folder("out") + "/report.json") << "the old one";
  const Ended ended = run({"run", kSample, "--quiet", "--out", in_folder("out")}, [] {
    signal(SIGXFSZ, SIG_IGN);  // then writing past the limit is an error, as on a full disk
    const rlimit bytes{1024, 1024};
    setrlimit(RLIMIT_FSIZE, &bytes);
  });
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("error: cannot write"));
  EXPECT_EQ(content_of(in_folder("out") + "/report.json"), "the old one");
  EXPECT_EQ(std::distance(fs::directory_iterator(in_folder("out")), fs::directory_iterator()), 1);
}

TEST_F(Cli, StandardOutputThatCannotBeWrittenIsAnErrorOfEveryCommand) {
  const std::vector<Words> commands{{"run", kSample},      {"list"},   {"list", "--faults"},
                                    {"plan", kSample},     {"--help"}, {"run", "--help"},
                                    {"validate", kSample}, {"help"},   {"--version"}};
  for (const Words& words : commands) {
    const Ended full = run(words, [] { dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO); });
    EXPECT_EQ(full.code, 3) << words[0];
    EXPECT_THAT(full.err, HasSubstr("error: cannot write to standard output\n")) << words[0];
    const Ended closed = run(words, [] { close(STDOUT_FILENO); });
    EXPECT_EQ(closed.code, 3) << words[0];
    EXPECT_THAT(closed.err, HasSubstr("error: cannot write to standard output\n")) << words[0];
  }
}

TEST_F(Cli, TheReplayCommandIsQuotedForAShell) {
  fs::create_directory(in_folder("my drills"));
  const std::string path = in_folder("my drills") + "/runner-crash.yaml";
  fs::copy_file(kSample, path);
  const auto report = nlohmann::json::parse(run({"run", path, "--json"}).out);
  EXPECT_EQ(report["drills"][0]["replay"], "aftershock run '" + path + "' --seed 1");
}

TEST_F(Cli, AnInterruptEndsTheRunAndKeepsWhatIsFinished) {
  constexpr int drills = 400;
  Words words{"run", "--out", in_folder("out")};
  for (int i = 0; i < drills; ++i) words.push_back(copy_of_sample("d" + std::to_string(i)));
  std::array<int, 2> progress{};
  ASSERT_EQ(pipe(progress.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    dup2(progress[1], STDERR_FILENO);
    close(progress[0]);
    close(progress[1]);
    execute(words);
  }
  close(progress[1]);
  char byte = 0;
  ASSERT_EQ(read(progress[0], &byte, 1), 1) << "the first drill is finished";
  kill(child, SIGINT);
  std::string err;
  while (read(progress[0], &byte, 1) == 1) err += byte;
  close(progress[0]);
  EXPECT_EQ(code_of(child), 3);
  EXPECT_THAT(err, HasSubstr("interrupted: "));
  const auto report = nlohmann::json::parse(content_of(in_folder("out") + "/report.json"));
  EXPECT_GE(report["drills"].size(), 1U);
  EXPECT_LT(report["drills"].size(), static_cast<std::size_t>(drills));
  EXPECT_EQ(report["drills"].size() + report["not_run"].get<std::size_t>(),
            static_cast<std::size_t>(drills));
}

TEST_F(Cli, ATerminalGetsColoursAndARedrawnLineUnlessNoColorIsSet) {
  const std::string colour = "\033[", redraw = "\r\033[K";
  const std::string coloured = run_at_terminal({"run", kSample}, {}).out;
  EXPECT_THAT(coloured, HasSubstr(redraw));
  EXPECT_THAT(coloured, HasSubstr("\033[0m"));
  const std::string plain = run_at_terminal({"run", kSample}, {{"NO_COLOR", "1"}}).out;
  EXPECT_THAT(plain, HasSubstr(redraw));
  EXPECT_THAT(plain, Not(HasSubstr("\033[0m")));
  EXPECT_THAT(run_at_terminal({"run", kSample}, {{"TERM", "dumb"}}).out, Not(HasSubstr(colour)));
}

TEST_F(Cli, PlanAndValidateAndListRunNothing) {
  const Ended plan = run({"plan", kSample, "--seed", "3"});
  EXPECT_EQ(plan.code, 0);
  EXPECT_THAT(plan.out, HasSubstr("blast radius"));
  EXPECT_EQ(run({"plan", kSample, "--seed", "3"}).out, plan.out);
  EXPECT_EQ(run({"validate", kSample}).out, std::string(kSample) + ": valid\n");
  EXPECT_THAT(run({"list"}).out, HasSubstr("runner-crash"));
  EXPECT_THAT(run({"list", "--faults"}).out, HasSubstr("database.outage\n"));
}

}  // namespace
}  // namespace aftershock
