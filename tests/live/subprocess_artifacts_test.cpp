// What a real command leaves behind: the artifacts that are kept, and everything that is not.
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>

#include "runner/adapters/remove_tree.h"
#include "tests/live/subprocess_fixture.h"

namespace delta {
namespace {

namespace fs = std::filesystem;

using SubprocessArtifactsTest = SubprocessFixture;

std::vector<std::string> names_of(const ExecutionResult& result) {
  std::vector<std::string> names;
  for (const ProducedArtifact& artifact : result.artifacts) names.push_back(artifact.name);
  return names;
}

using Names = std::vector<std::string>;

TEST_F(SubprocessArtifactsTest, AreTheFilesSortedByName) {
  const Ran ran = run(
      "cd artifacts; printf abc >b.txt; mkdir -p a/deep/er; printf x >a/deep/er/z; printf '' >a.0; "
      "head -c 1000000 /dev/zero >zero; exit 3");
  EXPECT_EQ(ran.result.exit_code, 3);
  EXPECT_EQ(names_of(ran.result), (Names{"a.0", "a/deep/er/z", "b.txt", "zero"}));
  EXPECT_EQ(ran.result.artifacts[2].content.digest, content_digest("abc"));
  EXPECT_EQ(ran.result.artifacts[2].content.size, 3U);
  EXPECT_TRUE(ran.result.artifacts[2].content.bytes.empty());
  EXPECT_EQ(ran.result.artifacts[3].content.digest, content_digest(std::string(1'000'000, '\0')));
  EXPECT_EQ(ran.output, "");
}

TEST_F(SubprocessArtifactsTest, StayUntilTheExecutionIsDestroyed) {
  auto execution = start(job("printf abc >$DELTA_ARTIFACTS/a"), {}, [](auto) {});
  ASSERT_NE(execution, nullptr);
  ASSERT_TRUE(execution->wait_until(kNoDeadline));
  const ExecutionResult result = execution->result();
  ASSERT_EQ(result.artifacts.size(), 1U);
  EXPECT_EQ(read_all(result.artifacts[0].content.file), "abc");
  execution.reset();
  EXPECT_FALSE(fs::exists(result.artifacts[0].content.file));
}

TEST_F(SubprocessArtifactsTest, OnlyRegularFilesWithGoodNamesAreKept) {
  const std::string long_name(250, 'n');
  const Ran ran = run(
      "printf started; cd artifacts; echo ok >ok; ln -s ../../secret link; ln -s /etc etc; mkfifo "
      "pipe; "
      "mkdir d log.d; mkfifo d/pipe; echo x >log; echo x >d/log; echo x >\"$(printf 'a\\nb')\"; "
      "echo x >\"$(printf 'bad\\377')\"; echo x >\"$(printf 'fine-\\303\\244')\"; mkdir ddddddd; "
      "echo x >ddddddd/" +
      long_name);
  EXPECT_EQ(ran.result.exit_code, 0);
  EXPECT_EQ(names_of(ran.result), (Names{"d/log", "fine-\xC3\xA4", "ok"}));
  EXPECT_EQ(ran.output.find("started\n[artifact "), 0U) << ran.output;
  for (const char* line :
       {"[artifact 'link' is not kept: a symbolic link]\n",
        "[artifact 'etc' is not kept: a symbolic link]\n",
        "[artifact 'pipe' is not kept: a pipe]\n", "[artifact 'd/pipe' is not kept: a pipe]\n",
        "[artifact 'log' is not kept: the name is that of the command's output]\n",
        "[artifact 'a b' is not kept: its name is not printable]\n",
        "[artifact 'ddddddd/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...' is not kept: its name is too "
        "long]\n"}) {
    EXPECT_NE(ran.output.find(line), std::string::npos) << line << ran.output;
  }
  EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '['), 8);
}

TEST_F(SubprocessArtifactsTest, TooManyAreCutByName) {
  executor({.artifacts = {.most = 100}});
  const Ran ran = run("cd artifacts; i=1000; while [ $i -lt 1500 ]; do : >f$i; i=$((i+1)); done");
  ASSERT_EQ(ran.result.artifacts.size(), 100U);
  EXPECT_EQ(ran.result.artifacts.front().name, "f1000");
  EXPECT_EQ(ran.result.artifacts.back().name, "f1099");
  EXPECT_EQ(ran.output, "[400 artifacts are not kept: only 100 are allowed]\n");
}

