// The program's version; a test holds it to CMakeLists.txt.
#pragma once

namespace aftershock::cli {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace aftershock::cli
