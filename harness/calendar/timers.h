// A plan as something that a machine starts by itself: systemd timers, a crontab, or a workflow.
// Exercises that people hold, and those that follow an incident, have no timer.
#pragma once

#include <string>
#include <vector>

#include "harness/calendar/plan.h"

namespace aftershock::calendar {

struct TimerFile {
  std::string name;
  std::string text;
};

struct TimerOptions {
  std::string program = "aftershock";
  std::string folder = ".";                       ///< in which the drills are run
  std::string history = "reports/history.jsonl";  ///< that they are added to
};

std::vector<TimerFile> systemd_timers(const Plan& plan, const TimerOptions& options);
std::vector<TimerFile> crontab(const Plan& plan, const TimerOptions& options);
std::vector<TimerFile> github_workflow(const Plan& plan, const TimerOptions& options);

/// "Tue *-01,04,07,10-08..14 09:00:00 UTC": as systemd.time(7) writes it.
std::string on_calendar(const Exercise& exercise);

/// "0 9 8-14 1,4,7,10 *": every day on which it may be; cron cannot say which weekday of a month,
/// so the command has to ask for the day as well.
std::string cron_time(const Exercise& exercise);

}  // namespace aftershock::calendar
