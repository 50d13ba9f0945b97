// What `aftershock backup` refuses, and what it leaves alone when it fails or is interrupted.
#include <sys/mount.h>

#include "tests/e2e/backup_fixture.h"

namespace aftershock {
namespace {

class BackupRefused : public BackupFixture {
 protected:
  /// A folder with something in it, which a restore must not change.
  fs::path live_data() {
    const fs::path data = scratch_.path() / "data";
    fs::create_directory(data);
    std::ofstream(data / "precious") << "live";
    give_away(data);
    return data;
  }
  /// The restore fails with this code and these words, and the live data is as it was.
  void expect_refused(const std::string& config, int code, const std::string& why,
                      const Words& more = {}) {
    const fs::path data = live_data();
    Words words = on({"backup", "restore", "--to", data, "--replace"}, config);
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = program(words);
    EXPECT_EQ(ended.code, code) << ended.out << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(why));
    EXPECT_EQ(content_of(data / "precious"), "live");
    EXPECT_TRUE(beside().empty()) << beside().front();
    fs::remove_all(data);
  }
  void expect_not_proven(const std::string& config, const std::string& why) {
    const fs::path below = scratch_.path() / "below";
    fs::create_directory(below);
    give_away(below);
    const Ended ended = program(on({"backup", "verify", "--scratch", below}, config));
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_THAT(ended.out + ended.err, HasSubstr(why));
    EXPECT_TRUE(fs::is_empty(below));
  }
  static void edit_both(const fs::path& file, const std::string& from, const std::string& to) {
    for (const std::string& name : {file.string(), file.string() + ".copy"}) {
      std::string text = content_of(name);
      ASSERT_TRUE(text.contains(from)) << name;
      text.replace(text.find(from), from.size(), to);
      std::ofstream(name) << text;
    }
  }

