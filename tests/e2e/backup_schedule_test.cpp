// The files of `aftershock backup schedule`, as cron and systemd read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/program.h"

namespace aftershock {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BackupSchedule : public testing::Test {
 protected:
  BackupSchedule() : folder_(fs::path(testing::TempDir()) / "backup-schedule") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~BackupSchedule() override { fs::remove_all(folder_); }

  Ended run(Words words) const {
    const std::string out = folder_ / "out", err = folder_ / "err";
    words.insert(words.begin(), {"backup", "schedule"});
    const int code = code_of(start(words, out, err));
    return {code, content_of(out), content_of(err)};
  }

  fs::path folder_;
};

TEST_F(BackupSchedule, IsACrontabOrUnitsThatSystemdAccepts) {
  const Words times{"--full", "0 2 * * 0", "--incr", "0 2 * * 1-6", "--verify", "30 5 * * 0"};
  Words cron{"--write", "cron"};
  cron.insert(cron.end(), times.begin(), times.end());
  const Ended printed = run(cron);
  EXPECT_EQ(printed.code, 0) << printed.err;
  EXPECT_THAT(printed.out,
              HasSubstr("\n0 2 * * 1-6 postgres " + fs::canonical(AFTERSHOCK_PROGRAM).string() +
                        " backup create --type incr --stanza delta\n"));
  Words systemd{"--write", "systemd", "--user", "nobody", "--out", folder_ / "units"};
  systemd.insert(systemd.end(), times.begin(), times.end());
  const Ended written = run(systemd);
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "units"), fs::directory_iterator()), 6);
  if (std::system("command -v systemd-analyze >/dev/null") != 0) {
    GTEST_SKIP() << "systemd is not here to judge them";
  }
  const std::string units = (folder_ / "units").string();
  const std::string log = folder_ / "log";
  EXPECT_EQ(std::system(("systemd-analyze verify " + units + "/*.timer " + units + "/*.service >" +
                         log + " 2>&1")
                            .c_str()),
            0)
      << content_of(log);
  for (const char* const name : {"full", "incr", "verify"}) {
    const std::string text = content_of(units + "/aftershock-backup-" + name + ".timer");
    const std::size_t at = text.find("OnCalendar=") + 11;
    const std::string calendar = text.substr(at, text.find('\n', at) - at);
    EXPECT_EQ(
        std::system(("systemd-analyze calendar '" + calendar + "' >" + log + " 2>&1").c_str()), 0)
        << content_of(log);
  }
}

TEST_F(BackupSchedule, IsRefusedWithoutATimeOrAFormat) {
  EXPECT_EQ(run({"--write", "cron"}).code, 64);
  EXPECT_EQ(run({"--full", "0 2 * * 0"}).code, 64);
  EXPECT_EQ(run({"--write", "at", "--full", "0 2 * * 0"}).code, 64);
  const Ended wrong = run({"--write", "cron", "--full", "0 25 * * 0"});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_THAT(wrong.err, HasSubstr("the hour is not understood: '25'"));
  std::ofstream(folder_ / "file") << "x";
  EXPECT_EQ(run({"--write", "cron", "--full", "0 2 * * 0", "--out", folder_ / "file"}).code, 64);
}

}  // namespace
}  // namespace aftershock
