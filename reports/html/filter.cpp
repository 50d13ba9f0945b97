#include "reports/html/filter.h"

namespace aftershock::html {
namespace {

Html list(const Choice& choice) {
  Html options = element("option", {{"value", "*"}}, choice.all);
  for (const auto& [value, words] : choice.values) {
    options += element("option", {{"value", value}}, words);
  }
  return element("label", Html(choice.label) + " " +
                              element("select", {{"data-by", std::string(choice.key)}}, options));
}

}  // namespace

Html filter(std::string_view what, const std::vector<Choice>& choices) {
  Html fields;
  for (const Choice& choice : choices) fields += list(choice);
  fields += element(
      "label", Html("Name ") + Html::markup("<input id=\"by-name\" type=\"search\" size=\"16\" "
                                            "autocomplete=\"off\">"));
  fields += element("output", {{"id", "shown"}, {"aria-live", "polite"}}, {});
  return element(
      "form",
      {{"id", "filter"}, {"class", "filter"}, {"data-what", std::string(what)}, {"hidden", ""}},
      fields);
}

}  // namespace aftershock::html
