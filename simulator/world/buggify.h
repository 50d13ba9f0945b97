// Rare but legal misfortunes at named places of the simulated world, on in a run that asks for
// them. What a place does is harmless to correct code; that it is rare hides bugs in other code.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "simulator/kernel/kernel.h"

namespace aftershock::sim {

enum class BuggifySite : std::uint8_t {
  slow_fsync,
  late_wakeup,
  reordered_wakeup,  ///< late by so little that only the order of what is simultaneous changes
  reset_at_connect,
  slow_first_response,  ///< of a process that has just begun to listen
  slow_packet,
  late_restart,
};
inline constexpr std::array<std::string_view, 7> kBuggifySiteNames{
    "slow_fsync",          "late_wakeup", "reordered_wakeup", "reset_at_connect",
    "slow_first_response", "slow_packet", "late_restart"};

/// A site is enabled for the whole run with a probability of a quarter, and fires with its own
/// probability when it is. Each draws from a stream of its own.
class Buggify {
 public:
  static constexpr std::uint32_t kEnabledPpm = 250'000;

  explicit Buggify(const Kernel& kernel);

  /// Draws only if the site is enabled.
  bool fires(BuggifySite site) {
    Site& here = sites_[index(site)];
    return here.enabled && draw(here);
  }
  /// How long the misfortune lasts; 0: none. For all sites but reset_at_connect.
  delta::Duration delay(BuggifySite site);

  bool enabled(BuggifySite site) const { return sites_[index(site)].enabled; }
  std::uint64_t fired(BuggifySite site) const { return sites_[index(site)].fired; }

 private:
  struct Site {
    delta::Rng rng;
    bool enabled;
    std::uint64_t fired = 0;
    std::uint32_t ppm = 0;
    delta::Duration shortest{};
    delta::Duration longest{};
  };

  static std::size_t index(BuggifySite site) { return static_cast<std::size_t>(site); }
  static Site make_site(const Kernel& kernel, std::size_t index);
  static bool draw(Site& site);

  std::array<Site, kBuggifySiteNames.size()> sites_;
};

}  // namespace aftershock::sim
