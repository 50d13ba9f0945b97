// The command line: what is understood, and what is said about the rest.
#include "harness/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/cli/version.h"

namespace aftershock::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The options of a command line that is right and names the command they belong to.
template <class Options>
Options parsed(const std::vector<std::string>& words) {
  const auto line = parse_command_line(words);
  EXPECT_TRUE(line) << line.error().text;
  const bool is_it = line && std::holds_alternative<Options>(*line);
  EXPECT_TRUE(is_it) << "another command than meant";
  return is_it ? std::get<Options>(*line) : Options{};
}

Answer answered(const std::vector<std::string>& words) {
  const auto line = parse_command_line(words);
  EXPECT_FALSE(line) << "was understood";
  return line ? Answer{} : line.error();
}

TEST(CommandLine, RunTakesEveryOptionInAnyOrder) {
  const RunOptions line =
      parsed<RunOptions>({"run", "a.yaml", "--seed", "7", "--json", "b", "--quiet", "--out=here"});
  EXPECT_EQ(line.paths, (std::vector<std::string>{"a.yaml", "b"}));
  EXPECT_EQ(line.seed, 7U);
  EXPECT_TRUE(line.json);
  EXPECT_TRUE(line.quiet);
  EXPECT_EQ(line.out, "here");
}

TEST(CommandLine, DefaultsAreSeedOneAndNoFolder) {
  const RunOptions line = parsed<RunOptions>({"run", "a.yaml"});
  EXPECT_EQ(line.seed, 1U);
  EXPECT_EQ(line.out, "");
  EXPECT_FALSE(line.json || line.quiet);
  EXPECT_EQ(parsed<ListOptions>({"list"}).paths, std::vector<std::string>{"scenarios"});
  EXPECT_EQ(parsed<PlanOptions>({"plan", "a", "--seed", "3"}).seed, 3U);
  EXPECT_EQ(parsed<ValidateOptions>({"validate", "a"}).paths, std::vector<std::string>{"a"});
  EXPECT_FALSE(parsed<AlertsOptions>({"alerts"}).prometheus);
  EXPECT_TRUE(parsed<AlertsOptions>({"alerts", "--format", "prometheus"}).prometheus);
}

TEST(CommandLine, ShrinkTakesOneFileAndTimeToShrinkIt) {
  const ShrinkOptions line =
      parsed<ShrinkOptions>({"shrink", "a.yaml", "--seed", "7", "--invariant", "roll-up", "--out",
                             "b.yaml", "--budget", "1m30s", "--jobs", "3", "--tries", "40"});
  EXPECT_EQ(line.path, "a.yaml");
  EXPECT_EQ(line.seed, 7U);
  EXPECT_EQ(line.invariant, "roll-up");
  EXPECT_EQ(line.out, "b.yaml");
  EXPECT_EQ(line.budget, std::chrono::seconds(90));
  EXPECT_EQ(line.jobs, 3U);
  EXPECT_EQ(line.tries, 40U);
  EXPECT_TRUE(line.schedule.is_default());
  EXPECT_FALSE(parsed<ShrinkOptions>({"shrink", "a", "--schedule", "pct:2"}).schedule.is_default());
  EXPECT_EQ(parsed<ShrinkOptions>({"shrink", "a"}).budget, std::chrono::seconds(60));
  EXPECT_GE(parsed<ShrinkOptions>({"shrink", "a"}).jobs, 1U);
}

TEST(CommandLine, ShrinkSaysWhatIsWrong) {
  EXPECT_THAT(answered({"shrink"}).text, HasSubstr("shrink needs one FILE"));
  EXPECT_THAT(answered({"shrink", "a", "b"}).text, HasSubstr("error: "));
  EXPECT_THAT(answered({"shrink", "a", "--invariant", "rol-up"}).text,
              HasSubstr("there is no 'rol-up'\n  hint: did you mean 'roll-up'?"));
  EXPECT_THAT(answered({"shrink", "a", "--budget", "60"}).text, HasSubstr("hint: write 60s"));
  EXPECT_THAT(answered({"shrink", "a", "--jobs", "0"}).text, HasSubstr("--jobs: a whole number"));
  EXPECT_THAT(answered({"shrink", "a", "--tries", "-1"}).text, HasSubstr("from 0 to 10000, not"));
  EXPECT_THAT(answered({"shrink", "a", "--out", ""}).text, HasSubstr("--out needs the name"));
}

TEST(CommandLine, SeedsAreAllOfSixtyFourBits) {
  EXPECT_EQ(parsed<RunOptions>({"run", "a", "--seed", "0"}).seed, 0U);
  EXPECT_EQ(parsed<RunOptions>({"run", "a", "--seed", "18446744073709551615"}).seed,
            ~std::uint64_t{0});
  for (const char* seed : {"18446744073709551616", "-1", "+1", "1x", "0x1", "1.5", "", " 1"}) {
    const Answer answer = answered({"run", "a", "--seed", seed});
    EXPECT_EQ(answer.code, ExitCode::kUsage) << seed;
    EXPECT_THAT(answer.text, HasSubstr("seed")) << seed;
  }
  EXPECT_EQ(answered({"run", "a", "--seed"}).code, ExitCode::kUsage);
}

TEST(CommandLine, RunTakesASchedule) {
  EXPECT_TRUE(parsed<RunOptions>({"run", "a"}).schedule.is_default());
  EXPECT_EQ(text_of(parsed<RunOptions>({"run", "a", "--schedule", "pct:3@1ms"}).schedule),
            "pct:3@1ms");
  EXPECT_EQ(answered({"run", "a", "--schedule", "fast"}).text,
            "error: --schedule: not a schedule: 'fast'\n"
            "  hint: random, round-robin, pct:DEPTH or what 'aftershock explore' printed\n"
            "Run 'aftershock run --help' for what is possible.\n");
}

