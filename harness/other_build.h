// Another build of this program, run to learn what it makes of the same drill.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include "harness/schedule.h"

namespace aftershock {

/// One drill, as every build of the program names it.
struct ProgramRun {
  std::string program;
  std::string path;  ///< of the scenario
  std::uint64_t seed = 0;
  ScheduleSpec schedule = {};
};

/// A folder that goes with this, for what the other build writes.
class TemporaryFolder {
 public:
  /// Throws std::filesystem::filesystem_error when there is no room for it.
  TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct StepsFile {
  TemporaryFolder folder;
  std::filesystem::path path;
};

// Both block until the program has ended, for at most ten minutes.

/// The file that `PROGRAM replay --format steps` wrote, or why there is none.
std::expected<StepsFile, std::string> steps_by(const ProgramRun& run);

/// The digest in the report of `PROGRAM run`, or why there is none.
std::expected<std::string, std::string> digest_by(const ProgramRun& run);

}  // namespace aftershock
