#include "harness/cli/run_report.h"

#include <filesystem>

#include "harness/cli/report_file.h"
#include "harness/cli/report_folder.h"
#include "reports/json.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

using Files = std::expected<std::vector<std::string>, std::string>;

std::string json_path(const RunOptions& options) {
  return options.out + "/" + std::string(file_name_of(ReportFormat::json));
}

/// JSON last: once it is there, the others are.
std::vector<ReportFormat> written_formats(const RunOptions& options) {
  std::vector<ReportFormat> formats = options.formats;
  formats.push_back(ReportFormat::json);
  return formats;
}

/// The paths of what was written.
Files write_files(const Report& report, const RunOptions& options) {
  std::vector<std::string> paths;
  if (!options.out.empty()) {
    for (const ReportFormat format : written_formats(options)) {
      auto path = write_report_file(options.out, std::string(file_name_of(format)),
                                    format_report(report, format));
      if (!path) return std::unexpected(path.error());
      paths.push_back(*std::move(path));
    }
  }
  if (options.summary.empty()) return paths;
  const auto added = append_to_file(options.summary, format_report(report, ReportFormat::markdown));
  return added ? Files(paths) : std::unexpected(added.error());
}

std::string paths_text(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += "report: " + one_line(path) + "\n";
  return text;
}

}  // namespace

std::expected<std::optional<Report>, std::string> prepare_run_report(const RunOptions& options,
                                                                     Console note) {
  if (!options.out.empty()) {
    for (const ReportFormat format : written_formats(options)) {
      const auto ready = prepare_folder(options.out, std::string(file_name_of(format)));
      if (!ready) return std::unexpected(ready.error());
    }
  }
  if (!options.summary.empty()) {
    if (const auto ready = append_to_file(options.summary, ""); !ready) {
      return std::unexpected(ready.error());
    }
  }
  if (!options.previous.empty()) {
    auto previous = read_report_file(options.previous);
    if (!previous) return std::unexpected("--previous: " + previous.error());
    return *std::move(previous);
  }
  // What is in --out by chance, of another version or no report at all, is no mistake.
  if (options.out.empty() || !std::filesystem::exists(json_path(options))) return std::nullopt;
  auto previous = read_report_file(json_path(options));
  if (previous) return *std::move(previous);
  note.stream << "note: not compared with the report that is there: " << previous.error() << "\n";
  return std::nullopt;
}

bool deliver_run(const Report& report, const RunOptions& options, const Consoles& consoles) {
  const Files written = write_files(report, options);
  if (options.json) {
    consoles.out.stream << write_report(report);
  } else {
    consoles.out.stream << format_terminal(report, {.width = consoles.out.width,
                                                    .log = !consoles.out.terminal,
                                                    .colour = consoles.out.colour,
                                                    .only_failed = options.quiet});
  }
  if (!written) {
    consoles.err.stream << "error: " << written.error()
                        << "\n  hint: the report was not saved; make room or choose another "
                           "--out, and run again: the same seed gives the same report\n";
  } else if (!options.json && !options.quiet) {
    consoles.out.stream << paths_text(*written);
  }
  return written.has_value();
}

}  // namespace aftershock::cli
