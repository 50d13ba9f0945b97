// SIGINT and SIGTERM: remembered, so that what is finished can still be written.
#pragma once

namespace aftershock::cli {

/// From now on the first SIGINT or SIGTERM is only remembered; a second one ends the program.
/// What was ignored when the program began stays ignored.
void watch_for_interrupts();

/// Whether one has come.
bool interrupted();

}  // namespace aftershock::cli
