// The commands of `aftershock backup` that write files: a configuration, a schedule.
#pragma once

#include "harness/backup/problem.h"
#include "harness/cli/backup_options.h"
#include "harness/cli/console.h"

namespace aftershock::cli {

/// Writes the configuration and begins the stanza. On failure nothing of it stays.
backup::Result<void> set_up(const BackupInit& options, const backup::Work& work, Console out);

/// Writes or prints the schedule.
backup::Result<void> write_schedule(const BackupSchedule& options, Console out);

}  // namespace aftershock::cli
