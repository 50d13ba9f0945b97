// Random specifications of runs and schedules, for RapidCheck's properties.
#pragma once

#include <string>
#include <utility>

#include "core/api.h"
#include "platform/wire/names.h"
#include "tests/unit/random_values.h"

namespace delta::test {

template <class Enum>
Enum one_of_all() {
  return static_cast<Enum>(below(wire::kValues<Enum>));
}

inline JobSpec job_spec(std::uint32_t index) {
  JobSpec job;
  job.name = std::to_string(index) + text();
  job.command = "!" + text();
  for (std::uint32_t need = 0; need < index; ++need) {
    if (flag()) job.needs.push_back(need);
  }
  if (flag()) {
    job.command.clear();
    job.steps = {{"1" + text(), "!" + text()}, {"2" + text(), "!" + text()}};
  }
  if (flag()) job.secrets = {"A", "_b1"};
  job.required = flag();
  job.retry = {static_cast<std::uint16_t>(1 + below(500)), static_cast<std::uint16_t>(below(500)),
               flag(), flag(), flag()};
  if (flag()) job.retry = {};
  job.timeout = duration();
  job.queue_timeout = duration();
  return job;
}
inline SharedSpec spec() {
  RunSpec spec;
  spec.name = text();
  spec.timeout = duration();
  spec.jobs.resize(1 + below(4));
  for (std::uint32_t i = 0; i < spec.jobs.size(); ++i) spec.jobs[i] = job_spec(i);
  auto prepared = prepare(std::move(spec));
  RC_ASSERT(prepared.has_value());
  return *prepared;
}

inline std::string schedule_name() { return "n." + std::to_string(below(1000)); }
inline SharedSchedule schedule() {
  ScheduleSpec made{"nightly-1",
                    {ScheduleKind::interval, "90s", "UTC"},
                    one_of_all<CatchUp>(),
                    static_cast<std::uint32_t>(1 + below(100)),
                    spec()};
  if (flag()) made.timing = {one_of_all<ScheduleKind>(), "1m30s", "UTC"};
  if (made.timing.kind != ScheduleKind::interval && flag()) {
    made.timing = {made.timing.kind, text(), text()};
  }
  return std::make_shared<const ScheduleSpec>(std::move(made));
}
inline ScheduleView schedule_view() {
  return {one_of_all<ScheduleState>(), schedule(), db_time(), db_time(), number<std::uint64_t>(),
          number<std::uint64_t>()};
}

}  // namespace delta::test
