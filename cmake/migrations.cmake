# Makes the SQL files of a folder a part of a library: NUMBER_name.sql, in the order of the numbers.
function(embed_migrations target folder)
  file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.sql)
  list(SORT scripts)
  set(entries "")
  foreach(script ${scripts})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
    file(READ ${script} text)
    get_filename_component(name ${script} NAME_WE)
    string(REGEX MATCH "^0*([0-9]+)_(.*)$" matched ${name})
    string(APPEND entries "    {${CMAKE_MATCH_1}, \"${CMAKE_MATCH_2}\", R\"sql(${text})sql\"},\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/generated/migrations.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "orchestrator/adapters/postgres/migrations.h"

namespace delta::postgres {

std::span<const Migration> migrations() {
  static constexpr Migration all[] = {
@entries@  };
  return all;
}

}  // namespace delta::postgres
]])
  target_sources(${target} PRIVATE ${source})
endfunction()
