// The statements of the Database port, prepared once a connection.
#pragma once

#include <string>
#include <vector>

namespace delta::postgres {

/// PREPARE of each of them.
const std::vector<std::string>& preparations();

/// How many columns a statement's arrays have.
inline constexpr std::size_t kRunColumns = 12;
inline constexpr std::size_t kJobColumns = 10;
inline constexpr std::size_t kAttemptColumns = 18;
inline constexpr std::size_t kAuditColumns = 8;

}  // namespace delta::postgres
