#include "reports/junit.h"

#include <algorithm>

#include "core/text.h"

namespace aftershock::junit {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Text or the value of an attribute. XML has no place for control characters or broken UTF-8.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t length = delta::utf8_length(text.substr(at));
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    if (length == 0 || control) {
      out += kReplacement;
      ++at;
      continue;
    }
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += text.substr(at, length);
    }
    at += length;
  }
  return out;
}

std::string counts(const Suite& suite) {
  return " tests=\"" + std::to_string(suite.cases.size()) + "\" failures=\"" +
         std::to_string(suite.count("failure")) + "\" errors=\"" +
         std::to_string(suite.count("error")) + "\" skipped=\"" +
         std::to_string(suite.count("skipped")) + "\"";
}

std::string text_of(const Case& test, const std::string& suite) {
  std::string out =
      "    <testcase classname=\"" + escaped(suite) + "\" name=\"" + escaped(test.name) + "\"";
  if (test.element.empty()) return out + "/>\n";
  return out + ">\n      <" + test.element + " message=\"" + escaped(test.message) + "\">" +
         escaped(test.body) + "</" + test.element + ">\n    </testcase>\n";
}

std::string text_of(const Suite& suite) {
  std::string out = "  <testsuite name=\"" + escaped(suite.name) + "\"" + counts(suite) + ">\n";
  for (const Case& test : suite.cases) out += text_of(test, suite.name);
  return out + "  </testsuite>\n";
}

}  // namespace

std::size_t Suite::count(std::string_view element) const {
  return static_cast<std::size_t>(std::ranges::count(cases, element, &Case::element));
}

std::string write(const std::string& name, const std::vector<Suite>& suites) {
  Suite all{name};
  for (const Suite& suite : suites) {
    all.cases.insert(all.cases.end(), suite.cases.begin(), suite.cases.end());
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" +
                    escaped(all.name) + "\"" + counts(all) + ">\n";
  for (const Suite& suite : suites) out += text_of(suite);
  return out + "</testsuites>\n";
}

}  // namespace aftershock::junit
