#include "platform/log_config.h"

namespace delta {

namespace {

LogLevel level_named(const std::string& name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warning") return LogLevel::warning;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

LogFormat format_named(const std::string& name) {
  if (name == "auto") return default_log_format();
  return name == "json" ? LogFormat::json : LogFormat::text;
}

}  // namespace

std::vector<ConfigKey> log_keys() {
  return {
      {.key = "log.level",
       .help = "The least that is written.",
       .fallback = "info",
       .choices = {"debug", "info", "warning", "error"}},
      {.key = "log.format",
       .help = "Lines for machines, or for people; auto: as standard error is.",
       .fallback = "auto",
       .choices = {"auto", "json", "text"}},
      {.key = "log.file", .help = "Where to write; nothing: standard error."},
  };
}

std::expected<std::unique_ptr<Log>, std::string> open_log(const Config& config) {
  return Log::open({.least = level_named(config.text("log.level")),
                    .format = format_named(config.text("log.format")),
                    .file = config.text("log.file")});
}

}  // namespace delta
