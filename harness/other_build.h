// Another build of this program, run to learn what it makes of the same drill.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "harness/schedule.h"
#include "platform/servers/private_folder.h"

namespace aftershock {

/// One drill, as every build of the program names it.
struct ProgramRun {
  std::string program;
  std::string path;  ///< of the scenario
  std::uint64_t seed = 0;
  ScheduleSpec schedule = {};
};

struct StepsFile {
  std::unique_ptr<const delta::PrivateFolder> folder;  ///< the file goes with it
  std::filesystem::path path;
};

// Both block until the program has ended, for at most ten minutes. They throw ServerError when
// there is no room for a folder.

/// The file that `PROGRAM replay --format steps` wrote, or why there is none.
std::expected<StepsFile, std::string> steps_by(const ProgramRun& run);

/// The digest in the report of `PROGRAM run`, or why there is none.
std::expected<std::string, std::string> digest_by(const ProgramRun& run);

}  // namespace aftershock
