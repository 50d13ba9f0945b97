// The journal: what it survives, and what it refuses.
#include "harness/sweep/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/sweep/journal_head.h"
#include "tests/unit/sweep_sample.h"

namespace aftershock::sweep {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SweepJournal : public testing::Test {
 protected:
  SweepJournal() {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = (fs::path(testing::TempDir()) / ("sweep-journal-" + name)).string();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~SweepJournal() override { fs::remove_all(folder_); }

  std::string path() const { return folder_ + "/" + kJournalName; }

  /// With three drills.
  std::string whole_text() {
    std::string text = to_line(sample_head()) + "\n";
    for (std::uint64_t seed = 1; seed <= 3; ++seed) text += to_line(passed({1, seed})) + "\n";
    return text;
  }
  void write(const std::string& text) { std::ofstream(path(), std::ios::binary) << text; }

  /// The seeds that are read, or the error.
  std::string read(const JournalHead& wanted = sample_head()) {
    std::string seeds;
    const auto size = read_journal(
        folder_, {[&](const JournalHead& found) { return difference(found, wanted); },
                  [&](const Entry& entry) {
                    seeds += std::to_string(std::get<DrillResult>(entry).key.seed) + " ";
                    return std::optional<std::string>();
                  }});
    size_ = size.value_or(0);
    return size ? seeds : size.error();
  }

  std::expected<Journal, std::string> create() {
    return Journal::create(folder_, sample_head(), [this] { return now_; });
  }

  std::string folder_;
  std::uint64_t size_ = 0;
  std::chrono::steady_clock::time_point now_{};
};

TEST_F(SweepJournal, ReadsBackWhatWasWritten) {
  {
    auto journal = create();
    ASSERT_TRUE(journal) << journal.error();
    EXPECT_TRUE(journal->append(to_line(passed({1, 4})) + "\n", false));
    EXPECT_TRUE(journal->append(to_line(failed({2, 5})) + "\n", true));
    EXPECT_EQ(read(), "4 5 ") << "before it is closed";
  }
  auto journal = Journal::go_on(folder_, size_, [this] { return now_; });
  ASSERT_TRUE(journal) << journal.error();
  EXPECT_TRUE(journal->append(to_line(passed({1, 6})) + "\n", false));
  EXPECT_EQ(read(), "4 5 6 ");
}

TEST_F(SweepJournal, ALastLineThatWasNotFinishedIsNotThere) {
  const std::string whole = whole_text();
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t size = last; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    ASSERT_EQ(read(), "1 2 ") << size;
    ASSERT_EQ(size_, last);
  }
  write(whole.substr(0, last) + "\0\0\0\n");
  EXPECT_EQ(read(), "1 2 ");
  EXPECT_TRUE(Journal::go_on(folder_, size_, [this] { return now_; }));
  EXPECT_EQ(fs::file_size(path()), last) << "cut off, so that the next line is one";
}

TEST_F(SweepJournal, ALineInTheMiddleThatIsDamagedIsAnErrorThatNamesIt) {
  std::string text = whole_text();
  text.insert(text.find('\n', text.find('\n') + 1) + 1, "garbage\n");
  write(text);
  EXPECT_EQ(read(), path() + ":3: it is not a JSON object");
}

TEST_F(SweepJournal, TheFirstLineMustBeWhole) {
  write(to_line(sample_head()));
  EXPECT_EQ(read(), path() + ":1: it is not finished");
  write("{}\n");
  EXPECT_EQ(read(), path() + ":1: it is not the journal of a sweep");
  write(R"({"format":"aftershock-sweep-journal","version":99})"
        "\n");
  EXPECT_THAT(read(), HasSubstr(":1: it is of version 99; this program reads version 2"));
  write("");
  EXPECT_FALSE(has_journal(folder_)) << "begun, and killed before the first line";
  EXPECT_TRUE(create());
}

TEST_F(SweepJournal, SaysWhatDiffers) {
  write(whole_text());
  JournalHead wanted = sample_head();
  wanted.build = "def";
  EXPECT_THAT(read(wanted), HasSubstr(":1: the program differs: the journal has the build abc"));
  wanted = sample_head();
  wanted.plan.seeds.count = 11;
  EXPECT_THAT(read(wanted),
              HasSubstr("the range of seeds differs: the journal has 1..10, not 1..11"));
  wanted = sample_head();
  wanted.plan.shard = {2, 2};
  EXPECT_THAT(read(wanted), HasSubstr("the shard differs: the journal has 1/1, not 2/2"));
  wanted = sample_head();
  wanted.plan.scenarios[2].sha256 = "33";
  EXPECT_THAT(read(wanted), HasSubstr("the scenario 'slow.yaml' has been changed since"));
  wanted = sample_head();
  wanted.plan.scenarios.pop_back();
  EXPECT_THAT(read(wanted), HasSubstr("the number of scenarios differs"));
  wanted = sample_head();
  wanted.plan.recheck_ppm = 10;
  EXPECT_THAT(read(wanted), HasSubstr("--check-determinism"));
  wanted = sample_head();
  wanted.plan.schedule = parse_schedule("pct:3@1ms").value();
  EXPECT_THAT(read(wanted),
              HasSubstr("the schedule differs: the journal has random, not pct:3@1ms"));
}

TEST_F(SweepJournal, KeepsTheSchedule) {
  JournalHead head = sample_head();
  head.plan.schedule = parse_schedule("pct:3@1ms").value();
  write(to_line(head) + "\n" + to_line(passed({1, 4})) + "\n");
  EXPECT_EQ(read(head), "4 ");
}

TEST_F(SweepJournal, IsNeverBegunTwice) {
  EXPECT_TRUE(create());
  const auto again = create();
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error(), HasSubstr("there is one already"));
}

TEST_F(SweepJournal, AFullDiskIsAnErrorOfTheLineThatDidNotFit) {
  fs::create_symlink("/dev/full", path());
  const auto journal = create();
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error(), HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace aftershock::sweep
