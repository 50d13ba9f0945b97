// `replay`: what its command line understands, where the trace goes, and what is refused.
#include "harness/cli/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/trace/recorded_run.h"
#include "tests/unit/small_drill.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Words = std::vector<std::string>;

std::string mistake(const Words& words) {
  const auto line = parse_command_line(words);
  EXPECT_FALSE(line) << "was understood";
  return line ? "" : line.error().text;
}

TEST(ReplayLine, takes_a_seed_a_file_and_every_filter) {
  const auto line =
      parse_command_line({"replay", "7", "a.yaml", "--host", "runner-3,queue", "--host", "database",
                          "--run", "3f2a", "--kind", "fault,alert", "--from", "-30s",
                          "--until=2m30s", "--format", "jsonl", "--out", "trace.jsonl"});
  ASSERT_TRUE(line) << line.error().text;
  const auto& options = std::get<ReplayOptions>(*line);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.path, "a.yaml");
  EXPECT_EQ(options.filter.hosts, (Words{"runner-3", "queue", "database"}));
  EXPECT_EQ(options.filter.runs, Words{"3f2a"});
  EXPECT_EQ(options.filter.kinds, (std::vector{TraceKind::fault, TraceKind::alert}));
  EXPECT_EQ(options.filter.from, -30s);
  EXPECT_EQ(options.filter.until, 150s);
  EXPECT_EQ(options.format, TraceFormat::kJsonLines);
  EXPECT_EQ(options.out, "trace.jsonl");
}

TEST(ReplayLine, says_what_is_wrong_and_what_may_be_meant) {
  const std::vector<std::pair<Words, std::string>> mistakes{
      {{}, "replay needs a SEED and a FILE"},
      {{"7"}, "replay needs a SEED and a FILE"},
      {{"a.yaml", "7"}, "the seed comes first\n  hint: aftershock replay 7 a.yaml"},
      {{"x", "a.yaml"}, "a seed is a whole number from 0 to 18446744073709551615, not 'x'"},
      {{"-1", "a.yaml"}, "a seed is a whole number"},
      {{"7", "a.yaml", "--kind", "falt"}, "no kind 'falt'\n  hint: did you mean 'fault'?"},
      {{"7", "a.yaml", "--run", "xyz"}, "'xyz' is not how the id of a run begins"},
      {{"7", "a.yaml", "--from", "soon"}, "--from: "},
      {{"7", "a.yaml", "--from", "2m", "--until", "90s"}, "--from 2m is later than --until 90s"},
      {{"7", "a.yaml", "--format", "xml"}, "xml"},
      {{"7", "a.yaml", "--format", "perfetto", "--host", "queue"},
       "--host goes with --format text and jsonl only"},
      {{"7", "a.yaml", "--out", ""}, "--out needs the name of a file"},
      {{"7", "a.yaml", "--diverge", ""}, "--diverge needs a seed, a scenario file or a program"},
      {{"7", "a.yaml", "--diverge", "8", "--format", "jsonl"}, "leave out --format"},
      {{"7", "a.yaml", "--diverge", "8", "--from", "1s"}, "--from goes with --format text"},
      {{"7", "a.yaml", "b.yaml"}, "error: "},
      {{"7", "a.yaml", "--hots", "queue"}, "did you mean '--host'?"}};
  for (const auto& [words, expected] : mistakes) {
    Words all{"replay"};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_THAT(mistake(all), HasSubstr(expected));
  }
}

TEST(ReplayLine, its_help_has_examples_for_every_use) {
  const std::string help = mistake({"replay", "--help"});
  for (const char* word : {"SEED", "FILE", "--host", "--kind", "--diverge", "perfetto", "jsonl"}) {
    EXPECT_THAT(help, HasSubstr(word));
  }
}

/// A folder with a drill in it, gone after the test.
class Replaying : public testing::Test {
 protected:
  Replaying() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("replay-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    SmallDrill drill;
    drill.disaster =
        "faults:\n  - {id: kill, fault: process.kill, target: {role: runner, mode: one}, at: "
        "10s}\n";
    std::ofstream(in_folder("small.yaml")) << text_of(drill);
  }
  ~Replaying() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  ExitCode replay(const std::function<void(ReplayOptions&)>& change = [](ReplayOptions&) {}) {
    out_.str("");
    err_.str("");
    ReplayOptions options{.seed = 1, .path = in_folder("small.yaml")};
    change(options);
    std::string doing;
    return replay_command(options, {{out_}, {err_}}, std::chrono::steady_clock::now, doing);
  }

