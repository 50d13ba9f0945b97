#include "harness/schedule.h"

#include <charconv>
#include <optional>

namespace aftershock {
namespace {

using delta::ValueError;

constexpr std::uint64_t kMostDepth = 100;

/// The text before the first `separator`, which is taken off with it.
std::string_view take_word(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return !text.empty() && error == std::errc() && stop == end ? std::optional(number)
                                                              : std::nullopt;
}

ValueError wrong(std::string_view text) {
  return {"not a schedule: " + delta::quote(text),
          "random, round-robin, pct:DEPTH or what 'aftershock explore' printed"};
}

std::expected<ScheduleSpec, ValueError> parse_pct(std::string_view text) {
  ScheduleSpec spec{.kind = sim::Schedule::pct};
  const auto depth = parse_number<std::uint32_t>(take_word(text, ':'));
  if (!depth || *depth == 0 || *depth > kMostDepth) {
    return std::unexpected(ValueError{"the depth of pct must be a whole number from 1 to 100",
                                      "pct:3 finds what takes three steps in a certain order"});
  }
  spec.pct_depth = *depth;
  if (text.empty()) return spec;
  const auto choices = parse_number<std::uint64_t>(text);
  if (!choices || *choices == 0) {
    return std::unexpected(ValueError{"the choices of pct must be a whole number from 1 on", {}});
  }
  spec.pct_choices = *choices;
  return spec;
}

/// In the order of their choices.
std::optional<Deviations> parse_deviations(std::string_view text) {
  Deviations deviations;
  while (!text.empty()) {
    std::string_view word = take_word(text, ',');
    const auto choice = parse_number<std::uint32_t>(take_word(word, '='));
    const auto taken = parse_number<std::uint32_t>(word);
    const bool in_order = deviations.empty() || (choice && *choice > deviations.back().choice);
    if (!choice || !taken || *taken == 0 || !in_order) return std::nullopt;
    deviations.push_back({*choice, *taken});
  }
  return deviations;
}

std::expected<ScheduleSpec, ValueError> parse_choices(std::string_view text) {
  const auto from = delta::parse_duration(take_word(text, ':'));
  if (!from) return std::unexpected(from.error());
  auto deviations = parse_deviations(text);
  if (!deviations) {
    return std::unexpected(ValueError{"choices are written as NUMBER=TAKEN,..., in their order",
                                      "choices:30s:13=2,40=1"});
  }
  return ScheduleSpec{.kind = sim::Schedule::guided,
                      .window = {.from = *from},
                      .deviations = std::move(*deviations)};
}

std::expected<ScheduleSpec, ValueError> parse_kind(std::string_view text) {
  std::string_view rest = text;
  const std::string_view name = take_word(rest, ':');
  if (text == "random") return ScheduleSpec{};
  if (text == "round-robin") return ScheduleSpec{.kind = sim::Schedule::round_robin};
  if (name == "pct") return parse_pct(rest);
  if (name == "choices") return parse_choices(rest);
  return std::unexpected(wrong(text));
}

std::string text_of_kind(const ScheduleSpec& schedule) {
  switch (schedule.kind) {
    case sim::Schedule::random: return "random";
    case sim::Schedule::round_robin: return "round-robin";
    case sim::Schedule::pct: {
      const std::string depth = "pct:" + std::to_string(schedule.pct_depth);
      if (schedule.pct_choices == 0) return depth;
      return depth + ":" + std::to_string(schedule.pct_choices);
    }
    case sim::Schedule::guided: break;
  }
  std::string text = "choices:" + delta::format_duration(schedule.window.from);
  char separator = ':';
  for (const sim::Deviation& deviation : schedule.deviations) {
    text += separator + std::to_string(deviation.choice) + "=" + std::to_string(deviation.taken);
    separator = ',';
  }
  return text;
}

}  // namespace

std::expected<ScheduleSpec, ValueError> parse_schedule(std::string_view text) {
  const std::size_t at = text.find('@');
  auto spec = parse_kind(text.substr(0, at));
  if (!spec || at == std::string_view::npos) return spec;
  const auto tick = delta::parse_duration(text.substr(at + 1));
  if (!tick) return std::unexpected(tick.error());
  if (*tick == delta::Duration{}) {
    return std::unexpected(ValueError{"a tick must be longer than 0", "leave it out: no ticks"});
  }
  spec->tick = *tick;
  return spec;
}

std::string text_of(const ScheduleSpec& schedule) {
  std::string text = text_of_kind(schedule);
  if (schedule.tick != delta::Duration{}) text += "@" + delta::format_duration(schedule.tick);
  return text;
}

}  // namespace aftershock
