#include "harness/targets.h"

#include <algorithm>
#include <numeric>

#include "core/check.h"

namespace aftershock {
namespace {

/// `percent` of `population`, rounded up: at least one.
std::uint32_t share_of(std::uint32_t population, std::uint32_t percent) {
  CHECK(percent >= 1 && percent <= 100);
  return static_cast<std::uint32_t>((std::uint64_t{population} * percent + 99) / 100);
}

/// `count` different ones, every selection as likely as any other.
std::vector<std::uint32_t> draw(std::uint32_t count, std::uint32_t population, delta::Rng& rng) {
  CHECK(count >= 1 && count <= population);
  std::vector<std::uint32_t> indexes(population);
  std::iota(indexes.begin(), indexes.end(), 0U);
  for (std::uint32_t i = 0; i < count; ++i) {  // the first steps of a Fisher-Yates shuffle
    const auto other = i + static_cast<std::uint32_t>(rng.below(population - i));
    std::swap(indexes[i], indexes[other]);
  }
  indexes.resize(count);
  std::sort(indexes.begin(), indexes.end());
  return indexes;
}

std::vector<std::uint32_t> listed(const std::vector<std::uint32_t>& indexes,
                                  std::uint32_t population) {
  CHECK(std::is_sorted(indexes.begin(), indexes.end()) && indexes.back() < population);
  return indexes;
}

}  // namespace

std::vector<std::uint32_t> resolve_targets(const TargetSpec& spec, std::uint32_t population,
                                           delta::Rng& rng) {
  CHECK(population > 0);
  switch (spec.mode) {
    case TargetMode::kOne: return draw(1, population, rng);
    case TargetMode::kAll: {
      std::vector<std::uint32_t> everyone(population);
      std::iota(everyone.begin(), everyone.end(), 0U);
      return everyone;
    }
    case TargetMode::kFixed:
      return spec.fixed.empty() ? draw(spec.count, population, rng)
                                : listed(spec.fixed, population);
    case TargetMode::kFixedPercent:
      return draw(share_of(population, spec.percent), population, rng);
    case TargetMode::kRandom: {
      const std::uint64_t most = share_of(population, spec.percent);
      const auto count = static_cast<std::uint32_t>(1 + rng.below(most));
      return draw(count, population, rng);
    }
  }
  CHECK(false);
}

std::vector<std::uint32_t> resolve_fault_targets(const Scenario& scenario, std::size_t index,
                                                 std::uint64_t seed) {
  const TargetSpec& spec = scenario.faults.at(index).target;
  delta::Rng rng = delta::Rng(seed).stream("fault", index);
  return resolve_targets(spec, scenario.cluster.count(spec.role), rng);
}

std::string target_name(Role role, std::uint32_t index) {
  const std::string name(name_of(role));
  return has_several(role) ? name + "-" + std::to_string(index) : name;
}

std::vector<std::string> host_names(const ClusterSpec& cluster) {
  std::vector<std::string> names{kOutside};
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    const auto role = static_cast<Role>(i);
    for (std::uint32_t index = 0; index < cluster.count(role); ++index) {
      names.push_back(target_name(role, index));
    }
  }
  return names;
}

}  // namespace aftershock
