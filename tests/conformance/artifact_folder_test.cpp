// Artifacts in a folder: what every store does, and what only files do.
#include "platform/artifacts/folder_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "platform/artifacts/contents.h"
#include "tests/conformance/artifact_conformance.h"

namespace delta::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FolderArtifacts {
 public:
  void run(const std::function<void()>& body) { body(); }
  void at_once(std::vector<std::function<void()>> bodies) { run_at_once(std::move(bodies)); }
  FolderStore& store() { return store_; }
  std::string place(const std::string& path) const { return folder_.path() + "/" + path; }
  void damage(const std::string& path) {
    std::fstream file(place(path), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(3);
    file.put('?');
    CHECK(file.good());
  }
  Content large(const std::string& bytes) { return content_in_file(files_, "executed", bytes); }

 private:
  TestFolder folder_;
  TestFolder files_;
  FolderStore store_{folder_.path()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Folder, ArtifactConformance, FolderArtifacts);

class FolderStoreTest : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& bytes) {
    const auto done = store().put(path, content_of(bytes));
    ASSERT_TRUE(done) << done.error().detail;
  }
  void expect_refused(const std::string& path, const std::string& why) {
    const auto done = store().put(path, content_of("x"));
    ASSERT_FALSE(done) << path;
    EXPECT_FALSE(done.error().retryable) << path;
    EXPECT_THAT(done.error().detail, HasSubstr(why));
    EXPECT_FALSE(store().get(path)) << path;
  }
  StoreError get_error(const std::string& path) {
    const auto found = store().get(path);
    EXPECT_FALSE(found) << path;
    return found ? StoreError{} : found.error();
  }
  FolderStore& store() { return world_.store(); }
  std::string place(const std::string& path) const { return world_.place(path); }
  int entries(const std::string& path) const {
    const fs::directory_iterator all(place(path));
    return static_cast<int>(std::distance(fs::begin(all), fs::end(all)));
  }

  FolderArtifacts world_;
};

