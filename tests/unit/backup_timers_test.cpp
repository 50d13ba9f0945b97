// When backups are made: cron expressions, as systemd says them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/backup/timers.h"

namespace aftershock::backup {
namespace {

using testing::HasSubstr;

TEST(BackupTimers, say_the_times_of_cron_in_the_words_of_systemd) {
  const std::vector<std::pair<std::string, std::string>> same{
      {"0 2 * * *", "*-*-* 02:00:00"},
      {"0 */6 * * *", "*-*-* 00/6:00:00"},
      {"15,45 8-18/2 * * 1-5", "Mon,Tue,Wed,Thu,Fri *-*-* 08..18/2:15,45:00"},
      {"0 2 * * 0", "Sun *-*-* 02:00:00"},
      {"0 2 * * 7", "Sun *-*-* 02:00:00"},
      {"0 2 * * 0,6", "Sat,Sun *-*-* 02:00:00"},
      {"30 1 1,15 */3 *", "*-01/3-01,15 01:30:00"},
      {"  0  2 * * 1 ", "Mon *-*-* 02:00:00"}};
  for (const auto& [cron, calendar] : same) {
    const auto said = calendar_of(cron);
    ASSERT_TRUE(said) << cron << ": " << said.error().message;
    EXPECT_EQ(*said, calendar);
  }
}

TEST(BackupTimers, refuse_what_is_no_time) {
  for (const char* const wrong :
       {"", "daily", "0 2 * *", "0 2 * * * *", "60 2 * * *", "0 24 * * *", "0 2 0 * *",
        "0 2 * 13 *", "0 2 * * 8", "0 2 * * mon", "5/10 * * * *", "*/0 * * * *", "1- * * * *",
        "3-1 * * * *", "1,,2 * * * *", "1, * * * *", "-1 * * * *", "0 2 1 * 1",
        "0 2 * * *; rm -rf /"}) {
    const auto said = calendar_of(wrong);
    EXPECT_FALSE(said) << wrong << " is " << *said;
  }
}

TEST(BackupTimers, are_files_that_name_the_account_and_the_command) {
  const std::vector<Job> jobs{{"full", "0 2 * * 0", "/usr/bin/aftershock backup create"},
                              {"verify", "0 5 * * 0", "/usr/bin/aftershock backup verify 'a%b$c'"}};
  const auto cron = cron_files(jobs, "postgres");
  ASSERT_TRUE(cron);
  EXPECT_THAT(cron->at("aftershock-backup"),
              HasSubstr("\n0 2 * * 0 postgres /usr/bin/aftershock backup create\n"));
  EXPECT_THAT(cron->at("aftershock-backup"), HasSubstr("'a\\%b$c'\n"));
  const auto units = systemd_files(jobs, "postgres");
  ASSERT_TRUE(units);
  EXPECT_EQ(units->size(), 4U);
  EXPECT_THAT(units->at("aftershock-backup-full.timer"),
              HasSubstr("\nOnCalendar=Sun *-*-* 02:00:00\n"));
  EXPECT_THAT(units->at("aftershock-backup-full.service"), HasSubstr("\nUser=postgres\n"));
  EXPECT_THAT(units->at("aftershock-backup-verify.service"), HasSubstr("'a%%b$$c'\n"));
}

}  // namespace
}  // namespace aftershock::backup
