// Where the program's words go, and the exit code when they do not get there.
#pragma once

#include "harness/cli/exit_code.h"
#include "platform/console.h"

namespace aftershock::cli {

using delta::Console;
using delta::Consoles;
using delta::make_console;

/// Sends off what was written to standard output. `code`, or kAborted instead of a better one when
/// standard output did not take it all, which is then said on standard error.
inline ExitCode delivered(ExitCode code, const Consoles& consoles) {
  return delta::deliver(consoles) ? code : worse(code, ExitCode::kAborted);
}

}  // namespace aftershock::cli