TEST_F(FolderStoreTest, people_read_it_under_its_name) {
  put("runs/1/log", "contents");
  std::ifstream file(place("runs/1/log"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "contents");
  EXPECT_THAT(fs::read_symlink(place("runs/1/log")).string(),
              HasSubstr("d1b2a59fbea7e20077af9f91b27e95e865061b270be03ff539ab3b73587882e8"));
}

TEST_F(FolderStoreTest, a_path_that_leads_elsewhere_is_refused) {
  expect_refused("", "empty");
  expect_refused("/etc/passwd", "absolute");
  expect_refused("../a", "..");
  expect_refused("a/../b", "..");
  expect_refused("a/..", "..");
  expect_refused("./a", ".");
  expect_refused("a//b", "empty part");
  expect_refused("a/", "empty part");
  expect_refused(std::string("a\0b", 3), "NUL");
  expect_refused(std::string(256, 'x'), "255");
  std::string deep = "a";
  while (deep.size() < 1024) deep += "/a";
  expect_refused(deep, "1024");
  expect_refused("runs/.artifact-x", ".artifact-");
  EXPECT_EQ(entries(""), 0);
}

TEST_F(FolderStoreTest, a_link_does_not_lead_out_of_the_folder) {
  const TestFolder outside;
  fs::create_directory_symlink(outside.path(), place("runs"));
  const auto done = store().put("runs/a", content_of("x"));
  ASSERT_FALSE(done);
  EXPECT_FALSE(done.error().retryable);
  EXPECT_FALSE(store().get("runs/a").value());
  EXPECT_TRUE(fs::is_empty(outside.path()));
  put("b", "x");
  fs::remove(place("b"));
  fs::create_symlink(outside.file("secret", "secret"), place("b"));
  EXPECT_THAT(get_error("b").detail, HasSubstr("something else"));
}

TEST_F(FolderStoreTest, what_was_replaced_takes_no_space) {
  for (const std::string bytes : {"one", "two", "two", "three"}) put("runs/1/log", bytes);
  EXPECT_EQ(entries("runs/1"), 2) << "the link and its contents";
  world_.at_once({[&] { put("runs/1/log", "a"); }, [&] { put("runs/1/log", "b"); },
                  [&] { put("runs/1/log", "c"); }, [&] { put("runs/1/log", "d"); }});
  EXPECT_EQ(entries("runs/1"), 2);
}

TEST_F(FolderStoreTest, whatever_happens_to_the_contents_is_found) {
  const std::string bytes = many_bytes(100'000);
  const auto contents = [&] { return place("a/" + fs::read_symlink(place("a/b")).string()); };
  const std::function<void()> damages[] = {
      [&] { fs::resize_file(contents(), 50'000); },  // torn
      [&] { fs::resize_file(contents(), 0); },
      [&] { fs::resize_file(contents(), 100'001); },
      [&] { std::ofstream(contents()) << std::string(100'000, '\0'); },
      [&] { fs::remove(contents()); },
      [&] { fs::remove(place("a/b")), std::ofstream(place("a/b")) << bytes; },
  };
  for (const auto& damage : damages) {
    put("a/b", bytes);
    ASSERT_TRUE(store().get("a/b"));
    damage();
    const StoreError error = get_error("a/b");
    EXPECT_FALSE(error.retryable) << error.detail;
    EXPECT_THAT(error.detail, HasSubstr("a/b is damaged"));
  }
}

TEST_F(FolderStoreTest, what_an_interrupted_put_left_is_no_artifact) {
  put("a/b", "old");
  std::ofstream(place("a/.artifact-0123456789abcdef.part")) << "half";
  fs::create_symlink("nothing", place("a/.artifact-0123456789abcdef.link"));
  EXPECT_EQ(store().get("a/b").value()->bytes, "old");
  EXPECT_FALSE(store().get("a/c").value());
}

TEST_F(FolderStoreTest, a_file_that_is_not_what_was_announced_is_refused) {
  for (const std::string bytes : {"other", "contents and more", "short", ""}) {
    Content content = world_.large("contents");
    std::ofstream(content.file) << bytes;
    const auto done = store().put("a/b", content);
    ASSERT_FALSE(done) << bytes;
    EXPECT_FALSE(done.error().retryable);
    EXPECT_THAT(done.error().detail, HasSubstr("changed"));
  }
  Content content = content_of("contents");
  content.bytes = "contentz";
  EXPECT_FALSE(store().put("a/b", content));
  EXPECT_EQ(entries("a"), 0) << "nothing of it is left";
}

TEST_F(FolderStoreTest, a_disk_that_takes_no_more_leaves_nothing_behind) {
  put("a/b", "old");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{300'000, before.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const auto done = store().put("a/b", content_of(many_bytes(1'000'000)));
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_DFL);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().detail, HasSubstr("cannot store a/b: File too large"));
  EXPECT_EQ(store().get("a/b").value()->bytes, "old");
  EXPECT_EQ(entries("a"), 2);
}

TEST_F(FolderStoreTest, a_file_that_cannot_be_read_is_refused) {
  const TestFolder folder;
  ASSERT_EQ(mkfifo((folder.path() + "/pipe").c_str(), 0600), 0);
  for (const std::string name : {"/missing", "", "/pipe"}) {
    const auto done = store().put("a/b", {1, 1, {}, folder.path() + name});
    ASSERT_FALSE(done) << name;
    EXPECT_FALSE(done.error().retryable);
    EXPECT_THAT(done.error().detail, HasSubstr("file"));
  }
}

TEST_F(FolderStoreTest, a_folder_that_is_away_is_worth_a_retry) {
  FolderStore away(place("not-mounted"));
  const auto done = away.put("a/b", content_of("x"));
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().retryable);
  EXPECT_THAT(done.error().detail, HasSubstr("not-mounted: No such file or directory"));
  const auto found = away.get("a/b");
  ASSERT_FALSE(found);
  EXPECT_TRUE(found.error().retryable);
  EXPECT_FALSE(fs::exists(place("not-mounted")));
}

TEST_F(FolderStoreTest, where_the_name_is_taken_by_a_folder_it_is_refused) {
  put("a/b", "x");
  for (const std::string path : {"a", "a/b/c"}) {
    const auto done = store().put(path, content_of("x"));
    ASSERT_FALSE(done) << path;
    EXPECT_FALSE(done.error().retryable) << done.error().detail;
    EXPECT_FALSE(store().get(path).value()) << path;
  }
  EXPECT_EQ(entries("a"), 2);
}

TEST(ArtifactErrors, say_whether_to_try_again_and_why) {
  for (const int number : {ENOSPC, EDQUOT, EIO, ENOENT, EMFILE, ESTALE, ETIMEDOUT}) {
    EXPECT_TRUE(error_of_errno(number, "x").retryable) << number;
  }
  for (const int number : {EACCES, EPERM, EROFS, ENAMETOOLONG, ENOTDIR, EISDIR, ELOOP, EFBIG}) {
    EXPECT_FALSE(error_of_errno(number, "x").retryable) << number;
  }
  EXPECT_EQ(error_of_errno(ENOSPC, "cannot store a").detail,
            "cannot store a: No space left on device");
}

}  // namespace
}  // namespace delta::test
