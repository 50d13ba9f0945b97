#include "harness/calendar/history.h"

#include <date/date.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "platform/fd.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock::calendar {

using Json = nlohmann::ordered_json;
using std::chrono::sys_seconds;

namespace {

constexpr std::array<const char*, 3> kEvents{"drill", "exercise", "incident"};

sys_seconds time_from(const std::string& text) {
  sys_seconds time;
  std::istringstream stream(text);
  if (!(stream >> date::parse("%FT%TZ", time)) || time_text(time) != text) {
    throw std::runtime_error("'" + one_line(text) + "' is no time");
  }
  return time;
}

Event event_from(const std::string& text) {
  for (std::size_t i = 0; i < kEvents.size(); ++i) {
    if (text == kEvents[i]) return static_cast<Event>(i);
  }
  throw std::runtime_error("'" + one_line(text) + "' is no event");
}

Json json_of(const HistoryEntry& entry) {
  Json json{{"when", time_text(entry.when)}, {"event", kEvents.at(std::size_t(entry.event))}};
  if (entry.event != Event::incident) json["name"] = entry.name;
  if (entry.event == Event::drill) {
    json["verdict"] = entry.verdict;
    json["world"] = entry.world;
    json["seed"] = entry.seed;
  } else {
    json["note"] = entry.note;
  }
  return json;
}

HistoryEntry entry_from(const std::string& line) {
  const Json json = Json::parse(line);
  HistoryEntry entry{.when = time_from(json.at("when").get<std::string>()),
                     .event = event_from(json.at("event").get<std::string>())};
  if (entry.event != Event::incident) json.at("name").get_to(entry.name);
  if (entry.event == Event::drill) {
    json.at("verdict").get_to(entry.verdict);
    json.at("world").get_to(entry.world);
    json.at("seed").get_to(entry.seed);
  } else {
    json.at("note").get_to(entry.note);
  }
  return entry;
}

std::unexpected<std::string> failed(const std::string& what, const std::string& path) {
  return std::unexpected("cannot " + what + " '" + one_line(path) +
                         "': " + std::generic_category().message(errno));
}

}  // namespace

HistoryEntry entry_of(const DrillReport& drill, sys_seconds when) {
  return {.when = when,
          .event = Event::drill,
          .name = drill.scenario,
          .verdict = std::string(name_of(drill.verdict)),
          .world = drill.world,
          .seed = drill.seed};
}

std::expected<History, std::string> read_history(const std::string& path) {
  History history;
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) return history;
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed("read", path);
  std::string line;
  for (std::size_t number = 1; std::getline(file, line) && !file.eof(); ++number) {
    try {
      history.push_back(entry_from(line));
    } catch (const std::exception& error) {
      return std::unexpected(one_line(path) + ":" + std::to_string(number) +
                             ": it is no line of a history: " + error.what());
    }
  }
  if (file.bad()) return failed("read", path);
  return history;
}

std::expected<void, std::string> append_history(const std::string& path, const History& entries) {
  std::string lines;
  for (const HistoryEntry& entry : entries) {
    lines += json_of(entry).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  const delta::Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file) return failed("write", path);
  const ssize_t written = write(file.get(), lines.data(), lines.size());
  if (written != static_cast<ssize_t>(lines.size()) || fsync(file.get()) != 0) {
    if (written >= 0 && errno == 0) errno = ENOSPC;
    return failed("write", path);
  }
  return {};
}

std::map<std::string, LastDrill> last_drills(const History& history) {
  std::map<std::string, LastDrill> last;
  const auto keep_later = [](std::optional<HistoryEntry>& kept, const HistoryEntry& entry) {
    if (!kept || kept->when <= entry.when) kept = entry;
  };
  for (const HistoryEntry& entry : history) {
    if (entry.event != Event::drill) continue;
    keep_later(last[entry.name].drilled, entry);
    if (entry.verdict == name_of(Verdict::pass)) keep_later(last[entry.name].passed, entry);
  }
  return last;
}

std::string time_text(sys_seconds time) { return date::format("%FT%TZ", time); }

}  // namespace aftershock::calendar
