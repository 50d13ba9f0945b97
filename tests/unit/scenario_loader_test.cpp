// The scenario loader: what the valid sample means, how errors look, which files are refused.
#include "harness/scenario/loader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/rng.h"
#include "tests/unit/scenario_sample.h"

namespace aftershock {
namespace {

using namespace std::chrono_literals;

/// A file that is gone with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name)
      : path_(std::filesystem::path(testing::TempDir()) / name) {
    std::filesystem::remove(path_);
  }
  TemporaryFile(const std::string& name, const std::string& bytes) : TemporaryFile(name) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string file_error(const std::string& path) {
  const auto loaded = load_scenario(path);
  if (loaded) return "no error";
  std::string text = format_diagnostics(loaded.error());
  const std::size_t at = text.find(path);
  return at == std::string::npos ? text : text.replace(at, path.size(), "FILE");
}

TEST(ScenarioLoader, ReadsEveryValueOfTheSample) {
  const auto loaded = load_scenario(kValidPath);
  ASSERT_TRUE(loaded) << format_diagnostics(loaded.error());
  EXPECT_EQ(loaded->name, "valid");
  EXPECT_EQ(loaded->source.section, "4) Database Outage");
  EXPECT_TRUE(loaded->rationale.ends_with("survive it."));
  EXPECT_EQ(loaded->cluster.orchestrators.count, 2U);
  EXPECT_EQ(loaded->cluster.orchestrators.restart.delay, 2s);
  EXPECT_EQ(loaded->cluster.runners.restart.policy, RestartPolicy::kOnFailure);
  EXPECT_EQ(loaded->cluster.network.anywhere.latency.min, 300us);
  EXPECT_EQ(loaded->cluster.network.anywhere.loss_ppm, 5'000U);
  EXPECT_EQ(loaded->settings.lease_ttl, 100s);
  EXPECT_EQ(loaded->settings.sweep_batch, 40U);
  EXPECT_FALSE(loaded->settings.dispatch_fallback);
  EXPECT_EQ(loaded->workload.interval, 2s);
  EXPECT_EQ(loaded->workload.jobs.shape, JobShape::kDiamond);
  EXPECT_EQ(loaded->workload.jobs.duration.max, 90s);
  EXPECT_EQ(loaded->workload.jobs.failure_ppm, 20'000U);
  EXPECT_EQ(loaded->workload.jobs.cancel_ppm, 10'000U);
  EXPECT_EQ(loaded->steady_state.canary.job_duration, 1500ms);
  EXPECT_EQ(loaded->observation, 12min);
  EXPECT_EQ(loaded->objectives.rto.max, 4min);
  EXPECT_EQ(loaded->objectives.rpo.stated_by, StatedBy::kDerived);
  ASSERT_EQ(loaded->excepted_invariants.size(), 1U);
  EXPECT_EQ(loaded->excepted_invariants[0].name, "wake-up");
  EXPECT_EQ(loaded->violates, "fenced-completion");
}

TEST(ScenarioLoader, ReadsTheFaultsOfTheSample) {
  const auto loaded = load_scenario(kValidPath);
  ASSERT_TRUE(loaded) << format_diagnostics(loaded.error());
  ASSERT_EQ(loaded->faults.size(), 4U);
  const FaultSpec& outage = loaded->faults[0];
  EXPECT_EQ(outage.id, "outage");
  EXPECT_EQ(outage.kind, "database.outage");
  EXPECT_EQ(outage.target.mode, TargetMode::kAll);
  EXPECT_EQ(outage.end(), 2min);
  const FaultSpec& kill = loaded->faults[1];
  EXPECT_EQ(kill.id, "f2");
  EXPECT_EQ(kill.target.percent, 20U);
  EXPECT_FALSE(kill.duration);
  const FaultSpec& partition = loaded->faults[2];
  EXPECT_EQ(partition.target.fixed, (std::vector<std::uint32_t>{0, 7}));
  EXPECT_EQ(partition.parameters.choice<Role>("to"), Role::kOrchestrator);
  EXPECT_EQ(partition.parameters.choice<Direction>("direction"), Direction::kFrom);
  EXPECT_EQ(loaded->faults[3].end(), 3min + 30s);
}

TEST(ScenarioLoader, FillsInWhatTheFileLeavesOut) {
  const auto loaded = parse_scenario(
      changed("settings: {lease_ttl: 100s, heartbeat_interval: 20s, sweep_batch: 40, "
              "dispatch_fallback: false}\n",
              ""),
      kValidPath);
  ASSERT_TRUE(loaded) << format_diagnostics(loaded.error());
  EXPECT_EQ(loaded->settings.lease_ttl, delta::Settings{}.lease_ttl);
  EXPECT_TRUE(loaded->settings.dispatch_fallback);
}

TEST(ScenarioLoader, ReportsEveryErrorAtOnceInOrder) {
  std::string text = changed("lease_ttl: 100s", "lease_tll: 100s");
  text.replace(text.find("observation: 12m"), 16, "observation: 12");
  text.replace(text.find("shape: diamond"), 14, "shape: star");
  EXPECT_EQ(errors_in(text),
            "12:12: unknown key 'lease_tll' in 'settings' [did you mean 'lease_ttl'?]\n"
            "15:17: 'shape': 'star' is not one of: single, chain, diamond\n"
            "38:14: 'observation': '12' has no unit [write 12s]");
}

TEST(ScenarioLoader, ShowsTheLineACaretAndAHint) {
  const auto loaded = parse_scenario(changed("  window: 60s", "  windwo: 60s"), "a/valid.yaml");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(format_diagnostics(loaded.error()),
            "a/valid.yaml:19:3: error: unknown key 'windwo' in 'steady_state'\n"
            "    windwo: 60s\n"
            "    ^\n"
            "  hint: did you mean 'window'?\n");
}

TEST(ScenarioLoader, CutsLongLinesAroundTheCaret) {
  const std::string title = "title: " + std::string(300, 'a') + "\xC3\xA9: b";
  const auto loaded = parse_scenario(title, "valid.yaml");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(format_diagnostics(loaded.error()),
            "valid.yaml:1:309: error: not valid YAML: illegal map value\n  ..." +
                std::string(96, 'a') + "\xC3\xA9: b\n" + std::string(102, ' ') +
                "^\n  hint: put text that holds ': ' in quotes; a line above may lack the blank "
                "after its colon\n");
}

TEST(ScenarioLoader, CountsColumnsInCharacters) {
  EXPECT_EQ(errors_in("{\xC3\xA9: 1, \xE2\x82\xAC: &x 2}"),
            "1:11: anchors (&name) are not allowed: write the value out");
}

TEST(ScenarioLoader, StopsListingAfterFiftyErrors) {
  std::string text = read_valid();
  for (int i = 0; i < 60; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
  const auto loaded = parse_scenario(text, kValidPath);
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 51U);
  EXPECT_EQ(loaded.error().back().message, "and 10 more errors, from here on");
}

TEST(ScenarioLoader, RefusesWhatIsNotAReadableTextFile) {
  EXPECT_EQ(file_error("tests/unit/data/scenario/absent.yaml"), "FILE: error: no such file\n");
  EXPECT_EQ(file_error("tests/unit/data/scenario"), "FILE: error: not a regular file\n");
  EXPECT_EQ(file_error("/dev/zero"), "FILE: error: not a regular file\n");
  const TemporaryFile pipe("pipe.yaml");
  ASSERT_EQ(mkfifo(pipe.path().c_str(), 0600), 0);
  EXPECT_EQ(file_error(pipe.path()), "FILE: error: not a regular file\n");
}

TEST(ScenarioLoader, RefusesEmptyAndBinaryFiles) {
  const auto error_of = [](const std::string& bytes) {
    const TemporaryFile file("bytes.yaml", bytes);
    return file_error(file.path());
  };
  EXPECT_EQ(error_of(""), "FILE:1:1: error: the file is empty\n");
  EXPECT_EQ(error_of("\xEF\xBB\xBF \n\n"), "FILE:1:1: error: the file is empty\n");
  EXPECT_EQ(error_of("# only a comment\n"),
            "FILE:1:1: error: the file is empty\n  # only a comment\n  ^\n");
  EXPECT_EQ(error_of(std::string("a: b\nc: \0", 9)),
            "FILE:2:4: error: control character 0x00: the file is not text\n");
  EXPECT_EQ(error_of("a: \x04"), "FILE:1:4: error: control character 0x04: the file is not text\n");
  EXPECT_EQ(error_of("a: b\rc: d"),
            "FILE:1:5: error: control character 0x0D: the file is not text\n");
  EXPECT_EQ(error_of("a: \xC3\xA9\xFF"), "FILE:1:5: error: byte 0xFF is not UTF-8\n");
  EXPECT_EQ(error_of("\xC0\xAF"), "FILE:1:1: error: byte 0xC0 is not UTF-8\n");
  EXPECT_EQ(error_of("\xED\xA0\x80"), "FILE:1:1: error: byte 0xED is not UTF-8\n");
  EXPECT_EQ(error_of("a: \xE2\x82"), "FILE:1:4: error: byte 0xE2 is not UTF-8\n");
}

TEST(ScenarioLoader, RefusesAHugeFileBySizeAlone) {
  const TemporaryFile file("huge.yaml", "");
  std::filesystem::resize_file(file.path(), 100'000'000);  // sparse: it takes no room
  EXPECT_EQ(file_error(file.path()),
            "FILE: error: the file has 100000000 bytes; at most 1048576 are read\n");
}

TEST(ScenarioLoader, AcceptsTheSampleWithAByteOrderMarkAndWindowsLineEnds) {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : read_valid()) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const TemporaryFile file("valid.yaml", text);
  EXPECT_EQ(file_error(file.path()), "no error");
}

/// One random edit of the text; the pieces aim at what the loader treats specially.
std::string mutate(std::string text, delta::Rng& rng) {
  static constexpr std::array<std::string_view, 24> pieces{
      "{",  "}", "[",   "]",     ": ",        "- ",     "\n", "  ",
      "\"", "'", "|\n", "&a ",   "*a",        "!!str ", "~",  "99999999999999999999",
      "-1", "%", "0",   "---\n", "\"\\x00\"", "#",      "? ", "1ns"};
  const std::size_t at = rng.below(text.size());
  const std::size_t length = rng.below(30);
  switch (rng.below(4)) {
    case 0: return text.erase(at, length);
    case 1: return text.insert(at, pieces.at(rng.below(pieces.size())));
    case 2: return text.insert(rng.below(text.size()), text.substr(at, length));
    default: text[at] = static_cast<char>(' ' + static_cast<char>(rng.below(95)));
  }
  return text;
}

TEST(ScenarioLoader, AnswersEveryMutationOfTheSampleWithAScenarioOrErrors) {
  const std::string valid = read_valid();
  delta::Rng rng(20240607);
  int refused = 0;
  int accepted = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::string text = valid;
    for (std::uint64_t edits = 1 + rng.below(3); edits > 0; --edits) text = mutate(text, rng);
    const auto loaded = parse_scenario(text, kValidPath);
    if (loaded) {
      ++accepted;
      ASSERT_FALSE(loaded->faults.empty()) << text;
      ASSERT_GE(loaded->observation, loaded->faults[0].end()) << text;
      continue;
    }
    ++refused;
    ASSERT_FALSE(loaded.error().empty()) << text;
    for (const Diagnostic& error : loaded.error()) {
      ASSERT_GE(error.line, 1) << text;
      ASSERT_GE(error.column, 1) << text;
    }
    ASSERT_NE(format_diagnostics(loaded.error()), "");
  }
  EXPECT_GT(refused, 1'000);
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace aftershock
