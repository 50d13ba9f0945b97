// The options of `delta schedule`, as they were written and as they are meant.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <string>

#include "core/schedule_spec.h"
#include "core/text.h"

namespace delta::client {

struct ScheduleWords {
  std::string cron, every, at;  ///< one of them
  std::string zone, catch_up, cap;
};

/// Those of `create`, but for the run's file, the name and the key.
void add_options(CLI::App& create, ScheduleWords& words);

/// Without its run. Error: what is wrong with which option.
std::expected<ScheduleSpec, ValueError> schedule_of(const std::string& name,
                                                    const ScheduleWords& words);

}  // namespace delta::client
