#include "harness/backup/timers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "core/text.h"
#include "harness/timer_files.h"

namespace aftershock::backup {
namespace {

struct Field {
  std::string_view name;
  int least = 0, most = 0;
};
constexpr std::array kFields{Field{"minute", 0, 59}, Field{"hour", 0, 23}, Field{"day", 1, 31},
                             Field{"month", 1, 12}, Field{"weekday", 0, 7}};
constexpr std::size_t kDay = 2, kMonth = 3, kWeekday = 4;
constexpr std::array<std::string_view, 8> kWeekdays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat", "Sun"};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::optional<int> number(std::string_view text, const Field& field) {
  if (text.empty() || text.size() > 2 ||
      !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  const int value = std::stoi(std::string(text));
  return value < field.least || value > field.most ? std::nullopt : std::optional(value);
}

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// One item of a list in a field: *, N, A-B, each with /STEP; as systemd writes it. Nothing when
/// it is none of them.
std::optional<std::string> item_of(const std::string& text, const Field& field) {
  const std::size_t slash = text.find('/');
  const std::string range = text.substr(0, slash);
  std::string step;
  if (slash != std::string::npos) {
    const auto every = number(text.substr(slash + 1), {"step", 1, field.most});
    if (!every) return std::nullopt;
    step = "/" + std::to_string(*every);
  }
  if (range == "*") return step.empty() ? "*" : two_digits(field.least) + step;
  const std::size_t dash = range.find('-');
  const auto first = number(range.substr(0, dash), field);
  if (!first) return std::nullopt;
  if (dash == std::string::npos) {
    // Of cron, a step needs a range.
    return step.empty() ? std::optional(two_digits(*first)) : std::nullopt;
  }
  const auto last = number(range.substr(dash + 1), field);
  if (!last || *last < *first) return std::nullopt;
  return two_digits(*first) + ".." + two_digits(*last) + step;
}

/// Names, each by itself: systemd's weeks begin on Monday, and 0-6 would be the wrong way round.
std::optional<std::string> weekdays_of(const std::string& text) {
  std::array<bool, 7> days{};
  for (const std::string& item : split(text, ',')) {
    const std::size_t dash = item.find('-');
    const auto first = number(item.substr(0, dash), kFields[kWeekday]);
    const auto last =
        dash == std::string::npos ? first : number(item.substr(dash + 1), kFields[kWeekday]);
    if (!first || !last || *last < *first) return std::nullopt;
    for (int day = *first; day <= *last; ++day) days[static_cast<std::size_t>(day % 7)] = true;
  }
  std::string names;
  for (const std::size_t day : {1U, 2U, 3U, 4U, 5U, 6U, 0U}) {
    if (days[day]) names += (names.empty() ? "" : ",") + std::string(kWeekdays[day]);
  }
  return names;
}

std::optional<std::string> field_of(const std::string& text, std::size_t index) {
  if (text.empty() || text.ends_with(',')) return std::nullopt;
  if (index == kWeekday) return text == "*" ? std::optional(text) : weekdays_of(text);
  std::string result;
  for (const std::string& item : split(text, ',')) {
    const auto one = item_of(item, kFields[index]);
    if (!one) return std::nullopt;
    result += (result.empty() ? "" : ",") + *one;
  }
  return result;
}

std::string service_text(const Job& job, const std::string& user) {
  return "[Unit]\nDescription=Delta CI backups: " + job.name +
         "\nWants=network-online.target\nAfter=network-online.target postgresql.service\n\n"
         "[Service]\nType=oneshot\nUser=" +
         user + "\nExecStart=" + exec_start_text(job.command) +
         "\nNice=10\nIOSchedulingClass=best-effort\n"
         "IOSchedulingPriority=7\n";
}

}  // namespace

Result<std::string> calendar_of(std::string_view cron) {
  std::vector<std::string> fields;
  std::istringstream words{std::string(cron)};
  for (std::string word; words >> word;) fields.push_back(word);
  if (fields.size() != kFields.size()) {
    return refused("not a cron expression: " + delta::quote(cron),
                   "five fields: minute hour day month weekday, as in '0 2 * * 0'");
  }
  std::array<std::string, kFields.size()> parts;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const auto part = field_of(fields[i], i);
    if (!part) {
      return refused("in the cron expression " + delta::quote(cron) + " the " +
                         std::string(kFields[i].name) +
                         " is not understood: " + delta::quote(fields[i]),
                     "numbers from " + std::to_string(kFields[i].least) + " to " +
                         std::to_string(kFields[i].most) + ", *, ranges 1-5, lists 1,3");
    }
    parts[i] = *part;
  }
  if (parts[kDay] != "*" && parts[kWeekday] != "*") {
    return refused("the cron expression " + delta::quote(cron) + " names a day and a weekday",
                   "cron takes either, systemd takes both: name one of them");
  }
  const std::string weekday = parts[kWeekday] == "*" ? "" : parts[kWeekday] + " ";
  return weekday + "*-" + parts[kMonth] + "-" + parts[kDay] + " " + parts[1] + ":" + parts[0] +
         ":00";
}

Result<Files> cron_files(const std::vector<Job>& jobs, const std::string& user) {
  std::string text =
      "# Backups of Delta CI, for /etc/cron.d; written by `aftershock backup schedule`."
      "\nPATH=/usr/local/bin:/usr/bin:/bin\n";
  for (const Job& job : jobs) {
    if (auto calendar = calendar_of(job.cron); !calendar) return std::unexpected(calendar.error());
    text += job.cron + " " + user + " " + crontab_text(job.command) + "\n";
  }
  return Files{{"aftershock-backup", text}};
}

Result<Files> systemd_files(const std::vector<Job>& jobs, const std::string& user) {
  Files files;
  for (const Job& job : jobs) {
    const auto calendar = calendar_of(job.cron);
    if (!calendar) return std::unexpected(calendar.error());
    const std::string unit = "aftershock-backup-" + job.name;
    files[unit + ".service"] = service_text(job, user);
    files[unit + ".timer"] = timer_unit("When Delta CI backups are made: " + job.name, *calendar);
  }
  return files;
}

}  // namespace aftershock::backup
