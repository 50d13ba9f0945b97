// A PostgreSQL that archives, with Delta CI's schema, and a repository of pgBackRest, for the tests
// of `aftershock backup`.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/backup/scratch_server.h"
#include "orchestrator/adapters/postgres_database.h"
#include "platform/servers/postgres_server.h"
#include "tests/e2e/program.h"
#include "tests/live/http_by_hand.h"

namespace aftershock {

namespace fs = std::filesystem;
using namespace delta;
using testing::HasSubstr;
using testing::Not;

/// One server and one repository with a full and an incremental backup, for all tests of a suite.
/// Between them the marks "first" and "second" were written, and between those it was `middle`.
class Installation {
 public:
  Installation()
      : server_({.settings = {{"fsync", "off"},
                              {"shared_buffers", "32MB"},
                              {"wal_level", "replica"},
                              {"archive_mode", "on"},
                              {"archive_command", archive_command()}},
                 .page_checksums = true}) {}

  const fs::path& folder() const { return folder_.path(); }
  PostgresServer& server() { return server_; }
  fs::path data() const { return server_.folder() / "data"; }
  std::string config() const { return folder_.path() / "first" / "pgbackrest.conf"; }
  /// Of a repository that gets all WAL as well from when this file is there.
  std::string second_config() const { return folder_.path() / "second" / "pgbackrest.conf"; }

  Words init(const std::string& config, const std::string& repository) const {
    return {"backup",   "init",           "--config", config,
            "--repo",   repository,       "--data",   data(),
            "--socket", server_.folder(), "--port",   std::to_string(server_.port())};
  }

 private:
  std::string archive_command() const {
    const std::string push = " --stanza=delta archive-push %p";
    return "pgbackrest --config=" + config() + push + " && (test ! -f " + second_config() +
           " || pgbackrest --config=" + second_config() + push + ")";
  }

  PrivateFolder folder_{"backup-test", unprivileged_account()};
  PostgresServer server_;
};

class BackupFixture : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    all_ = std::make_unique<Installation>();
    ASSERT_TRUE(migrate({.url = all_->server().connection_string()}));
    sql("CREATE TABLE marks (name text)");
    ASSERT_EQ(program(all_->init(all_->config(), all_->folder() / "repository")).code, 0);
    const Ended full = program(on({"backup", "create"}));
    ASSERT_EQ(full.code, 0) << full.err;
    sql("INSERT INTO marks VALUES ('first')");
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));  // a time has whole seconds
    middle_ = sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    middle_.pop_back();
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
    sql("INSERT INTO marks VALUES ('second')");
    const Ended incr = program(on({"backup", "create", "--type", "incr"}));
    ASSERT_EQ(incr.code, 0) << incr.err;
  }
  static void TearDownTestSuite() { all_.reset(); }

  BackupFixture() : scratch_("backup-scratch", unprivileged_account()) {}

  static std::string sql(const std::string& statement) { return all_->server().run_sql(statement); }
  /// The words with the configuration.
  static Words on(Words words, const std::string& config = all_->config()) {
    words.insert(words.end(), {"--config", config});
    return words;
  }
  static pid_t begin(const Words& words, const std::function<void()>& prepare = [] {}) {
    fs::remove(all_->folder() / "err");  // what the one before said must not be taken for its words
    return start(words, all_->folder() / "out", all_->folder() / "err", prepare);
  }
  static Ended end(pid_t child) {
    const int code = code_of(child);
    return {code, content_of(all_->folder() / "out"), content_of(all_->folder() / "err")};
  }
  static Ended program(const Words& words, const std::function<void()>& prepare = [] {}) {
    return end(begin(words, prepare));
  }
  /// Something that a child of begin() prints to standard error.
  static bool says(const std::string& what) {
    return test::becomes([&] { return content_of(all_->folder() / "err").contains(what); });
  }

  static nlohmann::json listed(const std::string& config = all_->config()) {
    const Ended ended = program(on({"backup", "list", "--json"}, config));
    EXPECT_EQ(ended.code, 0) << ended.err;
    return nlohmann::json::parse(ended.out);
  }
  static std::string label(std::size_t index, const std::string& config = all_->config()) {
    return listed(config)["backups"].at(index)["label"];
  }

  /// A configuration with a copy of the repository, which a test may damage.
  std::string copied_repository() {
    const fs::path copy = scratch_.path() / "copy";
    fs::remove_all(copy);
    const fs::path original = all_->folder() / "repository";
    EXPECT_EQ(std::system(("cp -a " + original.string() + " " + copy.string()).c_str()), 0);
    std::string text = content_of(all_->config());
    text.replace(text.find(original.string()), original.string().size(), copy.string());
    text.replace(0, text.find("[global]\n") + 9, "[global]\njob-retry=0\n");  // else 15 s each
    const fs::path config = scratch_.path() / "copy.conf";
    std::ofstream(config) << text;
    give_away(config);
    return config;
  }
  fs::path in_copy(const std::string& path) const { return scratch_.path() / "copy" / path; }
  static void give_away(const fs::path& path) {
    if (const auto owner = unprivileged_account()) {
      ASSERT_EQ(chown(path.c_str(), owner->user, owner->group), 0);
    }
  }
  /// A file of the copy below `part` of this size or more.
  fs::path file_in_copy(const std::string& part, std::uintmax_t least) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(in_copy(part))) {
      if (entry.is_regular_file() && entry.file_size() >= least) found.push_back(entry.path());
    }
    if (found.empty()) throw std::runtime_error("no such file below " + part);
    return *std::min_element(found.begin(), found.end());
  }

  /// What the marks are in data that was restored to scratch/data.
  std::string marks_in_scratch() {
    const std::string version = content_of(scratch_.path() / "data" / "PG_VERSION");
    const auto binaries = backup::binaries_of(version.substr(0, version.find('\n')));
    EXPECT_TRUE(binaries);
    backup::ScratchServer server(
        {scratch_.path(), *binaries, unprivileged_account(), {"LC_ALL=C", "PATH=/usr/bin:/bin"}});
    const auto started = server.start({});
    if (!started) return started.error().message;
    const auto words = server.run(
        "psql",
        {"--no-psqlrc", "-At", "--dbname", server.connection_string("postgres", "postgres"),
         "--command", "SELECT string_agg(name, ' ' ORDER BY name) FROM marks"},
        {});
    return words ? *words : words.error().message;
  }
  /// What is in scratch beside data.
  std::vector<std::string> beside() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(scratch_.path())) {
      const std::string name = entry.path().filename();
      if (name.starts_with("data.")) names.push_back(name);
    }
    return names;
  }

  static inline std::unique_ptr<Installation> all_;
  static inline std::string middle_;
  PrivateFolder scratch_;
};

}  // namespace aftershock
