// The settings as one table, for whatever reads them from a file or shows them.
#pragma once

#include <span>
#include <string_view>

#include "core/settings.h"

namespace delta {

/// A field of Settings and its key; exactly one of the members is set.
struct SettingInfo {
  std::string_view key;
  std::string_view description;
  Duration Settings::* duration = nullptr;
  std::uint32_t Settings::* count = nullptr;
  bool Settings::* flag = nullptr;
  std::uint32_t most = 0;  ///< of a count, which is at least 1
};

/// One for each field of Settings, in its order.
std::span<const SettingInfo> setting_catalogue();

}  // namespace delta
