# How every file of ours is compiled: link the target `flags`, privately.
add_library(flags INTERFACE)

target_compile_options(flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wswitch-enum -Wsuggest-override -Wextra-semi
  -Wdate-time -Wmissing-declarations -Wfloat-equal)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(flags INTERFACE -Wcatch-value=3 -Wduplicated-cond -Wlogical-op)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=address")
    # GCC 12 takes its own std::regex for uninitialised there (its bug 105562).
    target_compile_options(flags INTERFACE -Wno-maybe-uninitialized)
  endif()
elseif(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "clang 19 or newer is needed to read GCC 12's <expected>")
else()
  # GCC 12's std::stable_sort uses what it declares deprecated, which only clang minds.
  target_compile_options(flags INTERFACE -Wno-deprecated-declarations)
endif()
target_compile_definitions(flags INTERFACE _GLIBCXX_ASSERTIONS)

# Debug information names no folder, so that ccache finds the object from any copy of the tree.
if(CMAKE_CXX_FLAGS MATCHES "-g1")
  target_compile_options(flags INTERFACE -fdebug-prefix-map=${CMAKE_SOURCE_DIR}=.)
endif()

# A drill's digest must not depend on the compiler or the folder: no fused multiply-add, and
# __FILE__ relative to the root (the second map is for ccache, which passes relative paths).
target_compile_options(flags INTERFACE
  -ffp-contract=off
  -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/= -fmacro-prefix-map=../../=)