  void truncate_a_file() {
    const std::string config = copied_repository();
    fs::resize_file(file_in_copy("backup/delta/" + label(0) + "/bundle", 4'096), 100);
    expect_not_proven(config, "status: invalid");
    expect_refused(config, 1, "unexpected eof");
  }

  void alter_a_byte() {
    const std::string config = copied_repository();
    const fs::path file = file_in_copy("backup/delta/" + label(0) + "/bundle", 8'192);
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(5'000);
    const char byte = static_cast<char>(bytes.get());
    bytes.seekp(5'000);
    bytes.put(static_cast<char>(byte ^ 1));
    bytes.close();
    expect_not_proven(config, "backup: " + label(0) + ", status: invalid");
    expect_refused(config, 1, "`aftershock backup verify` says what is damaged");
  }

  void lose_a_segment() {
    const std::string config = copied_repository();
    sql("SELECT pg_switch_wal()");
    const std::string needed = listed()["backups"][1]["wal_last"];
    for (const auto& entry : fs::recursive_directory_iterator(in_copy("archive"))) {
      const std::string name = entry.path().filename();
      if (name.starts_with(needed + "-")) fs::remove(entry.path());
    }
    expect_not_proven(config, "FAILED   recovery");
  }

  void change_the_manifest() {
    const std::string config = copied_repository();
    edit_both(in_copy("backup/delta/" + label(1) + "/backup.manifest"), "backrest-format=5",
              "backrest-format=6");
    expect_refused(config, 1, "expected format 5 but found 6");
    expect_not_proven(config, "status: invalid");
  }

  void change_the_repository() {
    const std::string config = copied_repository();
    edit_both(in_copy("backup/delta/backup.info"), "backrest-format=5", "backrest-format=6");
    expect_refused(config, 1, "expected format 5 but found 6");
    const Ended list = program(on({"backup", "list"}, config));
    EXPECT_EQ(list.code, 1);
    EXPECT_THAT(list.out, HasSubstr("problem: "));
  }

  void ask_for_what_is_not_whole() {
    const std::string config = copied_repository();
    const std::string unfinished = "20991231-000000F";
    fs::create_directory(in_copy("backup/delta/" + unfinished));
    fs::copy_file(in_copy("backup/delta/" + label(0) + "/backup.manifest.copy"),
                  in_copy("backup/delta/" + unfinished + "/backup.manifest.copy"));
    expect_refused(config, 1, "there is no whole backup '" + unfinished + "'",
                   {"--set", unfinished});
    expect_refused(config, 1, "no backup ended before", {"--target-time", "2001-01-01T00:00:00Z"});
    expect_refused(config, 64, "in the future", {"--target-time", "2999-01-01T00:00:00Z"});
    expect_refused(config, 64, "not a time with a zone", {"--target-time", "yesterday"});
  }

  void restore_over_another_cluster() {
    const fs::path data = scratch_.path() / "data";
    fs::create_directories(data / "global");
    std::ofstream(data / "PG_VERSION") << "15\n";
    std::ofstream(data / "global" / "pg_control") << "12345678";
    const Words words = on({"backup", "restore", "--to", data, "--replace"});
    const Ended other = program(words);
    EXPECT_EQ(other.code, 64);
    EXPECT_THAT(other.err, HasSubstr("holds the cluster 4050765991979987505"));
    std::ofstream(data / "PG_VERSION") << "14\n";
    const Ended older = program(words);
    EXPECT_EQ(older.code, 64);
    EXPECT_THAT(older.err, HasSubstr("the backup is of PostgreSQL 15, and"));
    EXPECT_EQ(content_of(data / "global" / "pg_control"), "12345678");
    EXPECT_TRUE(beside().empty());
  }
};

TEST_F(BackupRefused, WhenAFileIsTruncatedAByteIsAlteredOrTheArchiveHasAGap) {
  truncate_a_file();
  alter_a_byte();
  lose_a_segment();
}

TEST_F(BackupRefused, WhenItOrTheWholeRepositoryIsOfAnotherFormat) {
  change_the_manifest();
  change_the_repository();
}

TEST_F(BackupRefused, WhenItIsNotWholeOrTheFolderHoldsAnotherCluster) {
  ask_for_what_is_not_whole();
  restore_over_another_cluster();
}

TEST_F(BackupRefused, WhenTheServerIsAnotherCluster) {
  PostgresServer other;
  std::string text = content_of(all_->config());
  for (const auto& [from, to] :
       {std::pair(all_->data().string(), (other.folder() / "data").string()),
        {all_->server().folder().string(), other.folder().string()},
        {"pg1-port=" + std::to_string(all_->server().port()),
         "pg1-port=" + std::to_string(other.port())}}) {
    ASSERT_TRUE(text.contains(from));
    text.replace(text.find(from), from.size(), to);
  }
  const fs::path config = scratch_.path() / "other.conf";
  std::ofstream(config) << text;
  give_away(config);
  const Ended ended = program(on({"backup", "create"}, config));
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("system-id"));
  EXPECT_EQ(listed()["backups"].size(), 2U);
}

TEST_F(BackupRefused, WhileAnotherIsBeingMadeAndAnInterruptLeavesNoBackup) {
  // Its files are slow: it waits for the archive, which stands still.
  sql("ALTER SYSTEM SET archive_command = 'false'");
  sql("SELECT pg_reload_conf()");
  const pid_t child = begin(on({"backup", "create"}));
  ASSERT_TRUE(says("backing up"));
  const auto second = [](Words words) {
    const fs::path out = all_->folder() / "out2", err = all_->folder() / "err2";
    const int code = code_of(start(on(std::move(words)), out, err));
    return Ended{code, content_of(out), content_of(err)};
  };
  for (const Words& words : {Words{"backup", "create"}, Words{"backup", "verify"},
                             Words{"backup", "prune", "--keep-full", "1"},
                             Words{"backup", "restore", "--to", scratch_.path() / "data"}}) {
    const Ended ended = second(words);
    EXPECT_EQ(ended.code, 69);
    EXPECT_THAT(ended.err,
                HasSubstr("is in use by `aftershock backup create`, pid " + std::to_string(child)));
  }
  EXPECT_TRUE(test::becomes([&] {
    return nlohmann::json::parse(second({"backup", "list", "--json"}).out)["busy"] == true;
  }));
  kill(child, SIGINT);
  const Ended ended = end(child);
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("interrupted"));
  sql("ALTER SYSTEM RESET archive_command");
  sql("SELECT pg_reload_conf()");
  const auto list = listed();
  EXPECT_EQ(list["backups"].size(), 2U);
  EXPECT_EQ(list["busy"], false);
}

TEST_F(BackupRefused, AnInterruptedRestoreLeavesTheDataAndNothingElse) {
  const fs::path data = live_data();
  const pid_t child = begin(on({"backup", "restore", "--to", data, "--replace"}));
  ASSERT_TRUE(says("restoring"));
  kill(child, SIGINT);
  const Ended ended = end(child);
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_EQ(content_of(data / "precious"), "live");
  EXPECT_TRUE(beside().empty());
}

TEST_F(BackupRefused, WhenTheDiskIsFullBeforeOrMeanwhile) {
  const fs::path small = scratch_.path() / "small";
  fs::create_directory(small);
  for (const auto& [option, code, why] :
       {std::tuple("size=9m", 69, "has 8 MiB free, and the backup needs"),
        {"size=200m,nr_inodes=300", 69, "No space left on device"}}) {
    if (mount("none", small.c_str(), "tmpfs", 0, option) != 0) {
      GTEST_SKIP() << "only root may make a small file system";
    }
    give_away(small);
    fs::create_directory(small / "data");
    std::ofstream(small / "data" / "precious") << "live";
    const Ended ended = program(on({"backup", "restore", "--to", small / "data", "--replace"}),
                                [] { setenv("PGBACKREST_JOB_RETRY", "0", 1); });
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(why));
    EXPECT_EQ(content_of(small / "data" / "precious"), "live");
    EXPECT_EQ(std::distance(fs::directory_iterator(small), fs::directory_iterator()), 1);
    EXPECT_EQ(program(on({"backup", "restore", "--to", small, "--replace"})).code, 64)
        << "a file system cannot be moved aside";
    umount(small.c_str());
  }
}

/// Not in a home folder of root's, say.
bool others_reach(fs::path file) {
  for (; file.has_relative_path(); file = file.parent_path()) {
    if ((fs::status(file).permissions() & fs::perms::others_exec) == fs::perms::none) return false;
  }
  return true;
}

TEST_F(BackupRefused, WhenSomethingIsMissingOrForbidden) {
  if (geteuid() == 0 && others_reach(AFTERSHOCK_PROGRAM)) {
    const auto nobody = [] {
      if (setgid(65'534) != 0 || setuid(65'534) != 0) _exit(1);
    };
    const Ended ended = program(on({"backup", "create"}), nobody);
    EXPECT_EQ(ended.code, 69);
    EXPECT_THAT(ended.err, HasSubstr("cannot read a configuration"));
  }
  const Ended none = program({"backup", "list", "--config", scratch_.path() / "none"});
  EXPECT_EQ(none.code, 69);
  EXPECT_THAT(none.err, HasSubstr("aftershock backup init"));
  EXPECT_EQ(program(on({"backup", "list", "--stanza", "other"})).code, 69);
  const Ended tool = program(on({"backup", "list"}), [] { setenv("PATH", "/nowhere", 1); });
  EXPECT_EQ(tool.code, 0) << "it is found where Debian puts it";
  const Ended again = program(all_->init(all_->config(), all_->folder() / "repository"));
  EXPECT_EQ(again.code, 64);
  EXPECT_THAT(again.err, HasSubstr("it is there already"));
  EXPECT_EQ(program({"backup"}).code, 64);
  const Ended typo = program({"backup", "creat"});
  EXPECT_EQ(typo.code, 64);
  EXPECT_THAT(typo.err, HasSubstr("did you mean 'create'?"));
  const Ended option = program({"backup", "restore", "--too", "x"});
  EXPECT_THAT(option.err, HasSubstr("did you mean '--to'?"));
  EXPECT_THAT(option.err, HasSubstr("Run 'aftershock backup restore --help'"));
}

}  // namespace
}  // namespace aftershock
