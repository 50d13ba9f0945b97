// A report for people at a terminal or in a log: a table, what did not pass, a summary line.
#pragma once

#include <cstddef>
#include <string>

#include "reports/report.h"

namespace aftershock {

/// A log has no edge, but a line that never ends cannot be read either.
inline constexpr std::size_t kLogWidth = 200;

struct TerminalStyle {
  std::size_t width = 100;   ///< columns to fit into, where the words allow
  bool log = false;          ///< nobody's screen: tables take up to kLogWidth before they are cut
  bool colour = false;       ///< ANSI colours for the verdicts
  bool only_failed = false;  ///< nothing about drills that passed; empty when all were run and did
};

/// Ends with a line break unless it is empty. Figures of different worlds never share a table.
std::string format_terminal(const Report& report, const TerminalStyle& style);

/// "PASS" and so on, coloured if asked to.
std::string verdict_text(Verdict verdict, bool colour);

}  // namespace aftershock
