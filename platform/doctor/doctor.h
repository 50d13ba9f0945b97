// The runbook's checklist on the metrics of the last minutes, and what it comes to. Pure.
// Source: delta-ci-disaster-recovery.md "Runbook Checklist", delta-ci-operations.md "Minimal
// Runbook Index".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/doctor/culprit.h"
#include "platform/doctor/scrape_history.h"

namespace delta::doctor {

enum class CheckStatus : std::uint8_t { ok, warn, fail };

/// One line of the checklist.
struct RunbookCheck {
  std::string_view name;
  CheckStatus status = CheckStatus::ok;
  std::string numbers;       ///< what it read
  std::string_view action;   ///< what to do about it; empty when ok
  std::string_view section;  ///< of docs/OPERATIONS.md, which says more; empty when ok
};

/// One heading of the runbook index.
struct Symptom {
  std::string_view name;
  std::vector<std::string_view> look_at;  ///< checks, by name
};

struct Diagnosis {
  std::vector<RunbookCheck> checks;  ///< every check, in the runbook's order
  std::vector<Symptom> symptoms;     ///< those that show
  Culprit culprit = Culprit::none;   ///< the cause, not what follows from it
  std::string reason;                ///< a sentence
};

/// What the last `window` shows; the history must not be empty.
Diagnosis diagnose(const ScrapeHistory& history, Duration window = std::chrono::minutes(2));

/// For a terminal: the checklist, the symptoms, the diagnosis. Ends with a line break.
std::string format_diagnosis(const Diagnosis& diagnosis, std::size_t width);

}  // namespace delta::doctor
