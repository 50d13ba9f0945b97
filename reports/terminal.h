// A report for people at a terminal or in a log: a table, what did not pass, a summary line.
#pragma once

#include <cstddef>
#include <string>

#include "reports/report.h"

namespace aftershock {

struct TerminalStyle {
  std::size_t width = 100;   ///< columns to fit into, where the words allow
  bool colour = false;       ///< ANSI colours for the verdicts
  bool only_failed = false;  ///< nothing about drills that passed; empty when all did
};

/// Ends with a line break unless it is empty. Figures of different worlds never share a table.
std::string format_terminal(const Report& report, const TerminalStyle& style);

/// "PASS" and so on, coloured if asked to.
std::string verdict_text(Verdict verdict, bool colour);

/// "RTA [12.3s, 12.8s]" without the "RTA ", or ">12m" when no recovery was seen.
std::string format_recovery(const RecoveryReport& recovery);

/// "3 drills: 2 passed, 1 failed".
std::string format_summary(const Report& report);

}  // namespace aftershock
