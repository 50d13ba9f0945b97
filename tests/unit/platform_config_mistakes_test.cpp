// Configuration that is wrong: every mistake at once, with its place, and never a secret.
#include "tests/unit/config_fixture.h"

namespace delta {
namespace {

using ConfigMistakesTest = ConfigFixture;

TEST_F(ConfigMistakesTest, AreAllToldAtOnceWithTheirPlaces) {
  const std::string path = write("delta.yaml",
                                 "databse:\n  url: x\n"
                                 "poll:\n  intervall: 3s\n  interval: 90\n  eager: yes\n"
                                 "log: {format: jsn}\n");
  EXPECT_EQ(mistakes({"--config", path, "--database-pool", "0", "--rolse=api", "stray"},
                     {"DELTA_POLL_INTERVAL=2h", "DELTA_DATABASE_POL=3"}),
            "FOLDER/delta.yaml:1:1: error: unknown key 'databse'\n"
            "  hint: did you mean 'database'?\n"
            "FOLDER/delta.yaml:4:3: error: unknown key 'poll.intervall'\n"
            "  hint: did you mean 'poll.interval'?\n"
            "FOLDER/delta.yaml:5:13: error: 'poll.interval': '90' has no unit\n"
            "  hint: write 90s\n"
            "FOLDER/delta.yaml:6:10: error: 'poll.eager': 'yes' is not true or false\n"
            "FOLDER/delta.yaml:7:15: error: 'log.format': 'jsn' is not one of: json, text\n"
            "  hint: did you mean 'json'?\n"
            "DELTA_POLL_INTERVAL: error: '2h' is out of range: from 1s to 1h\n"
            "DELTA_DATABASE_POL: error: unknown variable\n"
            "  hint: did you mean 'DELTA_DATABASE_POOL'?\n"
            "--rolse: error: unknown flag\n"
            "  hint: did you mean '--roles'?\n"
            "'stray': error: unexpected argument\n"
            "--database-pool: error: '0' is out of range: from 1 to 100\n");
}

TEST_F(ConfigMistakesTest, OfNumbersTextsAndLists) {
  const std::vector<std::pair<std::string, std::string>> answers{
      {"--database-pool=x", "--database-pool: error: 'x' is not a whole number\n"},
      {"--database-pool=1.5", "--database-pool: error: '1.5' is not a whole number\n"},
      {"--database-pool=99999999999999999999",
       "--database-pool: error: '99999999999999999999' is out of range: from 1 to 100\n"},
      {"--database-pool=", "--database-pool: error: '' is not a whole number\n"},
      {"--database-pool", "--database-pool: error: needs a value: a whole number from 1 to 100\n"},
      {"--poll-interval=-1s", "--poll-interval: error: '-1s' is negative; the least is 0s\n"},
      {"--poll-eager=1", "--poll-eager: error: '1' is not true or false\n"},
      {"--name=a\nb", "--name: error: control characters are not allowed\n"},
      {"--roles=api,rep",
       "--roles: error: 'rep' is not one of: api, reap, dispatch\n"
       "  hint: did you mean 'reap'?\n"},
      {"--config", "--config: error: needs a file\n"},
      {"--config=/no/such/file", "/no/such/file: error: no such file\n"},
  };
  for (const auto& [flag, expected] : answers) EXPECT_EQ(mistakes({flag}), expected);
  EXPECT_EQ(mistakes({"--name=a", "--name=a"}), "--name: error: given more than once\n");
}

TEST_F(ConfigMistakesTest, OfTheFilesForm) {
  const std::vector<std::pair<std::string, std::string>> answers{
      {"", "FILE:1:1: error: the file is empty\n"},
      {"[a]", "FILE:1:1: error: the file must be a map of keys\n"},
      {"poll: 3s", "FILE:1:7: error: 'poll' must be a map of keys\n"},
      {"name:", "FILE:1:1: error: 'name' has no value\n"},
      {"name: [a]", "FILE:1:7: error: 'name' must be a single value\n"},
      {"roles: {a: b}", "FILE:1:8: error: 'roles' must be a list\n"},
      {"roles: [[api]]", "FILE:1:9: error: 'roles' must list single values\n"},
      {"name: a\nname: b",
       "FILE:2:1: error: duplicate key 'name', first given at line 1, column 1\n"},
      {"database.pool: 3",
       "FILE:1:1: error: 'database.pool' is not nested\n"
       "  hint: write 'database:' and below it 'pool:'\n"},
  };
  for (const auto& [text, expected] : answers) {
    std::string shown = mistakes({"--config", write("f.yaml", text)});
    for (std::size_t at = 0; (at = shown.find("FOLDER/f.yaml")) != std::string::npos;) {
      shown.replace(at, 13, "FILE");
    }
    EXPECT_EQ(shown, expected) << text;
  }
}

TEST_F(ConfigMistakesTest, WhatIsRequiredMustComeFromSomewhere) {
  EXPECT_EQ(mistakes({}, {"DELTA_DATABASE_URL=none"}),
            "program: error: 'database.url' is required\n"
            "  hint: give it in the file, as DELTA_DATABASE_URL or as --database-url-file\n");
}

TEST_F(ConfigMistakesTest, OfSecretsShowNoSecret) {
  const std::string secret = write("secret", "hunter2");
  const std::string broken = write("broken.yaml",
                                   "database:\n  urk: hunter2\n  url: [hunter2]\n"
                                   "htp: hunter2\nname: 'hunter2\n");
  const std::string all = mistakes({"--database-url", "hunter2", "--database-urll", "hunter2",
                                    "--tls=hunter2", "--config", broken},
                                   {"DELTA_DATABASE_ULR=hunter2", "DELTA_HTTP_TLS_KEY=hunter2",
                                    "DELTA_HTTP_TLS_KEY_FILE=" + secret});
  EXPECT_EQ(all.find("hunter2"), std::string::npos) << all;
  for (const char* part :
       {"--database-url: error: others on this machine can read flags\n"
        "  hint: use --database-url-file or DELTA_DATABASE_URL\n",
        "--database-urll: error: unknown flag\n", "--tls: error: unknown flag\n",
        "DELTA_HTTP_TLS_KEY_FILE: error: the secret is given by DELTA_HTTP_TLS_KEY too\n",
        "FOLDER/broken.yaml:"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << all;
  }
}

TEST_F(ConfigMistakesTest, OfASecretsFile) {
  const std::string empty = write("empty", "\n");
  EXPECT_EQ(mistakes({"--database-url-file=" + empty, "--http-tls-key-file=/no/such"}),
            "--database-url-file: error: the file FOLDER/empty of the secret: empty\n"
            "--http-tls-key-file: error: the file /no/such of the secret: "
            "No such file or directory\n");
}

TEST_F(ConfigMistakesTest, OfSettingsTellWhereTheValuesComeFrom) {
  keys_ = setting_keys();
  EXPECT_EQ(mistakes({"--settings-lease-ttl=60s"},
                     {"DELTA_SETTINGS_LONG_POLL=0s", "DELTA_DATABASE_URL=none"}),
            "program: error: settings: lease_ttl must be at least 4 x heartbeat_interval, or one "
            "lost heartbeat ends a live lease\n"
            "  hint: settings.lease_ttl is 1m (--settings-lease-ttl), settings.heartbeat_interval "
            "is 20s (default)\n"
            "program: error: settings: long_poll must be positive\n"
            "  hint: settings.long_poll is 0s (DELTA_SETTINGS_LONG_POLL)\n");
  EXPECT_EQ(mistakes({"--settings-lease-tll=60s"}, {"DELTA_DATABASE_URL=none"}),
            "--settings-lease-tll: error: unknown flag\n"
            "  hint: did you mean '--settings-lease-ttl'?\n");
}

}  // namespace
}  // namespace delta
