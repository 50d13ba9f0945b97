#include "harness/cli/report.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <ranges>

#include "harness/cli/out_file.h"
#include "harness/cli/report_file.h"
#include "harness/cli/report_trend.h"
#include "harness/evidence/attestation.h"
#include "harness/evidence/bundle_lock.h"
#include "harness/evidence/manifest.h"
#include "harness/evidence/names.h"
#include "harness/evidence/verify.h"
#include "reports/audit.h"
#include "reports/shell_quote.h"
#include "reports/text.h"

namespace aftershock::cli {

namespace fs = std::filesystem;
using evidence::Check;
using evidence::Finding;
using evidence::Verification;

namespace {

constexpr std::array<std::string_view, 4> kFindingNames{"ok", "note", "unchecked", "wrong"};

std::string_view name_of(Finding finding) {
  return kFindingNames.at(static_cast<std::size_t>(finding));
}

ExitCode refused(const Consoles& consoles, const std::string& why, ExitCode code) {
  consoles.err.stream << "error: " << why << "\n";
  return code;
}

std::string_view result_of(const Verification& verification) {
  if (verification.has(Finding::wrong)) return "wrong";
  return verification.has(Finding::unchecked) ? "unchecked" : "verified";
}

ExitCode code_of(const Verification& verification) {
  if (verification.has(Finding::wrong)) return ExitCode::kFailed;
  return verification.has(Finding::unchecked) ? ExitCode::kAborted : ExitCode::kPassed;
}

std::string place_of(const Check& check) {
  if (check.file.empty()) return "";
  if (check.line == 0) return one_line(check.file) + ": ";
  const bool own = check.file == evidence::kManifestName || check.file == evidence::kSignatureName;
  return one_line(check.file) + (own ? " line " : " (line ") + std::to_string(check.line) +
         (own ? ": " : " of the manifest): ");
}

/// Wrapped at a terminal; what is read from a file or a pipe has one line for one thing.
std::string fitted(const std::string& first, const std::string& text, const Console& out) {
  return out.terminal ? wrapped(first, text, out.width) : first + text + "\n";
}

/// Words that are too long for the column have the lines below.
std::string line_of(const Check& check, const Console& out) {
  constexpr std::array<std::string_view, 4> marks{"ok       ", "note     ", "UNCHECKED",
                                                  "WRONG    "};
  constexpr std::size_t column = 20;
  const std::string head =
      std::string(marks.at(static_cast<std::size_t>(check.finding))) + " " + check.subject;
  const std::string text = place_of(check) + one_line(check.message);
  const bool below =
      out.terminal && std::ranges::any_of(text | std::views::split(' '), [&](auto word) {
        return column + word.size() > out.width;
      });
  return below ? head + "\n" + wrapped("    ", text, out.width)
               : fitted(padded(head, column), text, out);
}

void print(const Verification& verification, const std::string& bundle, const Console& console) {
  std::ostream& out = console.stream;
  std::string title = one_line(bundle);
  if (!verification.exercise.empty()) title += ", exercise " + verification.exercise;
  if (!verification.tool.empty()) title += ", by aftershock " + verification.tool;
  out << fitted("bundle ", title, console);
  for (const Check& check : verification.checks) out << line_of(check, console);
  const auto wrong = std::ranges::count(verification.checks, Finding::wrong, &Check::finding);
  const std::string_view result = result_of(verification);
  if (result == "verified") out << "verified: the bundle is as it was written\n";
  if (result == "unchecked") out << "not verified: not all of it could be checked\n";
  if (result == "wrong") out << "not verified: " << wrong << " wrong\n";
}

std::string json_of(const Verification& verification, const std::string& bundle) {
  nlohmann::ordered_json json{{"bundle", bundle},
                              {"exercise", verification.exercise},
                              {"tool", verification.tool},
                              {"result", result_of(verification)},
                              {"checks", nlohmann::ordered_json::array()}};
  for (const Check& check : verification.checks) {
    nlohmann::ordered_json entry{{"finding", name_of(check.finding)},
                                 {"subject", check.subject},
                                 {"message", check.message}};
    if (!check.file.empty()) entry["file"] = check.file;
    if (check.line > 0) entry["line"] = check.line;
    json["checks"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

ReportFormat format_of(const ReportRender& options) {
  if (options.format) return *options.format;
  const std::string ending = fs::path(options.out).extension().string();
  if (ending == ".html") return ReportFormat::html;
  if (ending == ".json") return ReportFormat::json;
  if (ending == ".csv") return ReportFormat::csv;
  if (ending == ".xml") return ReportFormat::junit;
  if (ending == ".prom") return ReportFormat::prometheus;
  return ReportFormat::markdown;
}

ExitCode not_a_bundle(const Consoles& consoles, const std::string& why) {
  return refused(consoles, why + ": it is no bundle of 'run --bundle'", ExitCode::kUsage);
}

void print_blanks(const AttestationReport& said, const Console& out) {
  const std::vector<Blank> blanks = blanks_of({.attestation = said});
  if (std::ranges::all_of(blanks, &Blank::filled)) {
    out.stream << "attested: the report is no draft any more\n";
    return;
  }
  out.stream << "attested: the report is still a draft, for want of\n";
  for (const Blank& blank : blanks) {
    if (blank.filled) continue;
    out.stream << fitted("  " + std::string(blank.key) + ": ", std::string(blank.asks), out);
  }
}

/// One overload a command.
struct Commands {
  const Consoles& consoles;
  const ReportTools& tools;
  std::string& doing;

  ExitCode operator()(const ReportVerify& options) const;
  ExitCode operator()(const ReportRender& options) const;
  ExitCode operator()(const ReportAttest& options) const;
  ExitCode operator()(const ReportTrend& options) const {
    return report_trend_command(options, consoles, doing);
  }
};

ExitCode Commands::operator()(const ReportVerify& options) const {
  doing = "verifying " + one_line(options.bundle);
  std::optional<evidence::PublicKey> key;
  if (!options.key.empty()) {
    auto read = evidence::PublicKey::read(options.key);
    if (!read) return refused(consoles, "--key: " + read.error(), ExitCode::kUsage);
    key = *std::move(read);
  }
  evidence::VerifyOptions verify{.key = key ? &*key : nullptr, .interrupted = tools.interrupted};
  if (options.replay) {
    verify.run_drill = tools.run_drill;
    verify.build = tools.build();
  }
  const auto verification = evidence::verify(options.bundle, verify);
  if (!verification) return not_a_bundle(consoles, verification.error());
  if (options.json) {
    consoles.out.stream << json_of(*verification, options.bundle);
  } else {
    print(*verification, options.bundle, consoles.out);
  }
  return code_of(*verification);
}

/// The file's folder has a manifest.
bool is_in_bundle(const std::string& file) {
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  std::error_code error;
  return std::filesystem::exists(folder / evidence::kManifestName, error);
}

ExitCode Commands::operator()(const ReportRender& options) const {
  doing = "drawing " + one_line(options.source);
  std::error_code error;
  const bool folder = fs::is_directory(options.source, error);
  const auto report = read_report_file(
      folder ? options.source + "/" + std::string(evidence::kReportName) : options.source);
  if (!report) return refused(consoles, report.error(), ExitCode::kUsage);
  const std::string page = format_report(*report, format_of(options));
  if (options.out.empty()) {
    consoles.out.stream << page;
    return ExitCode::kPassed;
  }
  if (is_in_bundle(options.out)) {
    return refused(consoles,
                   "--out: '" + one_line(options.out) +
                       "' is in a bundle, which would not be what it was any more",
                   ExitCode::kUsage);
  }
  auto file = OutFile::open(options.out);
  if (!file) return refused(consoles, file.error(), ExitCode::kUsage);
  (*file)->stream() << page;
  if (const auto written = (*file)->finish(); !written) {
    return refused(consoles, written.error(), ExitCode::kAborted);
  }
  consoles.out.stream << "written to " << one_line(options.out) << "\n";
  return ExitCode::kPassed;
}

/// What was added by `options` is unsigned, unlike what was there before.
void warn_of_no_signature(const ReportAttest& options, const evidence::Signature& newest,
                          const Console& err) {
  err.stream << fitted("warning: ",
                       "nobody has signed this report: the newest signature is over the manifest "
                       "up to line " +
                           std::to_string(newest.line),
                       err)
             << "  hint: this signs all of it: aftershock report attest "
             << one_line(shell_quoted(options.bundle)) << " --with "
             << one_line(shell_quoted(options.with)) << " --sign KEY.pem\n";
}

/// Whether the present folder is the bundle, or one in it.
bool is_underfoot(const std::string& bundle) {
  std::error_code error;
  const std::string folder = fs::canonical(bundle, error).string() + "/";
  return !error && (fs::current_path(error).string() + "/").starts_with(folder);
}

ExitCode Commands::operator()(const ReportAttest& options) const {
  doing = "attesting " + one_line(options.bundle);
  if (options.print_template) {
    consoles.out.stream << evidence::attestation_template();
    return ExitCode::kPassed;
  }
  const auto said = evidence::load_attestation(options.with);
  if (!said) {
    consoles.err.stream << format_diagnostics(said.error());
    return ExitCode::kUsage;
  }
  std::optional<evidence::SigningKey> key;
  if (!options.sign.empty()) {
    auto read = evidence::SigningKey::read(options.sign);
    if (!read) return refused(consoles, "--sign: " + read.error(), ExitCode::kUsage);
    key = *std::move(read);
  }
  if (is_underfoot(options.bundle)) {
    return refused(consoles,
                   "'" + one_line(options.bundle) +
                       "' is replaced as a whole: do it from a folder outside of it",
                   ExitCode::kUsage);
  }
  const auto lock = evidence::BundleLock::take(options.bundle);
  if (!lock) return refused(consoles, lock.error(), ExitCode::kAborted);
  const auto verification = evidence::verify(options.bundle, {});
  if (!verification) return not_a_bundle(consoles, verification.error());
  if (!verification->is_attestable()) {
    print(*verification, options.bundle, consoles.err);
    return refused(consoles, "nobody can attest a bundle that is not as it was written",
                   code_of(*verification));
  }
  const auto done = evidence::attest(options.bundle, *verification, *said, key ? &*key : nullptr);
  if (!done) return refused(consoles, done.error(), ExitCode::kAborted);
  print_blanks(*said, consoles.out);
  if (!key && !verification->signatures.empty()) {
    warn_of_no_signature(options, verification->signatures.back(), consoles.err);
  }
  return ExitCode::kPassed;
}

}  // namespace

ExitCode report_command(const ReportOptions& options, const Consoles& consoles,
                        const ReportTools& tools, std::string& doing) {
  return std::visit(Commands{consoles, tools, doing}, options);
}

}  // namespace aftershock::cli
