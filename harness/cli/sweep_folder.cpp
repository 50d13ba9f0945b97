#include "harness/cli/sweep_folder.h"

#include <array>

#include "harness/cli/report_folder.h"
#include "reports/html/sweep.h"
#include "reports/sweep_json.h"
#include "reports/sweep_junit.h"
#include "reports/sweep_markdown.h"
#include "reports/sweep_terminal.h"
#include "reports/sweep_words.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

using Result = std::expected<void, std::string>;

/// JSON last: once it is there, the others are.
constexpr std::array kFiles{"sweep.html", "sweep.md", "junit.xml", "sweep.json"};

Result write_files(const SweepReport& report, const std::string& json,
                   const SweepDelivery& delivery) {
  const std::string markdown = format_sweep_markdown(report);
  if (!delivery.out.empty()) {
    const std::array texts{format_sweep_html(report), markdown, format_sweep_junit(report), json};
    for (std::size_t i = 0; i < kFiles.size(); ++i) {
      const auto written = write_report_file(delivery.out, kFiles.at(i), texts.at(i));
      if (!written) return std::unexpected(written.error());
    }
  }
  return delivery.summary.empty() ? Result{} : append_to_file(delivery.summary, markdown);
}

}  // namespace

Result prepare_delivery(const SweepDelivery& delivery) {
  if (!delivery.out.empty()) {
    for (const char* name : kFiles) {
      if (auto ready = prepare_folder(delivery.out, name); !ready) return ready;
    }
  }
  return delivery.summary.empty() ? Result{} : append_to_file(delivery.summary, "");
}

bool deliver_sweep(const SweepReport& report, const SweepDelivery& delivery,
                   const Consoles& consoles) {
  const std::string json = write_sweep_report(report);
  const Result written = write_files(report, json, delivery);
  consoles.out.stream << (delivery.json
                              ? json
                              : format_sweep_terminal(report, {.width = consoles.out.width,
                                                               .log = !consoles.out.terminal,
                                                               .colour = consoles.out.colour,
                                                               .only_failed = delivery.quiet}));
  if (!written) {
    consoles.err.stream << "error: " << written.error()
                        << "\n  hint: make room or choose another --out; `aftershock merge` writes "
                           "the report again from the journal\n";
  } else if (!delivery.out.empty() && !delivery.json && !delivery.quiet) {
    consoles.out.stream << "report: " << one_line(delivery.out)
                        << "/{sweep.html,sweep.json,sweep.md,junit.xml}\n";
  }
  return written.has_value();
}

ExitCode code_of(const SweepReport& report) {
  if (report.counts.crashed > 0) return ExitCode::kInternalError;
  if (report.ended == "interrupted" || report.ended == "killed") return ExitCode::kAborted;
  const std::string_view verdict = verdict_of(report);
  if (verdict == "fail") return ExitCode::kFailed;
  return verdict == "pass" ? ExitCode::kPassed : ExitCode::kInconclusive;
}

}  // namespace aftershock::cli
