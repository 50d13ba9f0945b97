// Full and incremental backups: what a restore begins with, and what it passes over.
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

/// An image after so many records, each of them a run of its own.
Image image_of(std::uint64_t records) {
  Wal wal{{}};
  Image image;
  for (std::uint64_t n = 1; n <= records; ++n) {
    WalRecord record;
    record.time = DbTime(std::chrono::seconds(n));
    record.change.writes = new_run(n);
    image.redo(*wal.append(std::move(record)));
  }
  return image;
}

Archive archive_of(std::uint32_t full_every, std::uint64_t backups, std::uint32_t kept = 3) {
  Archive archive({.full_every = full_every, .kept = kept});
  for (std::uint64_t n = 1; n <= backups; ++n) archive.take_backup(image_of(10 * n));
  return archive;
}

TEST(DatabaseBackups, AManifestSaysWhatABackupIs) {
  const Archive archive = archive_of(3, 3);
  const BackupManifest& manifest = archive.choose(kNever).backup->manifest;
  EXPECT_EQ(manifest.number, 3U);
  EXPECT_FALSE(manifest.is_full);
  EXPECT_EQ(manifest.lsn.record, 30U);
  EXPECT_EQ(manifest.time, DbTime(30s));
  EXPECT_LT(manifest.bytes, image_of(30).bytes()) << "only what has changed";
}

TEST(DatabaseBackups, AChainIsCopiedFromItsFullBackupOn) {
  const BackupChoice full = archive_of(3, 4).choose(kNever);
  EXPECT_TRUE(full.backup->manifest.is_full);
  EXPECT_EQ(full.bytes, full.backup->manifest.bytes);
  const BackupChoice chain = archive_of(3, 3).choose(kNever);
  EXPECT_GT(chain.bytes, chain.backup->manifest.bytes);
}

TEST(DatabaseBackups, ADamagedIncrementalBackupIsFoundAndPassedOver) {
  Archive archive = archive_of(3, 3);
  archive.damage_newest_backup();
  const BackupChoice choice = archive.choose(kNever);
  EXPECT_EQ(choice.skipped, 1U);
  EXPECT_EQ(choice.backup->manifest.number, 2U);
}

TEST(DatabaseBackups, WhatIsBasedOnADamagedFullBackupIsWorthNothing) {
  Archive archive = archive_of(3, 4);
  archive.damage_newest_backup();  // the second full one
  archive.take_backup(image_of(50));
  archive.take_backup(image_of(60));
  const BackupChoice choice = archive.choose(kNever);
  EXPECT_EQ(choice.skipped, 3U);
  EXPECT_EQ(choice.backup->manifest.number, 3U);
}

TEST(DatabaseBackups, ARestoreToATimeBeginsWithABackupBeforeIt) {
  const BackupChoice choice = archive_of(3, 4).choose(DbTime(25s));
  EXPECT_EQ(choice.backup->manifest.number, 2U);
  EXPECT_EQ(choice.skipped, 0U) << "younger ones are not damaged";
}

TEST(DatabaseBackups, AFullBackupIsKeptAsLongAsOthersNeedIt) {
  const Archive archive = archive_of(2, 5, 2);  // 1 with 2 is gone; 3 with 4, and 5
  EXPECT_EQ(archive.choose(DbTime(29s)).backup, nullptr);
  EXPECT_EQ(archive.choose(DbTime(49s)).backup->manifest.number, 4U);
}

class DatabaseIndexes : public DatabaseTest {};

TEST_F(DatabaseIndexes, DamageStopsLooksByIndexAndNothingElse) {
  kernel.run([this] {
    ASSERT_TRUE(try_store(1));
    server.corrupt(Damage::indexes);
    const auto look = [this](const FindRequest& request) {
      bool found = false;
      server.start_find(*server.accept({}), request,
                        [&found](const auto& answer) { found = answer.has_value(); });
      pass(kSoon);
      return found;
    };
    EXPECT_FALSE(look(FindDue{}));
    EXPECT_FALSE(look(FindForgotten{}));
    EXPECT_TRUE(look(FindRun{run_id(1)}));
    EXPECT_TRUE(try_store(2));
    EXPECT_EQ(server.counters().damaged, 2U);
    server.reindex();
    EXPECT_TRUE(look(FindDue{}));
  });
}

}  // namespace
}  // namespace aftershock::sim
