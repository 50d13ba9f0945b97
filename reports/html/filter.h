// The form that hides what a reader does not look for. Only the page's script shows it: without it
// nothing would be filtered.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/html/markup.h"

namespace aftershock::html {

/// A list to choose from. What is filtered has the value as its attribute "data-KEY".
struct Choice {
  std::string_view key;                                     ///< "verdict"
  std::string_view label;                                   ///< "Verdict"
  std::string_view all;                                     ///< "all verdicts"
  std::vector<std::pair<std::string, std::string>> values;  ///< each with its words
};

/// `what` is filtered: "drills". Beside the choices it can be searched by its summary's text.
Html filter(std::string_view what, const std::vector<Choice>& choices);

}  // namespace aftershock::html
