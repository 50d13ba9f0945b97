// Files that are a part of the program: what cmake/assets.cmake made of reports/html/assets and of
// the chart library.
#pragma once

#include <string>

namespace aftershock::html {

std::string page_css();
std::string page_js();
std::string chart_js();          ///< Chart.js, minified
std::string chart_js_license();  ///< whose terms ask to be kept with it

}  // namespace aftershock::html
