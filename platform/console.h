// Where a program's words go: a stream, and what can be shown on it.
#pragma once

#include <cstddef>
#include <ostream>

namespace delta {

struct Console {
  std::ostream& stream;
  bool terminal = false;    ///< a person watches: lines may be redrawn
  bool colour = false;      ///< a terminal, and NO_COLOR is unset or empty
  std::size_t width = 100;  ///< columns
  std::size_t height = 24;  ///< lines
};

/// Standard output and standard error.
struct Consoles {
  Console out;
  Console err;
};

/// Sends off what was written to standard output. False when it did not take it all, which is then
/// said on standard error.
bool deliver(const Consoles& consoles);

/// The console that writes to `stream`, which is the file descriptor `fd` (1 or 2).
Console make_console(std::ostream& stream, int fd);

}  // namespace delta
