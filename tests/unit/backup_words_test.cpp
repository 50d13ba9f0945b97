// What pgBackRest prints, understood; and its configuration, written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/backup/pgbackrest.h"
#include "harness/backup/target_time.h"
#include "harness/backup/verify.h"

namespace aftershock::backup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kInfo = R"([{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1",
  "max":"000000010000000000000006","min":"000000010000000000000002"}],
  "backup":[{"archive":{"start":"000000010000000000000004","stop":"000000010000000000000004"},
    "database":{"id":1,"repo-key":1},"error":false,
    "info":{"delta":23066251,"repository":{"delta":3071179,"size":3071179},"size":23066251},
    "label":"20261128-150553F","prior":null,"timestamp":{"start":1000,"stop":1010},"type":"full"},
   {"archive":{"start":"000000010000000000000005","stop":"000000010000000000000006"},
    "database":{"id":1,"repo-key":1},"error":true,
    "info":{"delta":8458,"repository":{"delta":429,"size":3071178},"size":23066251},
    "label":"20261128-150553F_20261128-150604I","prior":"20261128-150553F",
    "timestamp":{"start":2000,"stop":2001},"type":"incr"}],
  "cipher":"none","db":[{"id":1,"repo-key":1,"system-id":7713238214500666042,"version":"15"}],
  "name":"delta","repo":[{"cipher":"none","key":1,"status":{"code":0,"message":"ok"}}],
  "status":{"code":0,"lock":{"backup":{"held":true}},"message":"ok"}}])";

TEST(BackupRepository, is_read_from_what_info_prints) {
  const auto repository = parse_repository(kInfo, "delta");
  ASSERT_TRUE(repository) << repository.error().message;
  EXPECT_TRUE(repository->busy);
  ASSERT_EQ(repository->backups.size(), 2U);
  const Backup& incr = repository->backups[1];
  EXPECT_EQ(incr.prior, "20261128-150553F");
  EXPECT_EQ(incr.repository_bytes, 429U);
  EXPECT_EQ(incr.pages, Pages::damaged);
  EXPECT_EQ(repository->backups[0].pages, Pages::sound);
  EXPECT_EQ(repository->cluster_of(incr)->system_id, 7713238214500666042U);
  EXPECT_EQ(repository->last_wal, "000000010000000000000006");
  EXPECT_TRUE(repository->problems.empty());
}

TEST(BackupRepository, that_cannot_be_read_says_so) {
  EXPECT_EQ(parse_repository("[]", "delta").error().failure, Failure::unavailable);
  EXPECT_EQ(parse_repository("ERROR", "delta").error().failure, Failure::failed);
  EXPECT_EQ(parse_repository(R"([{"name":"delta"}])", "delta").error().failure, Failure::failed);
  std::string text = kInfo;
  const std::string good = R"("key":1,"status":{"code":0,"message":"ok"})";
  text.replace(text.find(good), good.size(), R"("key":1,"status":{"code":5,"message":"mismatch"})");
  const auto repository = parse_repository(text, "delta");
  ASSERT_TRUE(repository);
  EXPECT_THAT(repository->problems, ElementsAre("mismatch"));
  EXPECT_THAT(choose_backup(*repository, "", {}).error().message, HasSubstr("mismatch"));
}

TEST(BackupRepository, gives_the_backup_that_fits_a_time) {
  const auto repository = parse_repository(kInfo, "delta");
  ASSERT_TRUE(repository);
  EXPECT_EQ(choose_backup(*repository, "", {})->type, "incr");
  EXPECT_EQ(choose_backup(*repository, "", 2000)->type, "full") << "the other was not whole then";
  EXPECT_EQ(choose_backup(*repository, "", 1009).error().failure, Failure::failed);
  EXPECT_EQ(choose_backup(*repository, "20261128-150553F", {})->stopped, 1010);
  EXPECT_EQ(choose_backup(*repository, "20261128-150553F", 1000).error().failure, Failure::usage);
  const auto none = choose_backup(*repository, "20261128-150553", {});
  EXPECT_THAT(none.error().hint, HasSubstr("a backup is being written now"));
  EXPECT_THAT(none.error().hint, HasSubstr("20261128-150553F_20261128-150604I"));
}

TEST(PgBackRestWords, of_an_error_are_its_message_and_its_hints) {
  const Problem problem = explain(
      82,
      "P00   INFO: x\nERROR: [082]: WAL segment 1 was not archived\n"
      "       FormatError: more\n       HINT: check this.\n       HINT: check that.\nP00 INFO");
  EXPECT_EQ(problem.message, "WAL segment 1 was not archived; FormatError: more");
  EXPECT_EQ(problem.hint, "check this.; check that.");
  EXPECT_EQ(problem.failure, Failure::failed);
  EXPECT_EQ(explain(50, "ERROR: [050]: unable to acquire lock").failure, Failure::unavailable);
  EXPECT_EQ(explain(63, "").failure, Failure::interrupted);
  EXPECT_EQ(explain(99, "").message, "pgbackrest ended with exit code 99");
}

