// The frame that all pages share: one file that needs no network, its policy, style and script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/html/markup.h"

namespace aftershock::html {

/// A part of a page under a heading of its own, to which its list of contents leads.
struct PageSection {
  std::string_view id;
  std::string_view title;
  Html content;
};

struct Page {
  std::string heading;
  std::string about;  ///< a line below the heading
  std::string title;  ///< of the window: the heading and the verdict
  /// The first is the summary, with the id "summary".
  std::vector<PageSection> sections;
};

/// The same page gives the same bytes.
std::string page_text(const Page& page);

}  // namespace aftershock::html
