// The statements of the Database port, prepared once a connection.
#pragma once

#include <string>
#include <vector>

namespace delta::postgres {

/// PREPARE of each of them.
const std::vector<std::string>& preparations();
/// Those about schedules: schedule_statements.cpp.
const char* schedule_preparations();

/// How many columns a statement's arrays have.
inline constexpr std::size_t kRunColumns = 14;
inline constexpr std::size_t kJobColumns = 10;
inline constexpr std::size_t kAttemptColumns = 18;
inline constexpr std::size_t kAuditColumns = 9;
inline constexpr std::size_t kScheduleColumns = 11;

}  // namespace delta::postgres
