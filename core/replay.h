// Rebuilds the tables from the audit log by folding its messages through decide() again.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/decide.h"

namespace delta {

struct ReplayResult {
  Rows rows;                          ///< what the messages make of nothing
  std::vector<std::string> problems;  ///< broken chains, refusals that were acceptances, ...
};

/// `events` in the order of their serials.
ReplayResult replay(std::span<const AuditEvent> events, const Settings& settings);

/// How the tables differ from a replay, a sentence a row; empty when they are the same.
/// `expires_at` of live leases is not compared: heartbeats are not on record one by one. Nor is
/// what sweeps write into the control row.
std::vector<std::string> differences(const Rows& replayed, const Rows& stored);

}  // namespace delta
