#include "harness/cli/commands/shared_options.h"

#include <algorithm>
#include <charconv>

#include "reports/text.h"

namespace aftershock::cli {
namespace {

/// "1-5" or "1,2": someone wants several.
bool names_several_seeds(const std::string& text) {
  const std::size_t separator = text.find_first_not_of("0123456789");
  return separator != 0 && separator < text.size() - 1 &&
         text.find_first_not_of("0123456789,-") == std::string::npos;
}

}  // namespace

void add_paths(CLI::App& command, std::vector<std::string>& paths, bool required) {
  CLI::Option* option = command.add_option(
      "PATH", paths, "Scenario files; a folder stands for every *.yaml below it");
  option->option_text(required ? "FILE|FOLDER..." : "FOLDER... (default: scenarios)");
}

std::optional<Mistake> paths_mistake(const CLI::App& command,
                                     const std::vector<std::string>& paths) {
  if (!paths.empty()) return std::nullopt;
  return Mistake{command.get_name() + " needs at least one FILE or FOLDER"};
}

void add_seed(CLI::App& command, std::string& seed) {
  command.add_option("--seed", seed, "What all chance is drawn from: 0 to 2^64 - 1 (default 1)")
      ->option_text("N")
      // seed_mistake() refuses a second one.
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

std::optional<std::uint64_t> parse_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  return error == std::errc() && stop == end ? std::optional(seed) : std::nullopt;
}

void add_schedule(CLI::App& command, std::string& schedule) {
  command
      .add_option("--schedule", schedule,
                  "random (default), round-robin, pct:DEPTH or what a report says")
      ->option_text("SCHEDULE");
}

std::optional<Mistake> schedule_mistake(const std::string& text, ScheduleSpec& schedule) {
  auto parsed = parse_schedule(text);
  if (!parsed) return Mistake{"--schedule: " + parsed.error().message, parsed.error().hint};
  schedule = *std::move(parsed);
  return std::nullopt;
}

std::optional<Mistake> seed_mistake(const CLI::App& command, const std::string& text,
                                    std::uint64_t& seed) {
  const std::string name = command.get_name();
  const std::string loop =
      "for several, loop: for n in $(seq 1 5); do aftershock " + name + " FILE --seed $n; done";
  if (const std::size_t given = command.count("--seed"); given > 1) {
    return Mistake{
        "--seed is given " + std::to_string(given) + " times; " + name + " takes one seed", loop};
  }
  if (const auto parsed = parse_seed(text)) {
    seed = *parsed;
    return std::nullopt;
  }
  const std::string shown = "'" + one_line(text) + "'";
  if (names_several_seeds(text)) {
    return Mistake{"--seed: " + name + " takes one seed, not " + shown, loop};
  }
  return Mistake{"--seed: a seed is a whole number from 0 to 18446744073709551615, not " + shown};
}

void add_out(CLI::App& command, std::string& out, const std::string& what) {
  command.add_option("--out", out, "Write " + what + " to this folder")->option_text("FOLDER");
}

void add_sweep_output(CLI::App& command, bool& json, bool& quiet, std::string& summary) {
  command.add_flag("--json", json, "Print the report as JSON, and nothing else, to stdout");
  command.add_flag("--quiet", quiet, "Print only what did not pass");
  add_summary(command, summary);
}

void add_summary(CLI::App& command, std::string& summary) {
  command
      .add_option("--append-summary", summary,
                  "Append the report as Markdown to this file: \"$GITHUB_STEP_SUMMARY\"")
      ->option_text("FILE");
}

std::expected<ReportFormat, Mistake> format_named(const std::string& name) {
  const auto found = std::ranges::find(kReportFormatNames, name);
  if (found != kReportFormatNames.end()) {
    return static_cast<ReportFormat>(found - kReportFormatNames.begin());
  }
  return std::unexpected(Mistake{"--format: there is no '" + one_line(name) + "'",
                                 "one of json, html, md, junit, csv, prometheus"});
}

std::optional<Mistake> out_mistake(const CLI::App& command, const std::string& out) {
  if (command.count("--out") == 0 || !out.empty()) return std::nullopt;
  return Mistake{"--out needs the name of a folder"};
}

}  // namespace aftershock::cli
