#include "platform/calendar/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "core/text.h"

namespace delta {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kShorthands{{
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
    {"@yearly", "0 0 1 1 *"},
}};
constexpr int kYears = 28;

struct FieldFormat {
  std::string_view name;
  unsigned min = 0;
  unsigned max = 0;
  std::span<const std::string_view> names = {};  ///< of the values from `min` on
};
constexpr std::array kFields{FieldFormat{"minute", 0, 59}, FieldFormat{"hour", 0, 23},
                             FieldFormat{"day", 1, 31}, FieldFormat{"month", 1, 12, kMonths},
                             FieldFormat{"weekday", 0, 7, kWeekdays}};

struct FieldError {
  std::string message;
};

/// One field's text, taken apart from its beginning.
class FieldParser {
 public:
  FieldParser(const FieldFormat& format, std::string_view text) : format_(format), text_(text) {}

  /// The values that it lists. Throws FieldError.
  std::vector<unsigned> values() {
    std::vector<unsigned> all;
    do {
      const std::vector<unsigned> part = range();
      all.insert(all.end(), part.begin(), part.end());
    } while (take(','));
    if (!rest_.empty()) fail("has " + quote(rest_) + " where it should end");
    return all;
  }

 private:
  std::vector<unsigned> range() {
    unsigned first = format_.min;
    unsigned last = format_.max;
    bool single = false;
    if (!take('*')) {
      first = last = value();
      single = !take('-');
      if (!single) last = value();
    }
    unsigned step = 1;
    if (take('/')) {
      if (single) fail("has a step without a range: write */" + std::string(rest_));
      step = number();
      if (step == 0) fail("has a step of 0");
    }
    if (first > last) fail("has a range that ends before it begins");
    std::vector<unsigned> all;
    for (unsigned each = first; each <= last; each += step) all.push_back(each);
    return all;
  }

  unsigned value() {
    for (unsigned i = 0; i < format_.names.size(); ++i) {
      const std::string_view name = format_.names[i];
      const bool same = std::ranges::equal(name, rest_.substr(0, name.size()), {}, {}, [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      if (!same) continue;
      rest_.remove_prefix(name.size());
      return format_.min + i;
    }
    const unsigned found = number();
    if (found < format_.min || found > format_.max) {
      fail("must be from " + std::to_string(format_.min) + " to " + std::to_string(format_.max));
    }
    return found;
  }

  unsigned number() {
    unsigned found = 0;
    const char* begin = rest_.data();
    const auto [end, error] = std::from_chars(begin, begin + rest_.size(), found);
    if (error != std::errc{}) fail("has " + quote(rest_) + " where a number should be");
    rest_.remove_prefix(static_cast<std::size_t>(end - begin));
    return found;
  }

  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FieldError{"the " + std::string(format_.name) + " " + quote(text_) + " " + what};
  }

  const FieldFormat& format_;
  std::string_view text_;
  std::string_view rest_ = text_;
};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  constexpr std::string_view blanks = " \t";
  for (;;) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(blanks), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace

std::expected<Cron, std::string> Cron::parse(std::string_view text) {
  if (text.starts_with('@')) {
    const auto known = std::ranges::find(kShorthands, text, [](const auto& s) { return s.first; });
    if (known == kShorthands.end()) {
      return std::unexpected("a shorthand is @hourly, @daily, @weekly, @monthly or @yearly, not " +
                             quote(text));
    }
    text = known->second;
  }
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() != kFields.size()) {
    return std::unexpected("a cron expression has five fields (minute hour day month weekday), " +
                           quote(text) + " has " + std::to_string(words.size()));
  }
  Cron cron;
  try {
    const auto read = [&](std::size_t field) {
      return FieldParser(kFields[field], words[field]).values();
    };
    for (const unsigned value : read(0)) cron.minutes_.set(value);
    for (const unsigned value : read(1)) cron.hours_.set(value);
    for (const unsigned value : read(2)) cron.days_.set(value);
    for (const unsigned value : read(3)) cron.months_.set(value);
    for (const unsigned value : read(4)) cron.weekdays_.set(value % 7);
  } catch (const FieldError& error) {
    return std::unexpected(error.message);
  }
  cron.any_day_ = words[2].starts_with('*');
  cron.any_weekday_ = words[4].starts_with('*');
  return cron;
}

bool Cron::matches_day(date::year_month_day day) const {
  const bool in_month = days_.test(unsigned{day.day()});
  const date::weekday weekday{date::local_days{day}};
  const bool in_week = weekdays_.test(weekday.c_encoding());
  return any_day_ || any_weekday_ ? in_month && in_week : in_month || in_week;
}

std::optional<LocalMinutes> Cron::next(LocalMinutes after) const {
  const LocalMinutes from = after + minutes(1);
  date::local_days day = date::floor<date::days>(from);
  const date::local_days last = day + date::days(366 * kYears);
  const minutes earliest = from - day;
  for (minutes begin = earliest; day <= last; day += date::days(1), begin = minutes(0)) {
    const date::year_month_day date{day};
    if (!months_.test(unsigned{date.month()})) {
      day = date::local_days{(date.year() / date.month() + date::months(1)) / date::day(1)} -
            date::days(1);
      continue;
    }
    if (!matches_day(date)) continue;
    for (minutes time = begin; time < hours(24); time += minutes(1)) {
      const auto hour = static_cast<std::size_t>(time / hours(1));
      if (!hours_.test(hour)) {
        time = hours(hour + 1) - minutes(1);
      } else if (minutes_.test(static_cast<std::size_t>(time % hours(1) / minutes(1)))) {
        return day + time;
      }
    }
  }
  return std::nullopt;
}

}  // namespace delta
