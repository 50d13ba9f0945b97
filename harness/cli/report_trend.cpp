#include "harness/cli/report_trend.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/cli/report_file.h"
#include "reports/formats.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

namespace fs = std::filesystem;

/// Sorted, so that messages come in the same order every time. The error names what is not there.
std::expected<std::set<fs::path>, std::string> report_files(const std::vector<std::string>& paths) {
  std::set<fs::path> files;
  std::error_code error;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path, error)) {
      if (!fs::exists(path, error)) {
        return std::unexpected("there is no '" + one_line(path) + "'");
      }
      files.insert(path);
      continue;
    }
    const auto all = fs::directory_options::skip_permission_denied;
    fs::recursive_directory_iterator at(path, all, error);
    for (; !error && at != fs::end(at); at.increment(error)) {
      if (at->path().filename() == file_name_of(ReportFormat::json)) files.insert(at->path());
    }
    if (error) {
      return std::unexpected("cannot read '" + one_line(path) + "': " + error.message());
    }
  }
  return files;
}

/// Adds its drills; else why not.
std::expected<void, std::string> add(const std::string& file, std::set<std::string>& exercises,
                                     TrendCollector& collector) {
  const auto report = read_report_file(file);
  if (!report) return std::unexpected(report.error());
  if (report->occasion.began.empty()) {
    return std::unexpected("'" + one_line(file) + "' does not say when it was made");
  }
  // The same exercise in another folder is no other one.
  if (exercises.insert(report->occasion.exercise).second) collector.add(*report);
  return {};
}

std::string text_of(const std::vector<TrendLine>& lines, TrendFormat format, Console out) {
  switch (format) {
    case TrendFormat::kText: break;
    case TrendFormat::kMarkdown: return format_trend_markdown(lines);
    case TrendFormat::kJson: return format_trend_json(lines);
  }
  const std::size_t width = out.terminal ? out.width : std::max(out.width, kLogWidth);
  return format_trend(lines, {.width = width, .colour = out.colour});
}

}  // namespace

ExitCode report_trend_command(const ReportTrend& options, const Consoles& consoles,
                              std::string& doing) {
  const auto files = report_files(options.paths);
  if (!files) {
    consoles.err.stream << "error: " << files.error() << "\n";
    return ExitCode::kUsage;
  }
  TrendCollector collector;
  std::set<std::string> exercises;
  for (const fs::path& file : *files) {
    doing = "reading " + one_line(file.string());
    if (const auto added = add(file.string(), exercises, collector); !added) {
      consoles.err.stream << "left out: " << added.error() << "\n";
    }
  }
  if (exercises.empty()) {
    consoles.err.stream << "error: no report.json with an exercise in it was found\n"
                           "  hint: `aftershock run PATH --out FOLDER` writes one; give each "
                           "exercise a folder of its own\n";
    return ExitCode::kUsage;
  }
  const std::vector<TrendLine> lines = collector.lines(options.trend);
  consoles.out.stream << text_of(lines, options.format, consoles.out);
  const bool worse = std::ranges::any_of(lines, &TrendLine::is_regression);
  return options.check && worse ? ExitCode::kFailed : ExitCode::kPassed;
}

}  // namespace aftershock::cli
