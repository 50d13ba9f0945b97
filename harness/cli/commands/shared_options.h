// Options that several commands have.
#pragma once

#include <cstdint>

#include "harness/cli/commands/syntax.h"
#include "harness/schedule.h"

namespace aftershock::cli {

/// The last part of the help of every command that judges drills.
inline constexpr const char* kExitCodes =
    "Exit codes: 0 passed, 1 an objective or invariant failed, 2 inconclusive,\n"
    "  3 aborted: interrupted, or the report could not be written,\n"
    "  4 clean-up incomplete (live drills), 64 bad scenario or command line, 70 internal error.\n"
    "  Of several drills the worst counts: 70, then 3, 1, 2, 0.";

/// FILE and FOLDER arguments.
void add_paths(CLI::App& command, std::vector<std::string>& paths, bool required);
/// The mistake of a command that got none and needs one.
std::optional<Mistake> paths_mistake(const CLI::App& command,
                                     const std::vector<std::string>& paths);

/// --seed, as text: only seed_mistake() knows what is wrong with it.
void add_seed(CLI::App& command, std::string& seed);
/// Reads it into `seed`, if it is one.
std::optional<Mistake> seed_mistake(const CLI::App& command, const std::string& text,
                                    std::uint64_t& seed);
/// A whole number of 64 bits, in decimal digits and nothing else.
std::optional<std::uint64_t> parse_seed(const std::string& text);

/// --schedule, as text, and what it means.
void add_schedule(CLI::App& command, std::string& schedule);
std::optional<Mistake> schedule_mistake(const std::string& text, ScheduleSpec& schedule);

/// --out, a folder; `what` is what is written to it.
void add_out(CLI::App& command, std::string& out, const std::string& what);
std::optional<Mistake> out_mistake(const CLI::App& command, const std::string& out);

/// --append-summary.
void add_summary(CLI::App& command, std::string& summary);

/// A name of --format, of those that a report of drills has.
std::expected<ReportFormat, Mistake> format_named(const std::string& name);

/// --json, --quiet and --append-summary of a sweep's report.
void add_sweep_output(CLI::App& command, bool& json, bool& quiet, std::string& summary);

}  // namespace aftershock::cli
