// What the programs say about themselves: one line an event, JSON for machines or text for people.
// Only adapters and mains log; the logic between them is pure.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <expected>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "core/time.h"

namespace delta {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { json, text };

/// Text when a person reads standard error, JSON otherwise.
LogFormat default_log_format();

/// One more thing that a line says. Lives as long as the call that logs it.
struct LogField {
  // Only what is safe to convert; there is nothing for a Secret.
  template <std::convertible_to<std::string_view> Text>
  LogField(std::string_view name, const Text& text) : key(name), value(std::string_view(text)) {}
  template <std::integral Number>
  LogField(std::string_view name, Number number) : key(name) {
    if constexpr (std::same_as<Number, bool>) {
      value = number;
    } else if constexpr (std::signed_integral<Number>) {
      value = static_cast<std::int64_t>(number);
    } else {
      value = static_cast<std::uint64_t>(number);
    }
  }
  LogField(std::string_view name, Duration duration) : key(name), value(duration) {}

  std::string_view key;
  std::variant<std::string_view, std::int64_t, std::uint64_t, bool, Duration> value;
};
using LogFields = std::initializer_list<LogField>;

struct LogOptions {
  LogLevel least = LogLevel::info;  ///< what is below it is not written
  LogFormat format = LogFormat::json;
  std::string file = {};  ///< appended to, created with mode 0640; empty: standard error
  /// The wall clock, for tests; empty: the system's.
  std::function<std::chrono::system_clock::time_point()> now = {};
};

/// Thread: any. A line is written by one write(2), whole lines one after another. Nothing throws:
/// a line that cannot be written is lost and counted.
///
/// The keys of a JSON line, in this order: ts (RFC 3339, UTC, milliseconds), level, event (a
/// constant word that machines look for), message (a sentence for people), then the fields in the
/// order of the call; durations as in scenario files ("1m30s"). Bytes that are not UTF-8 become
/// U+FFFD, long texts are cut.
class Log {
 public:
  static constexpr std::size_t kLongestText = 8192;  ///< bytes of one message or value

  /// Error: why the file cannot be opened, in words.
  static std::expected<std::unique_ptr<Log>, std::string> open(LogOptions options);
  /// To standard error, whatever the options say about a file.
  explicit Log(LogOptions options = {});
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view event, std::string_view message, LogFields fields = {}) noexcept {
    write(LogLevel::debug, event, message, fields);
  }
  void info(std::string_view event, std::string_view message, LogFields fields = {}) noexcept {
    write(LogLevel::info, event, message, fields);
  }
  void warning(std::string_view event, std::string_view message, LogFields fields = {}) noexcept {
    write(LogLevel::warning, event, message, fields);
  }
  void error(std::string_view event, std::string_view message, LogFields fields = {}) noexcept {
    write(LogLevel::error, event, message, fields);
  }
  void write(LogLevel level, std::string_view event, std::string_view message,
             LogFields fields) noexcept;

  /// Lines that could not be written, for a metric.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  Log(LogOptions options, int file);

  const LogOptions options_;
  const int file_;
  std::mutex mutex_;  ///< keeps the parts of a line together that had to be written in two
  std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace delta
