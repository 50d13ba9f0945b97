// How likely each misfortune is, and how bad.
#include "simulator/world/buggify.h"

#include <utility>

namespace aftershock::sim {

using namespace std::chrono_literals;

namespace {

struct Rule {
  std::uint32_t ppm;
  delta::Duration shortest{};
  delta::Duration longest{};
};

/// In the order of BuggifySite. Frequent things are rarer to go wrong and shorter, so that a drill
/// still recovers by its objective.
constexpr std::array<Rule, kBuggifySiteNames.size()> kRules{{
    {10'000, 20ms, 2s},    // slow_fsync
    {1'000, 10ms, 1s},     // late_wakeup
    {50'000, 1ns, 10us},   // reordered_wakeup
    {5'000, 0ns, 0ns},     // reset_at_connect
    {250'000, 100ms, 3s},  // slow_first_response
    {5'000, 5ms, 300ms},   // slow_packet
    {250'000, 1s, 20s},    // late_restart
}};

template <std::size_t... kIndex, class Make>
auto array_of(std::index_sequence<kIndex...>, Make make) {
  return std::array{make(kIndex)...};
}

}  // namespace

Buggify::Buggify(const Kernel& kernel)
    : sites_(array_of(std::make_index_sequence<kBuggifySiteNames.size()>(),
                      [&kernel](std::size_t index) { return make_site(kernel, index); })) {}

Buggify::Site Buggify::make_site(const Kernel& kernel, std::size_t index) {
  delta::Rng rng = kernel.stream("buggify", index);
  const bool enabled = rng.chance_ppm(kEnabledPpm);
  const Rule& rule = kRules[index];
  return {rng, enabled, 0, rule.ppm, rule.shortest, rule.longest};
}

bool Buggify::draw(Site& site) {
  if (!site.rng.chance_ppm(site.ppm)) return false;
  ++site.fired;
  return true;
}

delta::Duration Buggify::delay(BuggifySite site) {
  if (!fires(site)) return {};
  Site& here = sites_[index(site)];
  return here.rng.between(here.shortest, here.longest);
}

}  // namespace aftershock::sim
