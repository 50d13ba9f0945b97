// `aftershock replay` as a user meets it: the program itself, other builds of it, terminals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSample = "scenarios/delta-ci/runner-crash.yaml";
constexpr unsigned short kColumns = 80;

struct Shown {
  int code = -1;
  std::string text;  ///< all that came, without the terminal's carriage returns
};

/// At a terminal of 80 columns.
Shown at_terminal(const std::string& command) {
  winsize size{24, kColumns, 0, 0};
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  Shown shown;
  std::array<char, 65'536> buffer{};
  for (ssize_t got = 0; (got = read(terminal, buffer.data(), buffer.size())) > 0;) {
    shown.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(terminal);
  int status = 0;
  waitpid(child, &status, 0);
  shown.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  std::erase(shown.text, '\r');
  return shown;
}

/// In a pipe, both streams together.
Shown in_pipe(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  Shown shown;
  std::array<char, 65'536> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    shown.text.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  shown.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return shown;
}

std::string replay(const std::string& arguments) {
  return std::string(AFTERSHOCK_PROGRAM) + " replay " + arguments;
}

std::string temporary(const std::string& name) {
  return (fs::path(testing::TempDir()) / ("replay-e2e-" + name)).string();
}

std::string without_colours(std::string text) {
  for (std::size_t at = 0; (at = text.find('\033', at)) != std::string::npos;) {
    text.erase(at, text.find_first_of("mK", at) - at + 1);
  }
  return text;
}

TEST(Replay, one_seed_is_one_trace_and_the_verdict_is_the_exit_code) {
  const Shown first = in_pipe(replay("7 " + std::string(kSample)));
  EXPECT_EQ(first.code, 0);
  EXPECT_THAT(first.text, AllOf(HasSubstr("process    "), HasSubstr("PASS runner-crash"),
                                Not(HasSubstr("\033"))));
  EXPECT_EQ(in_pipe(replay("7 " + std::string(kSample))).text, first.text);
  EXPECT_NE(in_pipe(replay("8 " + std::string(kSample))).text, first.text);
}

TEST(Replay, the_digest_is_that_of_run) {
  const Shown run = in_pipe(std::string(AFTERSHOCK_PROGRAM) + " run --json --quiet --seed 7 " +
                            kSample + " 2>/dev/null");
  const std::string digest = nlohmann::json::parse(run.text)["drills"][0]["digest"];
  EXPECT_THAT(in_pipe(replay("7 " + std::string(kSample) + " --kind verdict")).text,
              HasSubstr("digest " + digest));
}

TEST(Replay, fits_a_terminal_and_colours_what_matters) {
  const Shown shown =
      at_terminal(replay("7 " + std::string(kSample) +
                         " --kind fault,process,canary,answer 2>/dev/null"));  // no progress
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.text, HasSubstr("\033[31m"));
  std::istringstream lines(without_colours(shown.text));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), std::size_t{kColumns}) << line;
  }
}

TEST(Replay, another_build_is_run_and_compared) {
  const Shown same =
      in_pipe(replay("7 " + std::string(kSample) + " --diverge " + AFTERSHOCK_PROGRAM));
  EXPECT_EQ(same.code, 0) << same.text;
  EXPECT_THAT(same.text, StartsWith("The runs are the same: "));
  // A build in which every seed is another one.
  const std::string other = temporary("other-build");
  std::ofstream(other) << "#!/bin/sh\nshift 2\nexec " << AFTERSHOCK_PROGRAM << " replay 8 \"$@\"\n";
  fs::permissions(other, fs::perms::owner_all);
  const Shown parted = in_pipe(replay("7 " + std::string(kSample) + " --diverge " + other));
  EXPECT_EQ(parted.code, 1) << parted.text;
  EXPECT_THAT(parted.text, AllOf(StartsWith("The runs part at step "), HasSubstr("other-build")));
  fs::remove(other);
}

TEST(Replay, what_is_no_build_is_said) {
  const Shown shown = in_pipe(replay("7 " + std::string(kSample) + " --diverge /bin/false"));
  EXPECT_EQ(shown.code, 64);
  EXPECT_THAT(shown.text, HasSubstr("/bin/false did not run it: exit code 1"));
}

TEST(Replay, a_perfetto_trace_is_json_in_a_file) {
  const std::string file = temporary("perfetto.json");
  const Shown shown =
      in_pipe(replay("7 " + std::string(kSample) + " --format perfetto --out " + file));
  EXPECT_EQ(shown.code, 0);
  std::ifstream in(file);
  EXPECT_GT(nlohmann::json::parse(in)["traceEvents"].size(), 1'000U);
  fs::remove(file);
}

TEST(Replay, run_says_how_to_see_what_failed) {
  const Shown shown =
      in_pipe("d=$(mktemp -d) && sed 's/target: 140s/target: 1ms/; s/max: 170s/max: 1ms/' " +
              std::string(kSample) + " > $d/runner-crash.yaml; " + AFTERSHOCK_PROGRAM +
              " run $d/runner-crash.yaml --seed 3; rm -r $d");
  EXPECT_THAT(shown.text, HasSubstr("aftershock replay 3 /"));
}

}  // namespace
}  // namespace aftershock
