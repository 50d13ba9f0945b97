#include "harness/calendar/timers.h"

#include <array>

#include "core/check.h"
#include "harness/timer_files.h"
#include "reports/shell_quote.h"
#include "reports/text.h"

namespace aftershock::calendar {
namespace {

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr unsigned kWeek = 7;

bool has_timer(const Exercise& exercise) {
  return !exercise.drills.empty() && exercise.rhythm.every != Every::incident;
}

const char* months_of(Every every, const char* all) {
  switch (every) {
    case Every::quarter: return "1,4,7,10";
    case Every::year: return "1";
    case Every::week:
    case Every::month: return all;
    case Every::incident: break;
  }
  CHECK(false);
}

std::string hour_text(std::uint32_t hour) { return (hour < 10 ? "0" : "") + std::to_string(hour); }

unsigned first_day(const Rhythm& rhythm) { return (rhythm.nth - 1) * kWeek + 1; }

std::string command_of(const Exercise& exercise, const TimerOptions& options) {
  std::string command = shell_quoted(options.program) + " run";
  for (const std::string& drill : exercise.drills) command += " " + shell_quoted(drill);
  return command + " --quiet --out " + shell_quoted("reports/drills/" + exercise.id) +
         " --history " + shell_quoted(options.history);
}

/// True on the exercise's weekday alone.
std::string day_test(const Exercise& exercise) {
  return "[ \"$(date -u +%w)\" = " + std::to_string(exercise.rhythm.day.c_encoding()) + " ]";
}

/// For a shell, in one word of ExecStart=.
std::string unit_command(const std::string& command) {
  std::string word;
  for (const char c : command) {
    if (c == '"' || c == '\\') word += '\\';
    word += c;
  }
  return "/bin/sh -c \"" + exec_start_text(word) + "\"";
}

std::string yaml_quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return "'" + quoted + "'";
}

std::string workflow_step(const Exercise& exercise, const TimerOptions& options) {
  return "      - name: " + yaml_quoted(one_line(exercise.title)) +
         "\n        if: github.event.schedule == " + yaml_quoted(cron_time(exercise)) +
         "\n        run: |\n          if " + day_test(exercise) + "; then " +
         command_of(exercise, options) + "; fi\n";
}

}  // namespace

std::string on_calendar(const Exercise& exercise) {
  const Rhythm& rhythm = exercise.rhythm;
  std::string days = "*";
  if (rhythm.every != Every::week) {
    const unsigned first = first_day(rhythm);
    days = std::to_string(first) + ".." + std::to_string(first + kWeek - 1);
  }
  return std::string(kDays.at(rhythm.day.c_encoding())) + " *-" + months_of(rhythm.every, "*") +
         "-" + days + " " + hour_text(exercise.hour) + ":00:00 UTC";
}

std::string cron_time(const Exercise& exercise) {
  const Rhythm& rhythm = exercise.rhythm;
  const unsigned first = first_day(rhythm);
  const std::string days = rhythm.every == Every::week
                               ? "*"
                               : std::to_string(first) + "-" + std::to_string(first + kWeek - 1);
  return "0 " + std::to_string(exercise.hour) + " " + days + " " + months_of(rhythm.every, "*") +
         " *";
}

std::vector<TimerFile> systemd_timers(const Plan& plan, const TimerOptions& options) {
  std::vector<TimerFile> files;
  for (const Exercise& exercise : plan.exercises) {
    if (!has_timer(exercise)) continue;
    const std::string unit = "aftershock-" + exercise.id;
    files.push_back(
        {unit + ".timer", timer_unit(one_line(exercise.title) + ": " + text_of(exercise.rhythm),
                                     on_calendar(exercise))});
    files.push_back({unit + ".service",
                     "[Unit]\nDescription=" + one_line(exercise.title) +
                         "\n\n[Service]\nType=oneshot\nWorkingDirectory=" + options.folder +
                         "\nExecStart=" + unit_command(command_of(exercise, options)) + "\n"});
  }
  return files;
}

std::vector<TimerFile> crontab(const Plan& plan, const TimerOptions& options) {
  std::string text = "CRON_TZ=UTC\n";
  for (const Exercise& exercise : plan.exercises) {
    if (!has_timer(exercise)) continue;
    text += "# " + one_line(exercise.title) + ": " + text_of(exercise.rhythm) + "\n" +
            cron_time(exercise) + " " +
            crontab_text(day_test(exercise) + " && cd " + shell_quoted(options.folder) + " && " +
                         command_of(exercise, options)) +
            "\n";
  }
  return {{"aftershock.crontab", text}};
}

std::vector<TimerFile> github_workflow(const Plan& plan, const TimerOptions& options) {
  std::string schedules, steps;
  for (const Exercise& exercise : plan.exercises) {
    if (!has_timer(exercise)) continue;
    const std::string line = "    - cron: " + yaml_quoted(cron_time(exercise)) + "\n";
    if (schedules.find(line) == std::string::npos) schedules += line;
    steps += workflow_step(exercise, options);
  }
  return {
      {"drills.yml",
       "name: drills\non:\n  schedule:\n" + schedules +
           "jobs:\n  drills:\n    runs-on: ubuntu-24.04\n    container: debian:12.11\n"
           "    steps:\n      - uses: actions/checkout@v4\n      - run: ./dev build-program\n" +
           steps +
           "      - uses: actions/upload-artifact@v4\n        if: always()\n        with:\n"
           "          name: drills\n          path: |\n            reports/drills\n            " +
           options.history + "\n"}};
}

}  // namespace aftershock::calendar
