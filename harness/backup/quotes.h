// Paths in messages: whole, as somebody has to find them.
#pragma once

#include <string>
#include <string_view>

#include "reports/text.h"

namespace aftershock::backup {

inline std::string in_quotes(std::string_view path) { return "'" + one_line(path) + "'"; }

}  // namespace aftershock::backup
