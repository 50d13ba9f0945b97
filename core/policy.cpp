#include "core/policy.h"

#include <algorithm>

namespace delta {

namespace {

constexpr Duration kLongestTtl = 1h;
constexpr Duration kLongestOverride = 24h;
constexpr std::size_t kLongestName = 64;

bool is_over_limit(const TtlOverride& wanted) {
  return wanted.ttl > kLongestTtl || wanted.for_how_long > kLongestOverride;
}

}  // namespace

std::vector<std::string> problems(const PolicyChange& change, const Settings& settings) {
  std::vector<std::string> found;
  if (!change.ingesting && !change.lease_ttl && !change.most_leases &&
      !change.submissions_per_minute) {
    found.emplace_back("the change must change something");
  }
  if (!change.lease_ttl) return found;
  // Whatever must hold of the setting must hold of what takes its place.
  Settings with = settings;
  with.lease_ttl = change.lease_ttl->ttl;
  found = problems(with);
  if (change.lease_ttl->for_how_long <= 0s) {
    found.emplace_back("for_how_long must be positive");
  }
  if (is_over_limit(*change.lease_ttl)) {
    found.emplace_back(
        "lease_ttl may be at most 1h, for at most 24h: disabling lease expiry is not supported");
  }
  return found;
}

Policy changed(Policy policy, const PolicyChange& change, DbTime now) {
  ++policy.version;
  policy.ingesting = change.ingesting.value_or(policy.ingesting);
  policy.most_leases = change.most_leases.value_or(policy.most_leases);
  policy.submissions_per_minute =
      change.submissions_per_minute.value_or(policy.submissions_per_minute);
  if (change.lease_ttl) {
    Settings none;
    none.lease_ttl = 0s;
    policy.former_ttl = longest_ttl(policy, now, none);
    policy.former_until = now + policy.former_ttl;
    policy.lease_ttl = change.lease_ttl->ttl;
    policy.lease_ttl_until = now + change.lease_ttl->for_how_long;
  }
  return policy;
}

Duration ttl_in_force(const Policy& policy, DbTime now, const Settings& settings) {
  const bool overridden = policy.lease_ttl > 0s && now < policy.lease_ttl_until;
  return overridden ? policy.lease_ttl : settings.lease_ttl;
}

Duration longest_ttl(const Policy& policy, DbTime now, const Settings& settings) {
  Duration longest = settings.lease_ttl;
  if (now < policy.lease_ttl_until + policy.lease_ttl) {
    longest = std::max(longest, policy.lease_ttl);
  }
  if (now < policy.former_until) longest = std::max(longest, policy.former_ttl);
  return longest;
}

bool is_operator_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace delta
