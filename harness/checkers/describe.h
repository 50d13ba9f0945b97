// Rows, events and times as text, for findings.
#pragma once

#include <string>

#include "core/audit.h"
#include "core/rows.h"

namespace aftershock {

/// "12.345s" since the epoch of the database's clock; "never" when not set.
std::string describe(delta::DbTime time);
std::string describe(const delta::Run& row);
std::string describe(const delta::Job& row);
std::string describe(const delta::Attempt& row);
std::string describe(const delta::Control& row);
std::string describe(const delta::Schedule& row);
std::string describe(const delta::AuditEvent& event);

}  // namespace aftershock
