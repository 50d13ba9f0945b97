// The occasion of a run: this machine, this program, this moment.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "reports/occasion.h"

namespace aftershock::cli {

std::string host_name();

/// Of this machine and the program that runs; `arguments`: of its command line.
EnvironmentReport this_machine(const std::vector<std::string>& arguments);

/// With an id that no other exercise has.
OccasionReport occasion_of(EnvironmentReport machine, std::chrono::sys_seconds began,
                           std::chrono::sys_seconds ended);

}  // namespace aftershock::cli
