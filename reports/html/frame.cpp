#include "reports/html/frame.h"

namespace aftershock::html {

Html figure(const Frame& frame) {
  const std::string described = frame.kind + "-" + frame.id;
  Html content = element(
      "div",
      {{"class", "canvas " + frame.kind}, {"data-chart", frame.kind}, {"data-drill", frame.id}},
      element("canvas",
              {{"role", "img"}, {"aria-label", frame.title}, {"aria-describedby", described}}, {}));
  content += element("figcaption", {{"id", described}}, frame.words) + Html::markup("\n");
  if (!frame.data.empty()) {
    content +=
        element("details", {{"class", "data"}}, element("summary", frame.data_title) + frame.data);
  }
  return element("figure", content) + Html::markup("\n");
}

}  // namespace aftershock::html