  static std::string content_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  fs::path folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(Replaying, shows_what_is_wanted_and_then_the_verdict) {
  EXPECT_EQ(replay([](ReplayOptions& options) {
              options.filter.kinds = {TraceKind::fault};
              options.filter.from = 0s;
            }),
            ExitCode::kPassed);
  EXPECT_THAT(out_.str(), StartsWith("10.000s"));
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("kill requested: process.kill on runner-"),
                                HasSubstr("\n\nPASS small: A small cluster in trouble\n"),
                                HasSubstr(" events\n"), Not(HasSubstr("\033"))));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(Replaying, what_a_program_reads_holds_nothing_else) {
  EXPECT_EQ(replay([](ReplayOptions& options) { options.format = TraceFormat::kPerfetto; }),
            ExitCode::kPassed);
  EXPECT_TRUE(nlohmann::json::accept(out_.str()));
  EXPECT_THAT(err_.str(), StartsWith("PASS small"));
  replay([](ReplayOptions& options) { options.format = TraceFormat::kJsonLines; });
  std::istringstream lines(out_.str());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
}

TEST_F(Replaying, a_file_takes_the_trace_and_the_screen_the_verdict) {
  EXPECT_EQ(replay([this](ReplayOptions& options) { options.out = in_folder("trace.txt"); }),
            ExitCode::kPassed);
  EXPECT_THAT(content_of(in_folder("trace.txt")), HasSubstr("canary"));
  EXPECT_THAT(out_.str(), AllOf(StartsWith("PASS small"), HasSubstr("written to ")));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

TEST_F(Replaying, refuses_before_anything_runs) {
  const auto with_host = [](ReplayOptions& options) { options.filter.hosts = {"runer-3"}; };
  EXPECT_EQ(replay(with_host), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("no host 'runer-3'"), HasSubstr("mean 'runner-3'?"),
                                HasSubstr("Nothing was run.")));
  EXPECT_EQ(replay([this](ReplayOptions& options) { options.path = in_folder("none.yaml"); }),
            ExitCode::kUsage);
  EXPECT_EQ(replay([this](ReplayOptions& options) { options.out = folder_.string(); }),
            ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is a folder"));
  EXPECT_EQ(replay([this](ReplayOptions& options) { options.out = in_folder("no/such/file"); }),
            ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("No such file or directory"));
  fs::create_directory(in_folder("more"));
  fs::copy_file(in_folder("small.yaml"), in_folder("more/small.yaml"));
  EXPECT_EQ(replay([this](ReplayOptions& options) { options.path = folder_.string(); }),
            ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("replay shows one drill"));
}

TEST_F(Replaying, a_run_that_is_not_there_is_said) {
  const auto nobodys = [](ReplayOptions& options) { options.filter.runs = {"00000000000"}; };
  EXPECT_EQ(replay(nobodys), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("no run of this drill has an id that begins with 00000000000"));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(Replaying, a_refused_or_failed_trace_leaves_the_old_file) {
  std::ofstream(in_folder("old")) << "the old one";
  replay([this](ReplayOptions& options) {
    options.out = in_folder("old");
    options.filter.runs = {"00000000000"};
  });
  EXPECT_EQ(content_of(in_folder("old")), "the old one");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

TEST_F(Replaying, two_runs_part_or_are_the_same) {
  const auto with = [this](const std::string& other) {
    return replay([&other](ReplayOptions& options) { options.diverge = other; });
  };
  EXPECT_EQ(with("1"), ExitCode::kPassed);
  EXPECT_THAT(out_.str(), StartsWith("The runs are the same: "));
  EXPECT_EQ(with("2"), ExitCode::kFailed);
  EXPECT_THAT(out_.str(), AllOf(StartsWith("The runs part at step "), HasSubstr("seed 2 of ")));
  EXPECT_EQ(with(in_folder("small.yaml")), ExitCode::kPassed);
  replay([this](ReplayOptions& options) {
    options.format = TraceFormat::kSteps;
    options.out = in_folder("steps");
  });
  EXPECT_EQ(with(in_folder("steps")), ExitCode::kPassed);
  EXPECT_EQ(with(in_folder("nothing")), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("neither a seed, nor a scenario, nor a build"));
}

}  // namespace
}  // namespace aftershock::cli
