// When backups are made: cron expressions in, a crontab or systemd's timers out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backup/problem.h"

namespace aftershock::backup {

/// One thing that is done at certain times.
struct Job {
  std::string name;     ///< "full": of the unit, aftershock-backup-full
  std::string cron;     ///< minute hour day month weekday
  std::string command;  ///< a whole command line, for a shell
};

/// What files shall hold, by name.
using Files = std::map<std::string, std::string>;

/// A file for /etc/cron.d, where each line names the account that runs it.
Result<Files> cron_files(const std::vector<Job>& jobs, const std::string& user);
/// A service and a timer a job, for /etc/systemd/system.
Result<Files> systemd_files(const std::vector<Job>& jobs, const std::string& user);

/// The same times as systemd's OnCalendar= writes them. Refused: not five fields of cron, a value
/// out of range, or times that systemd cannot say in one line.
Result<std::string> calendar_of(std::string_view cron);

}  // namespace aftershock::backup
