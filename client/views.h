// What the orchestrator answers, as text for people. Pure; every text ends with a line break.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api.h"

namespace delta::client {

struct Look {
  std::size_t width = 100;  ///< of a terminal; lines are cut there
  bool terminal = false;    ///< short ids, lines that fit; else all of it, for other programs
  bool colour = false;
};

/// "running", or how a job that is over ended.
std::string_view state_of(const JobView& job);

/// The text in the colour of what the state means: green, red, yellow, dim.
std::string coloured(std::string_view text, std::string_view state, bool colour);

/// "2026-01-31 23:59:59", in UTC.
std::string time_text(DbTime time);

std::string run_text(const RunView& run, const Look& look);
std::string runs_text(const std::vector<RunSummary>& runs, const Look& look);
std::string artifacts_text(const RunView& run, const std::vector<AttemptArtifacts>& attempts,
                           const Look& look);
std::string schedule_text(const ScheduleView& schedule, const Look& look);
std::string schedules_text(const std::vector<ScheduleView>& schedules, const Look& look);
std::string runners_text(const std::vector<RunnerView>& runners, const Look& look);
std::string admin_text(const AdminReply& reply);

/// "succeeded in 1m2.3s"
std::string ending_text(RunState state, DbTime submitted_at, DbTime finished_at);

}  // namespace delta::client
