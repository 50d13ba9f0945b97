#include "reports/html/html.h"

#include <array>

#include "core/base64.h"
#include "core/sha256.h"
#include "reports/audit.h"
#include "reports/figures.h"
#include "reports/html/assets.h"
#include "reports/html/drill.h"
#include "reports/html/markup.h"
#include "reports/html/sections.h"
#include "reports/html/summary.h"

namespace aftershock {
namespace {

using namespace html;

/// As a Content-Security-Policy names a script or style that may be used.
std::string hash_source(std::string_view content) {
  const delta::Digest digest = delta::sha256(content);
  return "'sha256-" + delta::base64(std::string(digest.begin(), digest.end())) + "'";
}

/// What the page is made of beside its text.
struct Parts {
  std::string css = page_css(), chart = chart_js(), script = page_js();
};

Html head(const Parts& parts, const std::string& title) {
  const std::string policy = "default-src 'none'; script-src " + hash_source(parts.chart) + " " +
                             hash_source(parts.script) + "; style-src " + hash_source(parts.css) +
                             "; base-uri 'none'; form-action 'none'";
  Html meta = Html::markup(
      "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"");
  meta += Html::markup(policy);
  meta += Html::markup(
      "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
      "content=\"no-referrer\">\n");
  return element("head", meta + element("title", title) + Html::markup("\n") +
                             element("style", Html::markup(parts.css))) +
         Html::markup("\n");
}

Html header(const Report& report) {
  const OccasionReport& occasion = report.occasion;
  std::string what = occasion.exercise.empty() ? "" : "Exercise " + occasion.exercise + ". ";
  if (!occasion.began.empty())
    what += "Began " + occasion.began + ", ended " + occasion.ended + ". ";
  what += "Figures are ";
  std::string worlds;
  for (const std::string& world : worlds_of(report))
    worlds += (worlds.empty() ? "" : " and ") + world;
  what += (worlds.empty() ? "of no drill" : worlds) + ". aftershock " + report.tool_version + ".";
  return element("header", element("h1", "Disaster recovery drills") + paragraph(what)) +
         Html::markup("\n");
}

/// In the order of the page.
constexpr std::array kSections{Section::summary,    Section::systems,  Section::losses,
                               Section::changes,    Section::exercise, Section::participants,
                               Section::deviations, Section::findings, Section::communication,
                               Section::clauses,    Section::recheck,  Section::drills};

Html contents() {
  Html items;
  for (const Section which : kSections) {
    items += element("li", link_to(std::string(id_of(which)), title_of(which)));
  }
  return element("nav", {{"aria-label", "Contents"}}, element("ol", items)) + Html::markup("\n");
}

Html drills_section(const Report& report) {
  Html drills = paragraph(
      "Times count from time 0 of each drill, the end of its warm-up; t0 is when its fault took "
      "effect. Drills that did not pass are open.");
  for (std::size_t i = 0; i < report.drills.size(); ++i) drills += drill_html(report.drills[i], i);
  return section(Section::drills, report.drills.empty() ? paragraph("No drill was run.") : drills);
}

Html sections(const Report& report) {
  Html all;
  for (const Section which : kSections) {
    switch (which) {
      case Section::summary: all += summary_section(report); break;
      case Section::systems: all += systems_section(report); break;
      case Section::losses: all += losses_section(report); break;
      case Section::changes: all += changes_section(report); break;
      case Section::drills: all += drills_section(report); break;
      case Section::exercise: all += exercise_section(report); break;
      case Section::participants: all += participants_section(report); break;
      case Section::deviations: all += deviations_section(report); break;
      case Section::findings: all += findings_section(report); break;
      case Section::communication: all += communication_section(report); break;
      case Section::clauses: all += clauses_section(); break;
      case Section::recheck: all += recheck_section(report); break;
    }
  }
  return all;
}

/// The library's terms stand before it. A comment cannot hold two hyphens in a row: the text has
/// none.
Html scripts(const Parts& parts) {
  return Html::markup("<!--\n" + chart_js_license() + "-->\n") +
         element("script", Html::markup(parts.chart)) + Html::markup("\n") +
         element("script", Html::markup(parts.script)) + Html::markup("\n");
}

}  // namespace

std::string format_html(const Report& report) {
  const Parts parts;
  const Html skip = element("a", {{"class", "skip"}, {"href", "#summary"}}, "Skip to the summary");
  const Html body = skip + Html::markup("\n") + header(report) + contents() +
                    element("main", sections(report)) + Html::markup("\n") + scripts(parts);
  const std::string title = "Disaster recovery drills: " + format_summary(report);
  const Html page = Html::markup("<!DOCTYPE html>\n") +
                    element("html", {{"lang", "en"}},
                            head(parts, title) + element("body", body) + Html::markup("\n"));
  return page.text() + "\n";
}

}  // namespace aftershock
