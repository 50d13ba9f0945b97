#include "platform/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace delta {
namespace {

constexpr std::size_t kNarrowest = 40;  // below it a table is unreadable anyway

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

bool deliver(const Consoles& consoles) {
  consoles.out.stream.flush();
  if (consoles.out.stream) return true;
  consoles.err.stream << "error: cannot write to standard output\n";
  return false;
}

Console make_console(std::ostream& stream, int fd) {
  Console console{.stream = stream};
  console.terminal = isatty(fd) == 1 && variable("TERM") != "dumb";
  console.colour = console.terminal && variable("NO_COLOR").empty();
  winsize size{};
  if (console.terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    console.width = std::max<std::size_t>(size.ws_col, kNarrowest);
    if (size.ws_row > 0) console.height = size.ws_row;
  }
  return console;
}

}  // namespace delta
