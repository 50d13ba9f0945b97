#include "harness/timer_files.h"

namespace aftershock {

std::string timer_unit(const std::string& description, const std::string& on_calendar) {
  return "[Unit]\nDescription=" + description + "\n\n[Timer]\nOnCalendar=" + on_calendar +
         "\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n";
}

std::string exec_start_text(const std::string& command) {
  std::string text;
  for (const char c : command) {
    if (c == '%' || c == '$') text += c;
    text += c;
  }
  return text;
}

std::string crontab_text(const std::string& command) {
  std::string text;
  for (const char c : command) {
    if (c == '%') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace aftershock
