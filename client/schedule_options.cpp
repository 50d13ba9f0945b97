#include "client/schedule_options.h"

#include <algorithm>

#include "platform/text/values.h"

namespace delta::client {

void add_options(CLI::App& create, ScheduleWords& words) {
  create.add_option("--cron", words.cron, "At these times: minute hour day month weekday")
      ->option_text("FIELDS");
  create.add_option("--every", words.every, "Again and again, such as 15m")->option_text("TIME");
  create.add_option("--at", words.at, "Once, such as 2026-12-01T08:00:00")->option_text("MOMENT");
  create.add_option("--zone", words.zone, "Of these times, such as Europe/Berlin (UTC)")
      ->option_text("ZONE");
  create
      .add_option("--catch-up", words.catch_up,
                  "Of what was missed, in an outage, say: all, latest or skip (latest)")
      ->option_text("POLICY");
  create.add_option("--cap", words.cap, "Most that `all` makes up for at once: 1 to 100 (10)")
      ->option_text("N");
}

std::expected<ScheduleSpec, ValueError> schedule_of(const std::string& name,
                                                    const ScheduleWords& words) {
  const auto wrong = [](std::string message) {
    return std::unexpected(ValueError{std::move(message), {}});
  };
  ScheduleSpec spec;
  spec.name = name;
  if (int(!words.cron.empty()) + int(!words.every.empty()) + int(!words.at.empty()) != 1) {
    return wrong("say when: one of --cron, --every and --at");
  }
  spec.timing = {ScheduleKind::cron, words.cron};
  if (!words.every.empty()) spec.timing = {ScheduleKind::interval, words.every};
  if (!words.at.empty()) spec.timing = {ScheduleKind::once, words.at};
  if (!words.zone.empty()) spec.timing.zone = words.zone;
  if (!words.catch_up.empty()) {
    const auto* found = std::ranges::find(kCatchUpNames, words.catch_up);
    if (found == kCatchUpNames.end()) {
      return std::unexpected(
          ValueError{"--catch-up: there is no policy " + quote(words.catch_up),
                     did_you_mean(words.catch_up, {kCatchUpNames.begin(), kCatchUpNames.end()})});
    }
    spec.catch_up = static_cast<CatchUp>(found - kCatchUpNames.begin());
  }
  if (words.cap.empty()) return spec;
  const auto cap = text::parse_count(words.cap);
  if (!cap) return wrong("--cap: " + cap.error().message);
  spec.cap = *cap;
  return spec;
}

}  // namespace delta::client