TEST_F(SubprocessArtifactsTest, TooLargeOnesAreNotKept) {
  executor({.artifacts = {.most_bytes_each = 10, .most_bytes_together = 15}});
  const Ran ran =
      run("cd artifacts; printf 0123456789 >a; printf 0123456789x >b; printf 012345 >c; printf "
          "01234 >d");
  EXPECT_EQ(names_of(ran.result), (Names{"a", "d"}));
  EXPECT_EQ(ran.output,
            "[artifact 'b' is not kept: it has 11 bytes, and 10 are allowed]\n"
            "[artifact 'c' is not kept: together the artifacts would have more than 15 bytes]\n");
}

TEST_F(SubprocessArtifactsTest, RemarksDoNotFlood) {
  const Ran ran = run("cd artifacts; i=0; while [ $i -lt 500 ]; do ln -s x l$i; i=$((i+1)); done");
  EXPECT_TRUE(ran.result.artifacts.empty());
  EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '\n'), 21);
  EXPECT_NE(ran.output.find("[480 other artifacts are not kept either]\n"), std::string::npos);
}

TEST_F(SubprocessArtifactsTest, ALinkInPlaceOfTheFolderIsNotFollowed) {
  EXPECT_TRUE(run("rmdir artifacts; ln -s /etc artifacts").result.artifacts.empty());
  EXPECT_TRUE(run("rmdir artifacts").result.artifacts.empty());
  EXPECT_TRUE(run("rm -rf \"$PWD\"").result.artifacts.empty());
}

TEST_F(SubprocessArtifactsTest, KillInterruptsTheReading) {
  Watcher watcher;
  const auto execution =
      start(job("truncate -s 1000G artifacts/endless; echo made"), {}, watcher.sink());
  ASSERT_NE(execution, nullptr);
  watcher.wait_for("made");
  execution->kill();  // comes back although nobody could read so much
}

TEST_F(SubprocessArtifactsTest, FoldersThatResistAreRemovedToo) {
  EXPECT_EQ(run("mkdir -p a/b; echo x >a/b/c; chmod 0555 a/b a; chmod 0 a/b; mkdir -p tmp/x; "
                "chmod 0 tmp tmp/x; i=0; while [ $i -lt 300 ]; do mkdir deeeeeeeeeep; "
                "cd deeeeeeeeeep; i=$((i+1)); done; echo x >bottom; ln -s / root")
                .result.exit_code,
            0);
}

TEST_F(SubprocessArtifactsTest, RemovalFollowsNoLinkAndTakesManyFiles) {
  fs::create_directories(folder_ / "tree");
  std::ofstream(folder_ / "kept") << "x";
  fs::create_directory_symlink(folder_, folder_ / "tree" / "out");
  for (int i = 0; i < 1'500; ++i) std::ofstream(folder_ / "tree" / std::to_string(i)) << "x";
  EXPECT_TRUE(remove_tree(folder_ / "tree"));
  EXPECT_TRUE(fs::exists(folder_ / "kept"));
  EXPECT_FALSE(fs::exists(folder_ / "tree"));
  EXPECT_TRUE(remove_tree(folder_ / "tree"));  // nothing there is as good
  fs::create_directory_symlink(folder_, folder_ / "link");
  EXPECT_FALSE(remove_tree(folder_ / "link"));
}

TEST_F(SubprocessArtifactsTest, OnlyADeadRunnersFoldersAreRemovedAtTheStart) {
  const fs::path dead = root() / "delta-runner-0123456789abcdef";
  fs::create_directories(dead / "job-1" / "artifacts");
  const Names others{"delta-runner-0123456789abcdeg", "delta-runner-0123456789abcde", "mine"};
  for (const std::string& other : others) fs::create_directory(root() / other);
  const fs::path linked = root() / "delta-runner-aaaaaaaaaaaaaaaa";
  fs::create_directory_symlink(folder_, linked);
  executor();
  EXPECT_FALSE(fs::exists(dead));
  {
    // The first one lives: the second leaves its folder alone.
    const auto second = SubprocessExecutor::open({.root = root()}, *log_).value();
    EXPECT_EQ(entries_in(root()), others.size() + 3);
    EXPECT_EQ(run("echo x").output, "x\n");
  }
  EXPECT_TRUE(fs::exists(linked));
  kept_folders_ = others.size() + 1;
}

}  // namespace
}  // namespace delta
