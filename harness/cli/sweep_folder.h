// What `sweep` and `merge` leave behind: the forms of the report, and the job's summary.
#pragma once

#include <expected>
#include <string>

#include "harness/cli/console.h"
#include "reports/sweep_report.h"

namespace aftershock::cli {

struct SweepDelivery {
  std::string out = {};      ///< folder; empty: none
  std::string summary = {};  ///< file to append the Markdown to; empty: none
  bool json = false;
  bool quiet = false;
};

/// Proves, before the first drill, that the folder and the summary can be written. The error says
/// what to do.
std::expected<void, std::string> prepare_delivery(const SweepDelivery& delivery);

/// Prints the report and writes its forms to the folder. False when a file could not be written,
/// which is then said.
bool deliver_sweep(const SweepReport& report, const SweepDelivery& delivery,
                   const Consoles& consoles);

/// As of `run`: the worst that there is.
ExitCode code_of(const SweepReport& report);

}  // namespace aftershock::cli
