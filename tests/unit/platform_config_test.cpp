// Configuration that is right: what wins, what the getters give, what is printed.
#include "platform/config.h"

#include "core/setting_catalogue.h"
#include "tests/unit/config_fixture.h"

namespace delta {
namespace {

using ConfigTest = ConfigFixture;

TEST_F(ConfigTest, FallbacksHoldWhereNothingIsGiven) {
  const Config config = loaded({});
  EXPECT_FALSE(config.has("name"));
  EXPECT_EQ(config.text("name"), "");
  EXPECT_EQ(config.secret("database.url").reveal(), "hunter2");
  EXPECT_EQ(config.number("database.pool"), 10);
  EXPECT_EQ(config.text("log.format"), "json");
  EXPECT_EQ(config.duration("poll.interval"), 90s);
  EXPECT_FALSE(config.flag("poll.eager"));
  EXPECT_EQ(config.list("roles"), (std::vector<std::string>{"api", "reap"}));
  EXPECT_FALSE(config.has("http.tls.key"));
  EXPECT_TRUE(config.secret("http.tls.key").empty());
}

TEST_F(ConfigTest, AFileGivesEveryType) {
  const std::string path = write("delta.yaml",
                                 "name: \"a: b\"\n"
                                 "database: {url: 'postgresql://x', pool: 7}\n"
                                 "poll:\n  interval: 2s\n  eager: true\n"
                                 "roles: [dispatch]\n"
                                 "http:\n  tls:\n    key: |\n      line one\n      line two\n");
  for (const Config& config : {loaded({"--config", path}, {"DELTA_DATABASE_URL=none"}),
                               loaded({"--config=" + path}, {"DELTA_DATABASE_URL=none"}),
                               loaded({}, {"DELTA_CONFIG=" + path, "DELTA_DATABASE_URL=none"})}) {
    EXPECT_EQ(config.text("name"), "a: b");
    EXPECT_EQ(config.secret("database.url").reveal(), "postgresql://x");
    EXPECT_EQ(config.number("database.pool"), 7);
    EXPECT_EQ(config.duration("poll.interval"), 2s);
    EXPECT_TRUE(config.flag("poll.eager"));
    EXPECT_EQ(config.list("roles"), std::vector<std::string>{"dispatch"});
    EXPECT_EQ(config.secret("http.tls.key").reveal(), "line one\nline two\n");
    EXPECT_EQ(config.source("database.pool").where, path + ":2:41");
  }
}

TEST_F(ConfigTest, FlagsWinOverTheEnvironmentAndThatOverTheFile) {
  const std::string path = write("delta.yaml", "database: {pool: 1}\nname: file\n");
  const std::vector<std::string> environment{"DELTA_DATABASE_POOL=2", "DELTA_NAME="};
  EXPECT_EQ(loaded({"--config", path}).number("database.pool"), 1);
  EXPECT_EQ(loaded({"--config", path}, environment).number("database.pool"), 2);
  const Config config = loaded({"--database-pool", "3", "--config", path}, environment);
  EXPECT_EQ(config.number("database.pool"), 3);
  EXPECT_EQ(config.source("database.pool").where, "--database-pool");
  EXPECT_EQ(config.text("name"), "file");  // an empty variable counts as not given
}

TEST_F(ConfigTest, FlagsTakeTheirValueInEitherWay) {
  const Config config = loaded(
      {"--name=[::1]:80=x", "--poll-eager", "--roles", "api, dispatch,", "--log-format", "text"});
  EXPECT_EQ(config.text("name"), "[::1]:80=x");
  EXPECT_TRUE(config.flag("poll.eager"));
  EXPECT_EQ(config.list("roles"), (std::vector<std::string>{"api", "dispatch"}));
  EXPECT_FALSE(loaded({"--poll-eager=false"}, {"DELTA_POLL_EAGER=true"}).flag("poll.eager"));
  EXPECT_EQ(loaded({"--name", "-"}).text("name"), "-");
}

TEST_F(ConfigTest, ASecretComesFromAFileOfItsOwn) {
  const std::string secret = write("secret", "s3cret\n");
  const std::string path = write("delta.yaml", "database:\n  url_file: " + secret + "\n");
  for (const Config& config : {loaded({"--config", path}, {"DELTA_DATABASE_URL=none"}),
                               loaded({}, {"DELTA_DATABASE_URL_FILE=" + secret}),
                               loaded({"--database-url-file", secret}, {"DELTA_DATABASE_URL=x"})}) {
    EXPECT_EQ(config.secret("database.url").reveal(), "s3cret");
    EXPECT_TRUE(config.source("database.url").where.ends_with(" (" + secret + ")"));
  }
  // What wins replaces it, so that its file need not be there.
  const std::string gone = write("gone.yaml", "database: {url_file: /no/such/file}\n");
  EXPECT_EQ(loaded({"--config", gone}).secret("database.url").reveal(), "hunter2");
}

TEST_F(ConfigTest, VariablesOfOthersAreLeftAlone) {
  loaded({}, {"PATH=/bin", "DELTAX=1", "DELTA_JOB=build", "DELTA_ARTIFACTS=/x",
              "DELTA_ORCHESTRATOR_SERVICE_HOST=10.0.0.1", "DELTA_ORCHESTRATOR_SERVICE_PORT_HTTP=80",
              "DELTA_ORCHESTRATOR_PORT=tcp://10.0.0.1:80",
              "DELTA_ORCHESTRATOR_PORT_80_TCP=tcp://10.0.0.1:80",
              "DELTA_ORCHESTRATOR_PORT_80_TCP_ADDR=10.0.0.1"});
  keys_.push_back({.key = "api.port", .type = ConfigType::number, .fallback = "80"});
  EXPECT_EQ(loaded({}, {"DELTA_API_PORT=tcp://10.0.0.1:9"}).number("api.port"), 80);
  EXPECT_EQ(loaded({}, {"DELTA_API_PORT=81"}).number("api.port"), 81);
}

TEST_F(ConfigTest, PrintsWhatIsInForceWithoutSecrets) {
  const std::string path = write("delta.yaml", "poll: {eager: true}\n");
  const auto answer = load({"--print-config", "--config", path, "--name=say \"hi\""},
                           {"DELTA_DATABASE_POOL=2", "DELTA_HTTP_TLS_KEY=hunter3"});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().exit_code, 0);
  EXPECT_EQ(answer.error().text,
            "name: \"say \\\"hi\\\"\"  # --name\n"
            "database:\n"
            "  url: \"***\"  # DELTA_DATABASE_URL\n"
            "  pool: 2  # DELTA_DATABASE_POOL\n"
            "log:\n"
            "  format: \"json\"  # default\n"
            "poll:\n"
            "  interval: 1m30s  # default\n"
            "  eager: true  # " +
                path +
                ":1:15\n"
                "roles: [\"api\", \"reap\"]  # default\n"
                "http:\n"
                "  tls:\n"
                "    key: \"***\"  # DELTA_HTTP_TLS_KEY\n");
  EXPECT_TRUE(load({"--config", write("again.yaml", answer.error().text)}).has_value());
  const auto nothing = load({"--print-config"});
  EXPECT_NE(nothing.error().text.find("# name is not given\n"), std::string::npos);
}

TEST_F(ConfigTest, HelpIsTheTable) {
  const auto answer = load({"--help", "--nonsense"}, {"DELTA_NONSENSE=1"});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().exit_code, 0);
  const std::string& text = answer.error().text;
  EXPECT_EQ(text.find("program: does it.\n\nUsage: program [--config FILE] [--KEY VALUE]...\n"),
            0U);
  for (const char* part :
       {"\ngeneral:\n  --name TEXT\n        What it is called.\n        (for example blue)\n",
        "\ndatabase:\n  --database-url-file FILE\n        Where the database is.\n"
        "        (the path of a file that holds it; required)\n"
        "  --database-pool N\n        Connections.\n"
        "        (a whole number from 1 to 100; default 10)\n",
        "\n  --log-format TEXT\n        How lines are written.\n        (json, text; default "
        "json)\n",
        "(a duration from 1s to 1h; default 1m30s)", "\n  --poll-eager[=false]\n",
        "\n  --roles A,B\n        What it does.\n        (of: api, reap, dispatch; default "
        "api,reap)\n",
        "\nThe end.\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
  EXPECT_EQ(load({"-V"}).error().text, "program 1.2\n");
}

TEST_F(ConfigTest, EverySettingIsAKey) {
  keys_ = setting_keys();
  EXPECT_EQ(keys_.size(), setting_catalogue().size());
  std::vector<std::string> flags;
  for (const ConfigKey& key : keys_) {
    EXPECT_EQ(key.key.find("settings."), 0U);
    EXPECT_FALSE(key.help.empty());
  }
  std::vector<std::string> environment{"DELTA_SETTINGS_LEASE_TTL=300s",
                                       "DELTA_SETTINGS_BATCH_SIZE=7", "DELTA_DATABASE_URL=none"};
  const Settings settings = loaded({"--settings-dispatch-fallback=false"}, environment).settings();
  EXPECT_EQ(settings.lease_ttl, 300s);
  EXPECT_EQ(settings.batch_size, 7U);
  EXPECT_FALSE(settings.dispatch_fallback);
  EXPECT_EQ(settings.heartbeat_interval, Settings().heartbeat_interval);
}

}  // namespace
}  // namespace delta
