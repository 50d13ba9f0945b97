// How a drill's fibers take turns, as the command line and reports name it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "core/time.h"
#include "simulator/kernel/choice_path.h"
#include "simulator/kernel/schedule.h"

namespace aftershock {

using Deviations = std::vector<sim::Deviation>;

/// The choices that count, from time 0 on: a ChoiceWindow on the scenario's clock.
struct ExploredWindow {
  delta::Duration from{};
  delta::Duration until = delta::Duration::max();
  std::uint32_t depth = sim::ChoiceWindow{}.depth;
};

struct ScheduleSpec {
  sim::Schedule kind = sim::Schedule::random;
  std::uint32_t pct_depth = 3;
  std::uint64_t pct_choices = 0;  ///< 0: not estimated yet
  // Of a guided schedule: a path, see ChoicePath.
  ExploredWindow window = {};
  Deviations deviations = {};
  delta::Duration tick{};

  bool is_default() const { return kind == sim::Schedule::random && tick == delta::Duration{}; }
};

/// What one execution had to choose, and what came of it.
struct ChoiceRecord {
  std::uint64_t choices = 0;  ///< see Kernel::choices()
  std::uint64_t history = 0;  ///< see History
  // Of a guided schedule.
  std::vector<std::uint32_t> ready_counts = {};
  bool followed = true;
};

/// "random", "round-robin", "pct:3", "pct:3:12000" or "choices:30s:13=2,40=1": from 30s on always
/// the first, but at choice 13 the one after the next; and "@1ms" behind any of them: the clock
/// moves in ticks of 1ms.
std::expected<ScheduleSpec, delta::ValueError> parse_schedule(std::string_view text);

/// The same way back. An end of the window is left out: after the last deviation it has no effect.
std::string text_of(const ScheduleSpec& schedule);

}  // namespace aftershock
