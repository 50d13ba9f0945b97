// What is around a chart: its box, which the script draws in, and the same in words and in a table.
#pragma once

#include <string>

#include "reports/html/markup.h"

namespace aftershock::html {

struct Frame {
  std::string kind;   ///< "timeline": a maker of the script
  std::string id;     ///< of its data: the element "data-ID"
  std::string title;  ///< of the figure
  Html words;
  Html data = {};  ///< a table; may be empty
  std::string data_title = {};
};
Html figure(const Frame& frame);

}  // namespace aftershock::html
