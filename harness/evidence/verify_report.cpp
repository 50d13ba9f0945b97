// What a bundle's report says, and what is drawn from it.
#include "core/sha256.h"
#include "harness/evidence/drawn.h"
#include "harness/evidence/names.h"
#include "harness/evidence/verifier.h"
#include "reports/formats.h"
#include "reports/json.h"

namespace aftershock::evidence {

void Verifier::check_report() {
  if (!read_the_report()) return;
  check_former_reports();
  check_expected_files();
  check_pages();
  check_drills();
  if (options_.run_drill) replay_drills();
}

bool Verifier::read_the_report() {
  const std::string name(kReportName);
  if (manifest_->current(name) == nullptr) {
    add(Finding::wrong, "report", "the manifest names no report", name);
    return false;
  }
  if (!is_sound(name)) {
    add(Finding::unchecked, "report", "what it says is not looked at: see above", name);
    return false;
  }
  const auto text = read_sound("report", name, kLargestReport);
  if (!text) return false;
  try {
    report_ = read_report(*text);
  } catch (const ReportError& error) {
    const auto same = same_version(*text);
    add_about(same ? Finding::wrong : Finding::unchecked, "report",
              same ? error.what() : same.error(), name);
    return false;
  }
  if (write_report(*report_) != *text) {
    add_about(Finding::wrong, "report", "it is not written as reports are", name);
  }
  if (report_->occasion.exercise != result_.exercise || report_->tool_version != result_.tool) {
    add_about(Finding::wrong, "report", "the manifest's first line is of another exercise", name);
  }
  add(Finding::good, "report",
      "version " + std::to_string(Report::kVersion) +
          ", drills: " + std::to_string(report_->drills.size()) +
          (report_->not_run > 0 ? ", not run: " + std::to_string(report_->not_run) : ""));
  return true;
}

/// Each report that was superseded is kept, as it was.
void Verifier::check_former_reports() {
  const auto reports = manifest_->all_of(kReportName);
  std::uint64_t kept = 0;
  for (std::size_t i = 0; i + 1 < reports.size(); ++i) {
    const std::string name = former_report_name(i + 1);
    const Manifest::Line* line = manifest_->current(name);
    if (line == nullptr || line->entry.sha256 != reports[i]->entry.sha256) {
      add(Finding::wrong, "report",
          "it is not the report of line " + std::to_string(reports[i]->number) +
              ", which was superseded",
          name, line != nullptr ? line->number : 0);
    } else {
      ++kept;
    }
  }
  if (kept > 0) {
    add(Finding::good, "report", "superseded and kept as it was: " + std::to_string(kept));
  }
}

/// The manifest names what a bundle of this report has, and nothing else.
void Verifier::check_expected_files() {
  std::set<std::string> expected{std::string(kReportName)};
  for (const ReportFormat format : drawn_formats()) expected.emplace(file_name_of(format));
  const std::size_t former = manifest_->all_of(kReportName).size() - 1;
  for (std::size_t i = 1; i <= former; ++i) expected.insert(former_report_name(i));
  for (const auto& [drill, folder] : drills_with_folders(*report_)) {
    for (const std::string_view name : {kScenarioName, kTraceName, kAuditName}) {
      const std::string file = folder + std::string(name);
      expected.insert(file);
      if (manifest_->current(file) == nullptr) {
        add(Finding::wrong, "drills", "the report's drill should have it, the manifest has no line",
            file);
      }
    }
  }
  for (const Manifest::Line& line : manifest_->lines()) {
    const bool drawn = line.entry.renderer.has_value();  // perhaps by another program
    if (drawn || expected.contains(line.entry.file)) continue;
    add(Finding::wrong, "files", "no bundle of this report has such a file", line.entry.file,
        line.number);
  }
}

void Verifier::check_page(const Manifest::Line& line, ReportFormat format, std::uint64_t& same) {
  const std::uint64_t renderer = line.entry.renderer.value_or(0);
  if (renderer != kRenderer) {
    return add(Finding::unchecked, "pages",
               "drawn by renderer " + std::to_string(renderer) + ", this program has " +
                   std::to_string(kRenderer) +
                   ": whether it shows the report only that one can tell; "
                   "'aftershock report render' draws a page that does",
               line.entry.file, line.number);
  }
  const std::string drawn = format_report(*report_, format);
  if (delta::to_string(delta::sha256(drawn)) == line.entry.sha256) {
    ++same;
  } else {
    add(Finding::wrong, "pages", "it is not what is drawn from report.json", line.entry.file,
        line.number);
  }
}

void Verifier::check_pages() {
  std::uint64_t same = 0;
  for (const Manifest::Line& line : manifest_->lines()) {
    const bool holds = manifest_->current(line.entry.file) == &line;
    if (!holds || !line.entry.renderer || !is_sound(line.entry.file)) continue;
    const auto format = drawn_format_of(line.entry.file);
    if (!format) {
      add(Finding::unchecked, "pages", "this program does not draw it: it is not compared",
          line.entry.file, line.number);
    } else {
      check_page(line, *format, same);
    }
  }
  if (same > 0) {
    add(Finding::good, "pages", "drawn again and the same to the byte: " + std::to_string(same));
  }
}

}  // namespace aftershock::evidence