TEST(CommandLine, SeveralSeedsAreALoopOfTheShell) {
  const std::string loop =
      "  hint: for several, loop: for n in $(seq 1 5); do aftershock run FILE --seed $n; done\n"
      "Run 'aftershock run --help' for what is possible.\n";
  EXPECT_EQ(answered({"run", "a", "--seed", "1-5"}).text,
            "error: --seed: run takes one seed, not '1-5'\n" + loop);
  EXPECT_EQ(answered({"run", "a", "--seed=1,2"}).text,
            "error: --seed: run takes one seed, not '1,2'\n" + loop);
  EXPECT_EQ(answered({"run", "a", "--seed", "1", "--seed", "2"}).text,
            "error: --seed is given 2 times; run takes one seed\n" + loop);
  EXPECT_EQ(answered({"run", "a", "--seed", "1", "--seed", "1"}).code, ExitCode::kUsage);
  EXPECT_THAT(answered({"plan", "a", "--seed", "1-5"}).text, HasSubstr("plan FILE --seed $n"));
}

TEST(CommandLine, SuggestsWhatWasMeant) {
  EXPECT_EQ(answered({"rnu", "a"}).text,
            "error: unknown command 'rnu'\n  hint: did you mean 'run'?\n"
            "Run 'aftershock --help' for what is possible.\n");
  EXPECT_EQ(answered({"run", "--sed=5", "a"}).text,
            "error: unknown option '--sed'\n  hint: did you mean '--seed'?\n"
            "Run 'aftershock run --help' for what is possible.\n");
  EXPECT_EQ(answered({"list", "--fualts"}).code, ExitCode::kUsage);
  EXPECT_EQ(
      answered({"run", "a", "--xyzzyx"}).text,
      "error: unknown option '--xyzzyx'\nRun 'aftershock run --help' for what is possible.\n");
}

TEST(CommandLine, RefusesACommandWithoutFiles) {
  for (const char* command : {"run", "validate", "plan", "explore"}) {
    EXPECT_THAT(answered({command}).text,
                StartsWith("error: " + std::string(command) + " needs at least one FILE"));
  }
  EXPECT_EQ(answered({"run", "a", "--out", ""}).code, ExitCode::kUsage);
}

TEST(CommandLine, WithoutACommandTheHelpIsAnError) {
  const Answer answer = answered({});
  EXPECT_EQ(answer.code, ExitCode::kUsage);
  EXPECT_THAT(answer.text, HasSubstr("Usage: aftershock"));
}

TEST(CommandLine, EveryCommandHasHelpWithExamples) {
  EXPECT_THAT(answered({"--help"}).text, HasSubstr("Exit codes: 0 passed"));
  for (const char* command : {"run", "list", "validate", "plan", "explore"}) {
    const Answer answer = answered({command, "--help"});
    EXPECT_EQ(answer.code, ExitCode::kPassed);
    EXPECT_THAT(answer.text, HasSubstr("Examples:\n  aftershock " + std::string(command)));
  }
}

TEST(CommandLine, HelpAndVersionAreWordsToo) {
  EXPECT_EQ(answered({"help"}).text, answered({"--help"}).text);
  EXPECT_EQ(answered({"help", "plan"}).text, answered({"plan", "--help"}).text);
  EXPECT_EQ(answered({"help", "plan"}).code, ExitCode::kPassed);
  EXPECT_THAT(answered({"help", "pln"}).text, HasSubstr("did you mean 'plan'?"));
  EXPECT_EQ(answered({"help", "pln"}).code, ExitCode::kUsage);
  for (const char* word : {"version", "-V"}) {
    EXPECT_EQ(answered({word}).text, answered({"--version"}).text);
    EXPECT_EQ(answered({word}).code, ExitCode::kPassed);
  }
  EXPECT_EQ(parsed<RunOptions>({"run", "help", "version"}).paths,
            (std::vector<std::string>{"help", "version"}));
}

TEST(CommandLine, HelpListsEveryExitCode) {
  const std::string help = answered({"--help"}).text;
  for (const char* code :
       {"0 passed", "1 an objective", "2 inconclusive", "3 aborted: interrupted, or the report",
        "4 clean-up incomplete (live drills)", "64 bad scenario", "70 internal error"}) {
    EXPECT_THAT(help, HasSubstr(code));
  }
}

TEST(CommandLine, HelpFitsAHundredColumns) {
  for (const char* command : {"run", "replay", "list", "validate", "plan", "explore"}) {
    std::istringstream lines(answered({command, "--help"}).text + answered({"--help"}).text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(CommandLine, VersionIsTheProjects) {
  EXPECT_EQ(answered({"--version"}).text, "aftershock " + std::string(kVersion) + "\n");
  std::ostringstream project;
  project << std::ifstream("CMakeLists.txt").rdbuf();
  EXPECT_THAT(project.str(),
              HasSubstr("project(aftershock VERSION " + std::string(kVersion) + " "));
}

TEST(ExitCode, TheWorstCounts) {
  const std::vector<ExitCode> best_first{ExitCode::kPassed, ExitCode::kInconclusive,
                                         ExitCode::kFailed, ExitCode::kAborted,
                                         ExitCode::kUsage,  ExitCode::kInternalError};
  for (std::size_t i = 0; i < best_first.size(); ++i) {
    for (std::size_t j = i; j < best_first.size(); ++j) {
      EXPECT_EQ(worse(best_first[i], best_first[j]), best_first[j]);
      EXPECT_EQ(worse(best_first[j], best_first[i]), best_first[j]);
    }
  }
}

}  // namespace
}  // namespace aftershock::cli
