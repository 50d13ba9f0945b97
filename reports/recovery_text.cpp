#include "reports/recovery_text.h"

#include <algorithm>

#include "reports/text.h"

namespace aftershock {
namespace {

std::string time_text(const std::optional<Duration>& time) {
  return time ? rounded_up(*time) : "-";
}

/// In its place and time, or why not.
std::string order_text(const OrderReport& role) {
  if (role.met) return "yes";
  if (role.not_ready.empty()) return role.ready ? "late" : "not ready";
  std::string text = "before";
  for (const std::string& above : role.not_ready) text += " " + above;
  return text;
}

Table order_table(const DrillReport& drill) {
  Table table;
  table.rows.push_back({"RECOVERY ORDER", "LOST", "STARTED", "READY", "TOOK", "IN ORDER"});
  for (const OrderReport& role : drill.recovery_order) {
    std::optional<Duration> took;
    if (role.began && role.ready) took = *role.ready - *role.began;
    table.rows.push_back({one_line(role.role), time_text(role.lost), time_text(role.began),
                          time_text(role.ready), time_text(took), one_line(order_text(role))});
  }
  return table;
}

/// What was seen is as long as it is.
std::string checklist_text(const DrillReport& drill, std::size_t width) {
  std::size_t longest = 0;
  for (const CheckReport& item : drill.checklist) {
    longest = std::max(longest, text_width(one_line(item.check)));
  }
  std::string out = "    CHECKLIST\n";
  for (const CheckReport& item : drill.checklist) {
    const std::string name = padded(one_line(item.check), longest);
    out += wrapped("    " + name + (item.ok ? "  yes  " : "  NO   "), one_line(item.seen), width);
  }
  return out;
}

std::string indented(const Table& table, std::size_t width) {
  std::string out;
  for (const std::string& line : table.lines()) out += cut("    " + line, width) + "\n";
  return out;
}

}  // namespace

std::string recovery_text(const DrillReport& drill, std::size_t width) {
  std::string out;
  if (!drill.recovery_order.empty()) out += indented(order_table(drill), width);
  if (!drill.checklist.empty()) out += checklist_text(drill, width);
  return out;
}

}  // namespace aftershock
