#include "platform/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "platform/text/utf8.h"

namespace delta {

namespace {

using Wall = std::chrono::system_clock;

/// "2026-01-31T12:34:56.789Z"; for people with a blank and without the zone.
std::string format_time(Wall::time_point time, LogFormat format) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(millis);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(millis - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u%c%02d:%02d:%02d.%03d%s",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), format == LogFormat::json ? 'T' : ' ',
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()), format == LogFormat::json ? "Z" : "");
  return text.data();
}

void append_unicode(std::string& line, unsigned code) {
  static constexpr std::string_view digits = "0123456789abcdef";
  line += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) line += digits[(code >> shift) & 15U];
}

void append_control(std::string& line, char byte) {
  switch (byte) {
    case '\n': line += "\\n"; break;
    case '\r': line += "\\r"; break;
    case '\t': line += "\\t"; break;
    default: append_unicode(line, static_cast<unsigned char>(byte));
  }
}

/// The text without its quotes, as in JSON: nothing in it ends the line or moves a cursor.
void append_escaped(std::string& line, std::string_view text) {
  const bool cut = text.size() > Log::kLongestText;
  if (cut) text = text.substr(0, Log::kLongestText);
  while (!text.empty()) {
    const std::size_t length = text::utf8_length(text);
    if (length == 0) {
      append_unicode(line, 0xFFFD);
    } else if (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F) {
      append_control(line, text[0]);
    } else {
      if (text[0] == '"' || text[0] == '\\') line += '\\';
      line += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  if (cut) line += "...";
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  append_escaped(line, text);
  line += '"';
}

/// People read a plain word more easily without quotes.
void append_text(std::string& line, std::string_view text, LogFormat format) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
  });
  if (format == LogFormat::text && plain) {
    append_escaped(line, text);
  } else {
    append_quoted(line, text);
  }
}

void append_value(std::string& line, const LogField& field, LogFormat format) {
  std::visit(
      [&](const auto& value) {
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::same_as<Value, std::string_view>) {
          append_text(line, value, format);
        } else if constexpr (std::same_as<Value, Duration>) {
          append_text(line, format_duration(value), format);
        } else if constexpr (std::same_as<Value, bool>) {
          line += value ? "true" : "false";
        } else {
          line += std::to_string(value);
        }
      },
      field.value);
}

std::string_view name_of(LogLevel level) {
  static constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
  return names.at(static_cast<std::size_t>(level));
}

std::string json_line(Wall::time_point now, LogLevel level, std::string_view event,
                      std::string_view message, LogFields fields) {
  std::string line = "{\"ts\":\"" + format_time(now, LogFormat::json) + "\",\"level\":\"";
  line += name_of(level);
  line += "\",\"event\":";
  append_quoted(line, event);
  line += ",\"message\":";
  append_quoted(line, message);
  for (const LogField& field : fields) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
    append_value(line, field, LogFormat::json);
  }
  return line + "}\n";
}

std::string text_line(Wall::time_point now, LogLevel level, std::string_view event,
                      std::string_view message, LogFields fields) {
  std::string line = format_time(now, LogFormat::text) + " ";
  line += name_of(level);
  line.append(8 - name_of(level).size(), ' ');
  append_escaped(line, event);
  line += ": ";
  append_escaped(line, message);
  for (const LogField& field : fields) {
    line += "  ";
    append_escaped(line, field.key);
    line += '=';
    append_value(line, field, LogFormat::text);
  }
  return line + "\n";
}

/// One write(2), unless the kernel took a part only.
bool write_all(int file, std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(file, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

LogFormat default_log_format() {
  return ::isatty(STDERR_FILENO) == 1 ? LogFormat::text : LogFormat::json;
}

Log::Log(LogOptions options) : Log(std::move(options), STDERR_FILENO) {}

Log::Log(LogOptions options, int file) : options_(std::move(options)), file_(file) {}

Log::~Log() {
  if (file_ != STDERR_FILENO) ::close(file_);
}

std::expected<std::unique_ptr<Log>, std::string> Log::open(LogOptions options) {
  if (options.file.empty()) return std::make_unique<Log>(std::move(options));
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
  const int file = ::open(options.file.c_str(), flags, 0640);
  if (file < 0) {
    const int cause = errno;
    std::string why = "the log file " + options.file + " cannot be opened: ";
    return std::unexpected(why + std::generic_category().message(cause));
  }
  return std::unique_ptr<Log>(new Log(std::move(options), file));
}

void Log::write(LogLevel level, std::string_view event, std::string_view message,
                LogFields fields) noexcept {
  if (level < options_.least) return;
  try {
    const Wall::time_point now = options_.now ? options_.now() : Wall::now();
    const std::string line = options_.format == LogFormat::json
                                 ? json_line(now, level, event, message, fields)
                                 : text_line(now, level, event, message, fields);
    const std::lock_guard lock(mutex_);
    if (!write_all(file_, line)) lost_.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::exception&) {
    lost_.fetch_add(1, std::memory_order_relaxed);  // no memory, or a broken lock
  }
}

}  // namespace delta
