// What an alert, or the doctor, holds responsible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace delta::doctor {

enum class Culprit : std::uint8_t {
  none,
  database,
  queue,
  artifacts,
  secrets,
  runners,
  orchestrator,
  network,
};

inline constexpr std::array<std::string_view, 8> kCulpritNames{
    "none", "database", "queue", "artifacts", "secrets", "runners", "orchestrator", "network"};

constexpr std::string_view name_of(Culprit culprit) {
  return kCulpritNames.at(static_cast<std::size_t>(culprit));
}

}  // namespace delta::doctor
