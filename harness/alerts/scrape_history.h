// What the alerts and the doctor look back on, under the harness's own name.
#pragma once

#include "platform/doctor/scrape_history.h"

namespace aftershock {

using delta::doctor::Scrape;
using delta::doctor::ScrapeHistory;

}  // namespace aftershock
