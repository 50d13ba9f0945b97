// What systemd and cron have to be told so that a command runs by itself.
#pragma once

#include <string>

namespace aftershock {

/// A timer of systemd for the service of the same name. `on_calendar`: see systemd.time(7).
std::string timer_unit(const std::string& description, const std::string& on_calendar);

/// The same words in ExecStart=, where systemd would expand some.
std::string exec_start_text(const std::string& command);

/// The same command in a line of a crontab, where a percent sign would end it.
std::string crontab_text(const std::string& command);

}  // namespace aftershock
