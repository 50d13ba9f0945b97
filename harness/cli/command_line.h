// The command line: what was asked for, and what is said about a mistake in it. How each command
// is read is in a file of its own in harness/cli/commands/; a new one is added to CommandLine here
// and to the table in command_line.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/time.h"
#include "harness/calendar/rhythm.h"
#include "harness/check/check.h"
#include "harness/cli/backup_options.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/report_options.h"
#include "harness/explore/explorer.h"
#include "harness/sweep/plan.h"
#include "reports/formats.h"
#include "reports/trace.h"

namespace aftershock::cli {

struct RunOptions {
  std::vector<std::string> paths = {};
  std::uint64_t seed = 1;
  ScheduleSpec schedule = {};
  bool json = false;     ///< the report on standard output
  bool quiet = false;    ///< only what did not pass
  std::string out = {};  ///< folder of the report; empty: none
  std::vector<ReportFormat> formats = {ReportFormat::html,
                                       ReportFormat::markdown};  ///< besides JSON
  std::string previous = {};  ///< report to compare with; empty: the one that is in `out`
  std::string summary = {};   ///< file to append the report to, as Markdown
  std::string history = {};   ///< file to add the drills to; empty: none
  std::string bundle = {};    ///< folder of the evidence; empty: none
  std::string attest = {};    ///< file of what people say; empty: nothing
  std::string sign = {};      ///< file of the private key that signs the bundle; empty: none
};

enum class TraceFormat : std::uint8_t { kText, kJsonLines, kPerfetto, kSteps };

struct ReplayOptions {
  std::uint64_t seed = 1;
  ScheduleSpec schedule = {};
  std::string path = {};
  TraceFormat format = TraceFormat::kText;
  TraceFilter filter = {};
  std::string out = {};      ///< file of the trace; empty: standard output
  std::string diverge = {};  ///< what to compare with; empty: nothing
};

struct ListOptions {
  std::vector<std::string> paths = {};
  bool faults = false;  ///< the faults instead of the scenarios
  bool steps = false;   ///< the steps of runbooks
  bool marks = false;   ///< the coverage marks
};

struct ValidateOptions {
  std::vector<std::string> paths = {};
};

struct PlanOptions {
  std::vector<std::string> paths = {};
  std::uint64_t seed = 1;
};

struct AlertsOptions {
  bool prometheus = false;  ///< as Prometheus' rules file
};

enum class TimerKind : std::uint8_t { kNone, kSystemd, kCron, kGithub };

struct CalendarOptions {
  std::string plan = "deploy/drills/calendar.yaml";
  std::string history = "reports/history.jsonl";
  std::optional<calendar::Day> on = {};  ///< judge as of this day; none: today
  std::string done = {};                 ///< the exercise that people held
  bool incident = false;
  std::string note = {};
  bool check = false;  ///< kFailed when something is late
  bool json = false;
  TimerKind timers = TimerKind::kNone;
  std::string out = {};      ///< folder of the timers; empty: standard output
  std::string program = {};  ///< that timers run; empty: as it is usually called there
  std::string folder = {};   ///< in which timers run it
};

struct CheckOptions {
  std::string url = {};            ///< of the database
  std::string password_file = {};  ///< empty: none
  check::Severity least = check::Severity::info;
  bool list = false;  ///< the checks themselves, without a database
  bool json = false;
};

struct SweepOptions {
  std::vector<std::string> paths = {};
  std::vector<std::string> canaries = {};  ///< scenarios that must be seen to fail
  sweep::SeedRange seeds = {};             ///< open only with a budget
  ScheduleSpec schedule = {};
  std::optional<delta::Duration> budget = {};
  std::uint32_t jobs = 1;
  sweep::Shard shard = {};
  bool resume = false;
  bool stop_on_first = false;
  std::uint32_t recheck_ppm = 0;                         ///< share of the drills that is run twice
  std::string other_build = {};                          ///< program that does it; empty: this one
  delta::Duration time_limit = std::chrono::minutes(5);  ///< of one drill, real time
  bool json = false;
  bool quiet = false;
  std::string out = {};      ///< folder of the journal and the report; empty: none
  std::string summary = {};  ///< file to append the report to, as Markdown
};

struct MergeOptions {
  std::vector<std::string> folders = {};  ///< of the shards
  bool json = false;
  bool quiet = false;
  std::string out = {};
  std::string summary = {};
};

struct ShrinkOptions {
  std::string path = {};  ///< one scenario file
  std::uint64_t seed = 1;
  ScheduleSpec schedule = {};
  std::string invariant = {};  ///< that has to break; empty: whatever fails first
  std::string out = {};        ///< the file to write; empty: named after the scenario
  delta::Duration budget = std::chrono::seconds(60);
  std::uint32_t tries = 4;  ///< other seeds for each candidate
  std::uint32_t jobs = 1;   ///< drills side by side
};

struct ExploreOptions {
  std::vector<std::string> paths = {};
  std::uint64_t seed = 1;
  std::optional<ExploredWindow> window = {};  ///< none: default_window(); its depth is `depth`
  std::uint32_t depth = ExploredWindow{}.depth;
  ExploreBounds bounds = {};
  delta::Duration tick = std::chrono::milliseconds(1);
  delta::Duration budget = std::chrono::minutes(1);  ///< real time for each file
};

using CommandLine =
    std::variant<RunOptions, ReplayOptions, SweepOptions, MergeOptions, ShrinkOptions,
                 ExploreOptions, ListOptions, ValidateOptions, PlanOptions, AlertsOptions,
                 CalendarOptions, CheckOptions, BackupOptions, ReportOptions>;

/// Nothing to execute: a text to print, on standard output when the code is kPassed (--help,
/// --version), otherwise on standard error.
struct Answer {
  ExitCode code = ExitCode::kPassed;
  std::string text;
};

/// `arguments` without the program's name.
std::expected<CommandLine, Answer> parse_command_line(std::vector<std::string> arguments);

}  // namespace aftershock::cli
