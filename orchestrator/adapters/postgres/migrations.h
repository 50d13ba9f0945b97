// The steps that build the schema, in order. A step that was released is never changed.
#pragma once

#include <span>
#include <string_view>

namespace delta::postgres {

struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view script;
};
/// Of the files in migrations/, made a part of the program by CMakeLists.txt.
std::span<const Migration> migrations();

}  // namespace delta::postgres
