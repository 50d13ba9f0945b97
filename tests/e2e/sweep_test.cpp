// `aftershock sweep` and `merge` as a user meets them: killed, interrupted, resumed, shared out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

/// Short drills: the two canaries, of which the first is made to fail in some tests.
constexpr const char* kFolder = "scenarios/canary";

class Sweep : public testing::Test {
 protected:
  Sweep() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("sweep-" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Sweep() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  Ended run(const Words& words, const std::function<void()>& prepare = [] {}) const {
    const std::string out = in_folder("stdout"), err = in_folder("stderr");
    const int code = code_of(start(words, out, err, prepare));
    return {code, content_of(out), content_of(err)};
  }

  /// A scenario that fails with every seed: a row is changed by hand, and a pass is asked for.
  std::string failing() const {
    std::string text = content_of(std::string(kFolder) + "/edited-row.yaml");
    text.replace(text.find("scenario: edited-row"), 20, "scenario: failing");
    text.replace(text.find("expect:"), std::string::npos, "expect: pass\n");
    std::ofstream(in_folder("failing.yaml")) << text;
    return in_folder("failing.yaml");
  }

  std::string journal(const std::string& out) const { return in_folder(out) + "/journal.jsonl"; }

  std::size_t lines_of(const std::string& path) const {
    const std::string text = content_of(path);
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  Json report_of(const std::string& out) const {
    return Json::parse(content_of(in_folder(out) + "/sweep.json"));
  }

  /// The report's files without what they say about the machine.
  std::string report_without_machine(const std::string& out) const {
    Json json = report_of(out);
    json.erase("machine");
    const std::string markdown = content_of(in_folder(out) + "/sweep.md");
    std::string page = content_of(in_folder(out) + "/sweep.html");
    const std::size_t machine = page.find("\n<p id=\"machine\">");
    page.erase(machine, page.find("</p>\n", machine) - machine);
    return json.dump(1) + markdown.substr(0, markdown.find("<!-- machine -->")) +
           content_of(in_folder(out) + "/junit.xml") + page;
  }

  /// Starts a sweep and waits until its journal has so many lines.
  pid_t start_until(const Words& words, const std::string& out, std::size_t lines) const {
    const pid_t child = start(words, in_folder("stdout"), in_folder("stderr"));
    for (int i = 0; i < 6000 && lines_of(journal(out)) < lines; ++i) {
      std::this_thread::sleep_for(5ms);
    }
    return child;
  }

  fs::path folder_;
};

TEST_F(Sweep, RunsEverySeedAndWritesItsReports) {
  const Ended ended =
      run({"sweep", kFolder, "--seeds", "1..5", "--jobs", "2", "--out", in_folder("out")});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("10 drills: 10 passed\n"));
  const Json report = report_of("out");
  EXPECT_EQ(report["verdict"], "pass");
  EXPECT_EQ(report["counts"]["drills"], 10);
  EXPECT_THAT(content_of(in_folder("out/sweep.md")), testing::StartsWith("## Sweep: PASS\n"));
  EXPECT_THAT(content_of(in_folder("out/sweep.html")),
              HasSubstr("<title>Sweep: pass, 10 drills: 10 passed</title>"));
  EXPECT_THAT(content_of(in_folder("out/junit.xml")), HasSubstr("<testsuite name=\"lying-disk\""));
  EXPECT_EQ(lines_of(journal("out")), 12U) << "the plan, ten drills, the end";
}

TEST_F(Sweep, KilledHalfWayItGoesOnAndFindsWhatAnUndisturbedOneFinds) {
  const Words words{"sweep",
                    failing(),
                    kFolder,
                    "--seeds",
                    "1..60",
                    "--jobs",
                    "2",
                    "--check-determinism",
                    "30%",
                    "--out",
                    in_folder("killed")};
  const pid_t child = start_until(words, "killed", 60);
  kill(child, SIGKILL);
  EXPECT_EQ(code_of(child), -1);
  const std::size_t kept = lines_of(journal("killed"));
  EXPECT_LT(kept, 200U) << "it was killed before the end";
  std::ofstream(journal("killed"), std::ios::app) << R"({"scenario":1,"seed":6)";  // torn

  Words again = words;
  again.push_back("--resume");
  EXPECT_EQ(run(again).code, 1);
  Words undisturbed = words;
  undisturbed.back() = in_folder("undisturbed");
  EXPECT_EQ(run(undisturbed).code, 1);
  EXPECT_EQ(report_without_machine("killed"), report_without_machine("undisturbed"));
  EXPECT_EQ(report_of("killed")["counts"]["failed"], 60);
  EXPECT_EQ(lines_of(journal("killed")), lines_of(journal("undisturbed"))) << "nothing twice";
}

TEST_F(Sweep, AnInterruptWritesTheReportAndASecondOneEndsAtOnce) {
  Words words{"sweep", kFolder, "--seeds", "1..100000", "--jobs", "2", "--out", in_folder("out")};
  pid_t child = start_until(words, "out", 10);
  kill(child, SIGINT);
  EXPECT_EQ(code_of(child), 3);
  EXPECT_THAT(content_of(in_folder("stderr")), HasSubstr("interrupted: go on with --resume\n"));
  const Json report = report_of("out");
  EXPECT_EQ(report["verdict"], "aborted");
  EXPECT_EQ(report["ended"], "interrupted");
  EXPECT_GE(report["counts"]["drills"], 9);
  EXPECT_EQ(report["counts"]["crashed"], 0);
  EXPECT_EQ(report["not_run"].get<int>() + report["counts"]["drills"].get<int>(), 200'000);

  // A drill that takes long, so that the second signal comes while the first is waited for.
  std::string text = content_of("scenarios/delta-ci/database-outage.yaml");
  text.replace(text.find("observation:"),
               text.find('\n', text.find("observation:")) - text.find("observation:"),
               "observation: 20d");
  std::ofstream(in_folder("database-outage.yaml")) << text;
  child = start_until(
      {"sweep", in_folder("database-outage.yaml"), "--seeds", "1..9", "--out", in_folder("long")},
      "long", 1);
  std::this_thread::sleep_for(300ms);
  kill(child, SIGINT);
  std::this_thread::sleep_for(300ms);
  kill(child, SIGINT);
  EXPECT_EQ(code_of(child), -1) << "by the signal";
  EXPECT_FALSE(fs::exists(in_folder("long/sweep.json")));
}

TEST_F(Sweep, ShardsMergeIntoTheReportOfOneMachine) {
  const Words what{"--seeds",
                   "1..20",
                   "--canary",
                   std::string(kFolder) + "/edited-row.yaml",
                   "--check-determinism",
                   "30%",
                   "--quiet"};
  const auto sweep = [&](const Words& more) {
    Words words{"sweep", failing(), kFolder};
    words.insert(words.end(), what.begin(), what.end());
    words.insert(words.end(), more.begin(), more.end());
    return run(words).code;
  };
  EXPECT_EQ(sweep({"--jobs", "2", "--out", in_folder("one")}), 1);
  Words merge{"merge", "--out", in_folder("merged")};
  for (const char* shard : {"1", "2", "3"}) {
    EXPECT_EQ(
        sweep({"--jobs", "1", "--out", in_folder(shard), "--shard", std::string(shard) + "/3"}), 1);
    merge.insert(merge.begin() + 1, in_folder(shard));  // the last shard first
  }
  EXPECT_EQ(run(merge).code, 1);
  EXPECT_EQ(report_without_machine("merged"), report_without_machine("one"));
  EXPECT_EQ(report_of("merged")["machine"]["shards"], Json({"1/3", "2/3", "3/3"}));

  const Ended missing = run({"merge", in_folder("1"), in_folder("3")});
  EXPECT_EQ(missing.code, 3);
  EXPECT_THAT(missing.err, HasSubstr("shard 2/3 is missing\n"));
  EXPECT_THAT(missing.out, HasSubstr("a part is missing or was killed"));
  const Ended twice = run({"merge", in_folder("1"), in_folder("1")});
  EXPECT_EQ(twice.code, 64);
  EXPECT_THAT(twice.err, HasSubstr("shard 1/3 is in"));
  EXPECT_EQ(run({"merge", in_folder("1"), in_folder("one")}).code, 64) << "of another sweep";
}

TEST_F(Sweep, AScheduleIsThatOfEveryDrillAndOfItsSecondRun) {
  const std::string scenario = "scenarios/delta-ci/runner-crash.yaml";
  const auto digest_of = [&](const std::string& schedule) {
    const Ended ended = run({"sweep", scenario, "--seeds", "2", "--schedule", schedule, "--out",
                             in_folder(schedule), "--check-determinism", "100%", "--other-build",
                             AFTERSHOCK_PROGRAM});
    EXPECT_THAT(ended.out, HasSubstr("1 drill was run twice, 0 with another digest"));
    std::ifstream journal(in_folder(schedule) + "/journal.jsonl");
    std::string line;
    std::getline(journal, line);
    std::getline(journal, line);
    return Json::parse(line).at("digest").get<std::string>();
  };
  const Ended alone =
      run({"run", scenario, "--seed", "2", "--schedule", "pct:3@1ms", "--json", "--quiet"});
  const std::string digest = digest_of("pct:3@1ms");
  EXPECT_EQ(digest, Json::parse(alone.out)["drills"][0]["digest"]);
  EXPECT_NE(digest, digest_of("random"));
}

TEST_F(Sweep, ACanaryMustBeSeenToBreak) {
  const Ended seen = run({"sweep", kFolder, "--seeds", "1", "--canary", kFolder});
  EXPECT_EQ(seen.code, 2) << "nothing else was swept";
  EXPECT_THAT(seen.out, HasSubstr("canary edited-row broke audit-replays, as it must\n"));
  EXPECT_THAT(seen.out, HasSubstr("canary lying-disk broke acked-is-durable, as it must\n"));

  // A canary without its fault's effect is a finder without eyes.
  std::string text = content_of(std::string(kFolder) + "/lying-disk.yaml");
  text.replace(text.find("kind: power"), 11, "kind: process");
  std::ofstream(in_folder("lying-disk.yaml")) << text;
  const Ended blind =
      run({"sweep", std::string(kFolder) + "/edited-row.yaml", "--seeds", "1..3", "--canary",
           in_folder("lying-disk.yaml"), "--append-summary", in_folder("summary")});
  EXPECT_EQ(blind.code, 1);
  EXPECT_THAT(blind.out, HasSubstr("ALARM: the canary lying-disk had to break acked-is-durable"));
  EXPECT_THAT(content_of(in_folder("summary")), HasSubstr("**the canary lying-disk had to break"));
}

TEST_F(Sweep, AnotherBuildIsAskedForItsDigests) {
  const Words words{"sweep", kFolder,        "--seeds", "1..4", "--check-determinism",
                    "100%",  "--other-build"};
  Words same = words;
  same.emplace_back(AFTERSHOCK_PROGRAM);
  EXPECT_THAT(run(same).out, HasSubstr("8 drills were run twice, 0 with another digest"));
  std::ofstream(in_folder("liar")) << "#!/bin/sh\n"
                                      "while [ \"$1\" != --out ]; do shift; done\n"
                                      R"(echo '{"drills":[{"digest":"0123456789abcdef"}]}')"
                                      " > \"$2/report.json\"\n";
  chmod(in_folder("liar").c_str(), 0755);
  Words other = words;
  other.push_back(in_folder("liar"));
  const Ended ended = run(other);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("NONDETERMINISM edited-row: two runs of one seed differ\n"));
  EXPECT_THAT(ended.out, HasSubstr(", then 0123456789abcdef\n"));
  std::ofstream(in_folder("broken")) << "#!/bin/sh\nexit 70\n";
  chmod(in_folder("broken").c_str(), 0755);
  other.back() = in_folder("broken");
  EXPECT_THAT(run(other).out, HasSubstr("it: exit code 70)"));
}

TEST_F(Sweep, StopsAtTheFirstFailure) {
  const Ended ended = run({"sweep", failing(), "--seeds", "1..", "--budget", "1h", "--jobs", "1",
                           "--stop-on-first", "--json"});
  EXPECT_EQ(ended.code, 1);
  const Json report = Json::parse(ended.out);
  EXPECT_EQ(report["ended"], "first_failure");
  EXPECT_EQ(report["counts"]["drills"], 1);
  const std::string replay = report["findings"][0]["seeds"][0]["replay"];
  EXPECT_EQ(replay, "aftershock run " + in_folder("failing.yaml") + " --seed 1");
}

TEST_F(Sweep, MistakesAreAnsweredBeforeTheFirstDrill) {
  const std::string other = in_folder("other");
  ASSERT_EQ(run({"sweep", kFolder, "--seeds", "1..2", "--out", other}).code, 0);
  std::ofstream(in_folder("file")) << "x";
  const std::vector<std::pair<Words, std::string>> mistakes{
      {{}, "a sweep needs an end"},
      {{"--seeds", "1.."}, "a sweep needs an end"},
      {{"--seeds", "5..1"}, "ends before it begins"},
      {{"--seeds", "1..2", "--shrad", "1/2"}, "did you mean '--shard'?"},
      {{"--seeds", "1..2", "--shard", "3/2"}, "does not exist"},
      {{"--seeds", "1..2", "--shard", "1/2"}, "--shard needs --out"},
      {{"--budget", "10"}, "write 10s"},
      {{"--seeds", "1", "--jobs", "0"}, "from 1 to 1024"},
      {{"--seeds", "1", "--resume"}, "--resume needs the --out"},
      {{"--seeds", "1", "--check-determinism", "5"}, "write 5%"},
      {{"--seeds", "1", "--other-build", "x"}, "needs --check-determinism"},
      {{"--seeds", "1", "--check-determinism", "5%", "--other-build", "none"},
       "cannot be executed"},
      {{"--seeds", "1", "--canary", "scenarios/delta-ci/runner-crash.yaml"}, "is no canary"},
      {{"--seeds", "1", "--out", in_folder("file")}, "give --out a folder"},
      {{"--seeds", "1", "--out", "/proc"}, "cannot create '/proc/"},
      {{"--seeds", "1", "--append-summary", "/proc/x"}, "cannot append to '/proc/x'"},
      {{"--seeds", "1..2", "--out", other}, "--resume goes on with it"},
      {{"--seeds", "1..3", "--out", other, "--resume"}, "the range of seeds differs"}};
  for (const auto& [more, expected] : mistakes) {
    Words words{"sweep", kFolder};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = run(words);
    EXPECT_EQ(ended.code, 64) << expected;
    EXPECT_EQ(ended.out, "") << expected;
    EXPECT_THAT(ended.err, HasSubstr(expected));
  }
  EXPECT_EQ(run({"merge"}).code, 64);
  EXPECT_EQ(run({"merge", in_folder("none")}).code, 64);
}

TEST_F(Sweep, ADamagedLineInTheMiddleIsNamed) {
  const Words words{"sweep", kFolder, "--seeds", "1..3", "--out", in_folder("out")};
  ASSERT_EQ(run(words).code, 0);
  std::string text = content_of(journal("out"));
  const std::size_t third = text.find('\n', text.find('\n') + 1) + 1;
  text[third] = '#';
  std::ofstream(journal("out")) << text;
  Words again = words;
  again.push_back("--resume");
  for (const Words& each : {again, Words{"merge", in_folder("out")}}) {
    const Ended ended = run(each);
    EXPECT_EQ(ended.code, 64);
    EXPECT_THAT(ended.err, HasSubstr("journal.jsonl:3: it is not a JSON object\n"));
  }
  EXPECT_EQ(content_of(journal("out")), text) << "left as it was";
}

TEST_F(Sweep, ADiskThatFillsUpEndsItAndTheJournalCanGoOn) {
  const Words words{"sweep", kFolder, "--seeds", "1..40", "--jobs", "1", "--out", in_folder("out")};
  const Ended ended = run(words, [] {
    signal(SIGXFSZ, SIG_IGN);  // then writing past the limit is an error, as on a full disk
    const rlimit bytes{8192, 8192};
    setrlimit(RLIMIT_FSIZE, &bytes);
  });
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("error: cannot write"));
  EXPECT_THAT(ended.out, HasSubstr(" drills: "));
  Words again = words;
  again.push_back("--resume");
  EXPECT_EQ(run(again).code, 0);
  EXPECT_EQ(report_of("out")["counts"]["drills"], 80);
}

TEST_F(Sweep, TwoSweepsDoNotShareAJournal) {
  const Words words{"sweep",  kFolder, "--seeds", "1..100000",
                    "--jobs", "1",     "--out",   in_folder("out")};
  const pid_t child = start_until(words, "out", 3);
  Words again = words;
  again.push_back("--resume");
  const std::string out = in_folder("second"), err = in_folder("second.err");
  EXPECT_EQ(code_of(start(again, out, err)), 64);
  EXPECT_THAT(content_of(err), HasSubstr("another sweep writes"));
  kill(child, SIGINT);
  EXPECT_EQ(code_of(child), 3);
}

}  // namespace
}  // namespace aftershock
