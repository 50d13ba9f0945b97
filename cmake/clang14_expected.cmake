# GCC 12's <expected> gives its types two destructors, one trivial and one with a constraint, which
# clang reads from version 16 on. For an older clang: a copy with the general destructor alone.
find_file(EXPECTED expected PATHS ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES}
  NO_DEFAULT_PATH REQUIRED)
file(READ ${EXPECTED} text)
set(original "${text}")
string(REPLACE "__cpp_concepts >= 202002L" "__cpp_concepts >= 201907L" text "${text}")
string(REPLACE "constexpr ~expected() = default;" "" text "${text}")
string(REGEX REPLACE "~expected\\(\\)[ \n]+requires [^{]*{" "~expected() {" text "${text}")
if(text STREQUAL original OR text MATCHES "~expected\\(\\)[ \n]+requires")
  message(FATAL_ERROR "${EXPECTED} is not GCC 12's; use clang 16 or newer")
endif()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/clang14/expected CONTENT "${text}" @ONLY)
target_include_directories(flags SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/clang14)
