# Simulations make and drop many small objects: jemalloc makes them up to a fifth faster than glibc.
# A sanitizer brings an allocator of its own.
add_library(allocator INTERFACE)
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
  find_library(JEMALLOC jemalloc REQUIRED)
  target_link_libraries(allocator INTERFACE -Wl,--no-as-needed ${JEMALLOC} -Wl,--as-needed)
endif()
