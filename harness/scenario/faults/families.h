// The families of faults, and what their parameters are made of. A new family is named here, in
// fault_catalogue.cpp, and in the simulator's make_fault().
#pragma once

#include <array>

#include "harness/scenario/fault_catalogue.h"

namespace aftershock {

std::vector<FaultInfo> process_faults();
std::vector<FaultInfo> database_faults();
std::vector<FaultInfo> disk_faults();
std::vector<FaultInfo> queue_faults();
std::vector<FaultInfo> artifact_faults();
std::vector<FaultInfo> secret_faults();
std::vector<FaultInfo> message_faults();
std::vector<FaultInfo> network_faults();
std::vector<FaultInfo> clock_faults();

/// What a crash takes with it.
inline constexpr std::array<std::string_view, 2> kCrashKinds{"process", "power"};

/// The map of a kind's parameters; none of them: the kind takes no 'parameters'.
Field fault_parameters(std::vector<Field> fields = {});

// One parameter each. Without a fallback it is required.
Field time_parameter(std::string_view key, std::string_view description, delta::Duration min,
                     std::string_view fallback = {});
Field percent_parameter(std::string_view key, std::string_view description,
                        std::string_view fallback = {});
Field count_parameter(std::string_view key, std::string_view description, std::int64_t min,
                      std::int64_t max, std::string_view fallback = {});
Field flag_parameter(std::string_view key, std::string_view description, bool fallback);
/// `choices` must live as long as the program; Parameters::choice() gives the index.
Field choice_parameter(std::string_view key, std::string_view description,
                       std::span<const std::string_view> choices, std::string_view fallback = {});

}  // namespace aftershock
