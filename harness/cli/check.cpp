#include "harness/cli/check.h"

#include <fcntl.h>

#include "harness/check/check_text.h"
#include "platform/secret_file.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

ExitCode list_checks(const CheckOptions& options, const Consoles& consoles) {
  for (const check::Check& check : check::all_checks()) {
    if (check.severity < options.least) continue;
    consoles.out.stream << padded(check::name_of(check.severity), 10) << check.name << "\n"
                        << wrapped("  ", check.meaning, consoles.out.width)
                        << wrapped("  do: ", check.action, consoles.out.width);
  }
  return ExitCode::kPassed;
}

}  // namespace

ExitCode check_command(const CheckOptions& options, const Consoles& consoles, std::string& doing) {
  doing = "checking the database";
  if (options.list) return list_checks(options, consoles);
  check::CheckOptions asked{.url = options.url, .password = {}, .least = options.least};
  if (!options.password_file.empty()) {
    auto password = delta::read_secret_file(AT_FDCWD, options.password_file);
    if (!password) {
      consoles.err.stream << "error: --password-file " << one_line(options.password_file) << ": "
                          << password.error().detail << "\n";
      return ExitCode::kUsage;
    }
    asked.password = *std::move(password);
  }
  const auto report = check::run_checks(asked);
  if (!report) {
    consoles.err.stream << "error: " << one_line(report.error()) << "\nNothing was checked.\n";
    return ExitCode::kUnavailable;
  }
  consoles.out.stream << (options.json ? check::json_of(*report)
                                       : check::text_of(*report, consoles.out.width));
  return report->sound() ? ExitCode::kPassed : ExitCode::kFailed;
}

}  // namespace aftershock::cli
