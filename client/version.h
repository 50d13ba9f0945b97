// The program's version; a test holds it to CMakeLists.txt.
#pragma once

namespace delta::client {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace delta::client
