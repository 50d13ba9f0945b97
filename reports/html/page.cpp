#include "reports/html/page.h"

#include "core/base64.h"
#include "core/sha256.h"
#include "reports/html/assets.h"

namespace aftershock::html {
namespace {

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

Html contents(const std::vector<PageSection>& sections) {
  Html items;
  for (const PageSection& section : sections) {
    items += element("li", link_to(std::string(section.id), section.title));
  }
  return element("nav", {{"aria-label", "Contents"}}, element("ol", items)) + Html::markup("\n");
}

Html section_html(const PageSection& section) {
  const std::string id(section.id);
  return element("section", {{"id", id}, {"aria-labelledby", "h-" + id}},
                 element("h2", {{"id", "h-" + id}}, section.title) + Html::markup("\n") +
                     section.content) +
         Html::markup("\n");
}

/// The library's terms stand before it. A comment cannot hold two hyphens in a row: the text has
/// none.
Html scripts(const Parts& parts) {
  return Html::markup("<!--\n" + chart_js_license() + "-->\n") +
         element("script", Html::markup(parts.chart)) + Html::markup("\n") +
         element("script", Html::markup(parts.script)) + Html::markup("\n");
}

}  // namespace

std::string page_text(const Page& page) {
  const Parts parts;
  Html body = element("a", {{"class", "skip"}, {"href", "#summary"}}, "Skip to the summary") +
              Html::markup("\n");
  body += element("header", element("h1", page.heading) + paragraph(page.about)) +
          Html::markup("\n") + contents(page.sections);
  Html sections;
  for (const PageSection& section : page.sections) sections += section_html(section);
  body += element("main", sections) + Html::markup("\n") + scripts(parts);
  const Html whole = Html::markup("<!DOCTYPE html>\n") +
                     element("html", {{"lang", "en"}},
                             head(parts, page.title) + element("body", body) + Html::markup("\n"));
  return whole.text() + "\n";
}

}  // namespace aftershock::html
