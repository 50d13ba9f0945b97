// A table of keys of every type, and what is read over it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "platform/config.h"

namespace delta {

inline std::vector<ConfigKey> sample_keys() {
  return {
      {.key = "name", .help = "What it is called.", .example = "blue"},
      {.key = "database.url",
       .type = ConfigType::secret,
       .help = "Where the database is.",
       .required = true},
      {.key = "database.pool",
       .type = ConfigType::number,
       .help = "Connections.",
       .fallback = "10",
       .min = 1,
       .max = 100},
      {.key = "log.format",
       .help = "How lines are written.",
       .fallback = "json",
       .choices = {"json", "text"}},
      {.key = "poll.interval",
       .type = ConfigType::duration,
       .help = "How often.",
       .fallback = "1m30s",
       .min = 1'000'000'000,
       .max = 3'600'000'000'000},
      {.key = "poll.eager", .type = ConfigType::flag, .help = "At once.", .fallback = "false"},
      {.key = "roles",
       .type = ConfigType::list,
       .help = "What it does.",
       .fallback = "api,reap",
       .choices = {"api", "reap", "dispatch"}},
      {.key = "http.tls.key", .type = ConfigType::secret, .help = "The private key."},
  };
}

class ConfigFixture : public testing::Test {
 protected:
  ConfigFixture() { std::filesystem::create_directories(folder_); }
  ~ConfigFixture() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  /// DELTA_DATABASE_URL, which is required, is set unless the test sets it.
  std::expected<Config, ConfigAnswer> load(std::vector<std::string> flags,
                                           std::vector<std::string> environment = {}) const {
    flags.insert(flags.begin(), "program");
    const auto is_url = [](const std::string& e) { return e.starts_with("DELTA_DATABASE_URL"); };
    if (std::ranges::none_of(environment, is_url)) {
      environment.emplace_back("DELTA_DATABASE_URL=hunter2");
    }
    std::erase(environment, "DELTA_DATABASE_URL=none");
    std::vector<char*> argv;
    for (std::string& flag : flags) argv.push_back(flag.data());
    std::vector<char*> environ;
    for (std::string& variable : environment) environ.push_back(variable.data());
    environ.push_back(nullptr);
    return load_config(program_, keys_, std::span(argv), environ.data());
  }

  /// Loads what is sound.
  Config loaded(std::vector<std::string> flags, std::vector<std::string> environment = {}) const {
    auto config = load(std::move(flags), std::move(environment));
    if (!config) ADD_FAILURE() << config.error().text;
    return config.value();
  }

  /// What is said about mistakes, without the line that all of them end with, and with FOLDER for
  /// the test's folder.
  std::string mistakes(std::vector<std::string> flags,
                       std::vector<std::string> environment = {}) const {
    const auto config = load(std::move(flags), std::move(environment));
    if (config) return "";
    EXPECT_EQ(config.error().exit_code, 64);
    std::string text = config.error().text;
    const std::string last = "Run 'program --help' for what is possible.\n";
    EXPECT_TRUE(text.ends_with(last)) << text;
    text.resize(text.size() - std::min(text.size(), last.size()));
    for (std::size_t at = 0; (at = text.find(folder_.string())) != std::string::npos;) {
      text.replace(at, folder_.string().size(), "FOLDER");
    }
    return text;
  }

  const std::filesystem::path folder_ =
      testing::TempDir() + "delta-config-" + std::to_string(getpid());
  const Program program_{
      .name = "program", .version = "1.2", .purpose = "does it.", .footer = "The end.\n"};
  std::vector<ConfigKey> keys_ = sample_keys();
};

}  // namespace delta
