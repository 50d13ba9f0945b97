// A new file is whole or not there.
#include "platform/new_file.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "platform/servers/private_folder.h"

namespace delta {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PlatformNewFile : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }

  PrivateFolder scratch_{"new-file", std::nullopt};
  fs::path folder_ = scratch_.path();
};

TEST_F(PlatformNewFile, HasWhatWasWritten) {
  NewFile file(at("a"));
  file.write("one, ");
  file.write("two");
  ASSERT_TRUE(file.finish());
  EXPECT_EQ(content("a"), "one, two");
}

TEST_F(PlatformNewFile, WithoutAnEndNothingIsLeft) {
  {
    NewFile(at("a")).write("one");
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PlatformNewFile, OneThatIsThereIsLeftAlone) {
  put("a", "theirs");
  {
    NewFile file(at("a"));
    file.write("ours");
    EXPECT_EQ(file.finish().error(), "cannot create '" + at("a") + "': File exists");
  }
  EXPECT_EQ(content("a"), "theirs");
}

TEST_F(PlatformNewFile, TakesANameFromAnother) {
  put("a", "old");
  NewFile file(at("b"));
  file.write("new");
  EXPECT_EQ(content("a"), "old");
  ASSERT_TRUE(file.finish_as(at("a")));
  EXPECT_EQ(content("a"), "new");
  EXPECT_FALSE(fs::exists(at("b")));
}

TEST_F(PlatformNewFile, ANameThatItCannotTakeLeavesNothing) {
  fs::create_directories(at("folder/below"));
  NewFile file(at("b"));
  EXPECT_THAT(file.finish_as(at("folder")).error(), HasSubstr("cannot replace '" + at("folder")));
  EXPECT_FALSE(fs::exists(at("b")));
}

TEST_F(PlatformNewFile, ADiskThatIsFullLeavesNothing) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = signal(SIGXFSZ, SIG_IGN);  // as a full disk: writing fails
  const rlimit little{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &little);
  NewFile file(at("a"));
  file.write(std::string(5000, 'x'));
  const auto ended = file.finish();
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error(), HasSubstr("cannot write '" + at("a")));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PlatformNewFile, AFolderIsSynchronised) {
  EXPECT_TRUE(sync_to_disk(folder_.string()));
  EXPECT_THAT(sync_to_disk(at("none")).error(), HasSubstr("No such file"));
}

}  // namespace
}  // namespace delta
