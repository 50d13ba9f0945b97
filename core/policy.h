// What operators may change while the system runs. Kept in the control row that all orchestrators
// share; every change is a message, decided by decide() and on record.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/settings.h"

namespace delta {

struct Policy {
  std::uint64_t version = 0;  ///< of changes so far
  bool ingesting = true;      ///< false: submissions are refused
  Duration lease_ttl{};       ///< in the place of the setting, until `lease_ttl_until`; 0: none
  DbTime lease_ttl_until{};
  Duration former_ttl{};  ///< the longest TTL of leases from before the last change of it, ...
  DbTime former_until{};  ///< ... all of which end by then
  std::uint32_t most_leases = 0;             ///< live at once; 0: no limit
  std::uint32_t submissions_per_minute = 0;  ///< and orchestrator; 0: no limit

  friend bool operator==(const Policy&, const Policy&) = default;
};

struct TtlOverride {
  Duration ttl{};
  Duration for_how_long{};
};

/// What is set changes, all else stays.
struct PolicyChange {
  std::optional<bool> ingesting = {};
  std::optional<TtlOverride> lease_ttl = {};
  std::optional<std::uint32_t> most_leases = {};
  std::optional<std::uint32_t> submissions_per_minute = {};
};

/// Every reason why the change is refused, in words; empty when it is sound.
std::vector<std::string> problems(const PolicyChange& change, const Settings& settings);

/// The policy after a change at `now`.
Policy changed(Policy policy, const PolicyChange& change, DbTime now);

/// What a lease that is renewed at `now` gets.
Duration ttl_in_force(const Policy& policy, DbTime now, const Settings& settings);
/// The longest TTL that any lease may have been given that is live at `now`.
Duration longest_ttl(const Policy& policy, DbTime now, const Settings& settings);

/// Whether the audit log may hold this as an operator's name: 1 to 64 printable ASCII characters.
bool is_operator_name(std::string_view name);

}  // namespace delta