TEST(PgBackRestWords, tell_how_far_it_is_and_what_it_warns_of) {
  EXPECT_EQ(percent_in("P01 DETAIL: backup file a (8KB, 1.50%)\nP01 b (8KB, 42.99%) checksum"), 42);
  EXPECT_EQ(percent_in("nothing (yet)"), std::nullopt);
  EXPECT_EQ(percent_in("(8KB, 4242%)"), std::nullopt);
  EXPECT_THAT(warnings_in("P00   WARN: no prior backup\nWARN: no prior backup\nP00   WARN: b\n"),
              ElementsAre("no prior backup", "b"));
}

TEST(PgBackRestWords, of_verify_say_what_is_damaged) {
  const auto good = read_verification(
      "stanza: delta\nstatus: ok\n  archiveId: 15-1, total WAL checked: 6, total valid WAL: 6\n"
      "    missing: 0, checksum invalid: 0\n"
      "  backup: A, status: valid, total files checked: 10, total valid files: 10\n"
      "    missing: 0\n");
  EXPECT_TRUE(good.troubles.empty());
  EXPECT_EQ(good.files, 10U);
  EXPECT_EQ(good.wal_segments, 6U);
  const auto bad = read_verification(
      "stanza: delta\nstatus: error\n  archiveId: 15-1, total WAL checked: 6, total valid WAL: 5\n"
      "    missing: 0, other: 1\n"
      "  backup: A, status: invalid, total files checked: 10, total valid files: 9\n"
      "    missing: 0, checksum invalid: 1\n"
      "  backup: B, status: valid, total files checked: 10, total valid files: 10\n");
  EXPECT_THAT(bad.troubles, ElementsAre(HasSubstr("archiveId: 15-1"), HasSubstr("backup: A")));
  EXPECT_THAT(bad.troubles[1], HasSubstr("checksum invalid: 1"));
  EXPECT_FALSE(read_verification("stanza: delta\nstatus: error\n").troubles.empty());
  EXPECT_FALSE(read_verification("").troubles.empty());
}

TEST(BackupConfiguration, of_the_stanza_comes_before_the_global_one) {
  const auto read = Configuration::parse(
      "# c\n[global]\nrepo1-path = /a \nlock-path=/l\n\n[delta]\npg1-path=/d\nlock-path=/own\n");
  EXPECT_EQ(read.value("delta", "repo1-path"), "/a");
  EXPECT_EQ(read.value("delta", "lock-path"), "/own");
  EXPECT_EQ(read.value("other", "lock-path"), "/l");
  EXPECT_EQ(read.value("delta", "none"), "");
}

TEST(BackupConfiguration, is_written_for_folders_and_for_buckets) {
  NewRepository wanted{.place = "/srv/backups", .stanza = "delta", .data = "/d"};
  const auto folder = text_of(wanted);
  ASSERT_TRUE(folder);
  const auto read = Configuration::parse(*folder);
  EXPECT_EQ(read.value("delta", "repo1-path"), "/srv/backups");
  EXPECT_EQ(read.value("delta", "repo1-retention-full"), "7");
  EXPECT_EQ(read.value("delta", "repo1-cipher-type"), "");
  wanted.place = "s3://bucket/some/path?endpoint=minio:9000&region=eu&uri-style=path";
  wanted.encrypted = true;
  wanted.passphrase = delta::Secret("correct horse");
  const auto bucket = Configuration::parse(*text_of(wanted));
  EXPECT_EQ(bucket.value("delta", "repo1-type"), "s3");
  EXPECT_EQ(bucket.value("delta", "repo1-path"), "/some/path");
  EXPECT_EQ(bucket.value("delta", "repo1-s3-bucket"), "bucket");
  EXPECT_EQ(bucket.value("delta", "repo1-s3-endpoint"), "minio:9000");
  EXPECT_EQ(bucket.value("delta", "repo1-s3-uri-style"), "path");
  EXPECT_EQ(bucket.value("delta", "repo1-cipher-pass"), "correct horse");
}

TEST(BackupConfiguration, refuses_what_a_line_cannot_hold) {
  for (const char* const place :
       {"relative", "s3://bucket", "s3://b/p?endpoint=e&region=r&key=k", "/a\nrepo1-path=/b", ""}) {
    const auto text = text_of({.place = place, .stanza = "delta", .data = "/d"});
    ASSERT_FALSE(text) << place;
    EXPECT_EQ(text.error().failure, Failure::usage);
  }
}

TEST(TargetTime, is_read_with_its_zone) {
  const auto utc = parse_target_time("2026-01-31T12:34:56Z");
  ASSERT_TRUE(utc);
  EXPECT_EQ(utc->seconds, 1'769'862'896);
  EXPECT_EQ(utc->text, "2026-01-31 12:34:56+00");
  const auto west = parse_target_time("2026-01-31 23:34:56.250-05:30");
  ASSERT_TRUE(west);
  EXPECT_EQ(west->text, "2026-02-01 05:04:56.250+00");
  EXPECT_EQ(parse_target_time("2026-01-31 13:34:56+01")->seconds, utc->seconds);
  for (const char* const wrong :
       {"", "now", "2026-01-31", "2026-01-31T12:34:56", "2026-02-30T12:34:56Z",
        "2026-01-31T24:00:00Z", "2026-01-31T12:34:56Z; DROP", "2026-01-31T12:34:56+99:00"}) {
    EXPECT_FALSE(parse_target_time(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace aftershock::backup
