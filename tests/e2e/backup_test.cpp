// `aftershock backup` on a real PostgreSQL: made, listed, proven, restored, removed.
#include "tests/e2e/backup_fixture.h"

namespace aftershock {
namespace {

class BackupOfPostgres : public BackupFixture {
 protected:
  void expect_proof() {
    const Words words = on({"backup", "verify", "--scratch", scratch_.path(), "--json"});
    const Ended ended = program(words);
    ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
    std::vector<std::string> names;
    const auto document = nlohmann::json::parse(ended.out);
    for (const auto& proof : document["proofs"]) {
      EXPECT_EQ(proof["state"], "proven") << proof;
      names.push_back(proof["name"]);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"repository", "restore", "recovery", "check",
                                               "amcheck", "checksums"}));
    EXPECT_TRUE(fs::is_empty(scratch_.path()));
  }
};

TEST_F(BackupOfPostgres, IsListedAndProvenByARestoreThatLeavesNothing) {
  const auto list = listed();
  EXPECT_EQ(list["format"], "aftershock-backups");
  EXPECT_EQ(list["busy"], false);
  const auto& backups = list["backups"];
  ASSERT_GE(backups.size(), 2U);
  EXPECT_EQ(backups[0]["type"], "full");
  EXPECT_EQ(backups[0]["checksums"], "ok");
  EXPECT_EQ(backups[1]["type"], "incr");
  EXPECT_EQ(backups[1]["prior"], backups[0]["label"]);
  EXPECT_LT(backups[1]["repository_bytes"], backups[0]["repository_bytes"]);
  EXPECT_LE(backups[0]["wal_first"], backups[0]["wal_last"]);
  const Ended table = program(on({"backup", "list"}));
  EXPECT_THAT(table.out, HasSubstr("LABEL"));
  EXPECT_THAT(table.out, HasSubstr(backups[1]["label"].get<std::string>()));
  expect_proof();
}

TEST_F(BackupOfPostgres, ThatHoldsContradictionsIsNotProven) {
  sql("CREATE DATABASE wrong");
  ASSERT_TRUE(migrate({.url = all_->server().connection_string("wrong")}));
  all_->server().run_sql("DELETE FROM delta.control", "wrong");
  sql("SELECT pg_switch_wal()");
  const Ended ended = program(on({"backup", "verify", "--scratch", scratch_.path()}));
  sql("DROP DATABASE wrong");
  sql("SELECT pg_switch_wal()");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("wrong: 1 critical"));
  EXPECT_THAT(ended.out, HasSubstr("control-row"));
  EXPECT_THAT(ended.out, HasSubstr("NOT proven"));
}

TEST_F(BackupOfPostgres, IsRestoredUpToATimeBetweenTwoWrites) {
  const fs::path to = scratch_.path() / "data";
  const Ended ended = program(on({"backup", "restore", "--to", to, "--target-time", middle_}));
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("begin a generation"));
  EXPECT_EQ(marks_in_scratch(), "first\n");
}

TEST_F(BackupOfPostgres, IsRestoredInPlaceAndTheOldDataIsKept) {
  sql("INSERT INTO marks VALUES ('third')");
  const Words words = on({"backup", "restore", "--to", all_->data()});
  const auto refused = [&](Words more, const std::string& why) {
    more.insert(more.begin(), words.begin(), words.end());
    const Ended ended = program(more);
    EXPECT_EQ(ended.code, 64);
    EXPECT_THAT(ended.err, HasSubstr(why));
    EXPECT_EQ(sql("SELECT count(*) FROM marks"), "3\n") << "it still serves";
  };
  refused({}, "a PostgreSQL server works in");
  refused({"--replace"}, "say --stop-server");
  refused({"--stop-server"}, "say --replace");
  Words allowed = words;
  allowed.insert(allowed.end(), {"--replace", "--stop-server"});
  const Ended ended = program(allowed);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_FALSE(all_->server().running());
  const std::string said = "what was there is kept in ";
  const std::size_t at = ended.out.find(said);
  ASSERT_NE(at, std::string::npos) << ended.out;
  const fs::path kept =
      ended.out.substr(at + said.size(), ended.out.find('\n', at) - at - said.size());
  EXPECT_TRUE(fs::exists(kept / "PG_VERSION"));
  all_->server().start();  // it answers before it has replayed everything
  EXPECT_TRUE(test::becomes([] { return sql("SELECT pg_is_in_recovery()") == "f\n"; }));
  EXPECT_EQ(sql("SELECT string_agg(name, ' ' ORDER BY name) FROM marks"), "first second third\n")
      << "stopping it archives the rest of its log";
  EXPECT_EQ(sql("SHOW archive_mode"), "on\n");
}

TEST_F(BackupOfPostgres, IsRemovedWhenOthersAreKept) {
  const std::string old = label(0);
  ASSERT_EQ(program(on({"backup", "create", "--type", "full"})).code, 0);
  const std::size_t before = listed()["backups"].size();
  const Ended dry = program(on({"backup", "prune", "--keep-full", "1", "--dry-run"}));
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("not done: "));
  EXPECT_THAT(dry.out, HasSubstr(old));
  EXPECT_EQ(listed()["backups"].size(), before);
  EXPECT_EQ(program(on({"backup", "prune"})).code, 64);
  EXPECT_EQ(program(on({"backup", "prune", "--keep-days", "30"})).out, "nothing to remove\n");
  EXPECT_EQ(program(on({"backup", "prune", "--keep-full", "1"})).code, 0);
  EXPECT_EQ(listed()["backups"].size(), 1U);
  EXPECT_NE(label(0), old);
  EXPECT_EQ(program(on({"backup", "verify", "--scratch", scratch_.path()})).code, 0);
}

TEST_F(BackupOfPostgres, IsEncryptedWithAPassphraseThatNobodySees) {
  const fs::path secret = scratch_.path() / "passphrase";
  std::ofstream(secret) << "correct horse\n";
  Words init = all_->init(all_->second_config(), all_->folder() / "encrypted");
  init.insert(init.end(), {"--cipher-pass-file", secret});
  const Ended begun = program(init);
  ASSERT_EQ(begun.code, 0) << begun.err;
  const Ended made = program(on({"backup", "create"}, all_->second_config()));
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(listed(all_->second_config())["cipher"], "aes-256-cbc");
  for (const Ended& ended : {begun, made}) {
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("correct horse")));
  }
  // Without the passphrase in the configuration it comes from the file; a wrong one opens nothing.
  std::string text = content_of(all_->second_config());
  const std::string line = "repo1-cipher-pass=correct horse\n";
  ASSERT_TRUE(text.contains(line));
  text.erase(text.find(line), line.size());
  const fs::path config = scratch_.path() / "without.conf";
  std::ofstream(config) << text;
  give_away(config);
  Words list = on({"backup", "list", "--cipher-pass-file", secret}, config);
  EXPECT_EQ(program(list).code, 0);
  std::ofstream(secret) << "wrong horse\n";
  const Ended wrong = program(list);
  EXPECT_NE(wrong.code, 0);
  EXPECT_THAT(wrong.out + wrong.err, Not(HasSubstr("wrong horse")));
  fs::remove(all_->second_config());
}

}  // namespace
}  // namespace aftershock
