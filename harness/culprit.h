// What an alert, or the doctor, holds responsible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aftershock {

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

constexpr std::string_view name_of(Culprit culprit) {
  constexpr std::array<std::string_view, 8> names{
      "none", "database", "queue", "artifacts", "secrets", "runners", "orchestrator", "network"};
  return names.at(static_cast<std::size_t>(culprit));
}

}  // namespace aftershock
