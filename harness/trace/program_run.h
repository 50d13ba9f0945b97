// Another build of the program, run to learn which steps it makes.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include "harness/schedule.h"

namespace aftershock {

/// A file in a folder of its own, which goes with it.
class TemporaryFile {
 public:
  /// Throws std::filesystem::filesystem_error when there is no room for it.
  TemporaryFile();
  TemporaryFile(TemporaryFile&& other) noexcept : folder_(std::move(other.folder_)) {
    other.folder_.clear();
  }
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  std::filesystem::path path() const { return folder_ / "steps"; }
  std::filesystem::path log() const { return folder_ / "log"; }

 private:
  std::filesystem::path folder_;
};

/// The file that `PROGRAM replay SEED PATH --schedule SCHEDULE --format steps --out FILE` wrote, or
/// why there is none. Blocks for at most ten minutes.
std::expected<TemporaryFile, std::string> run_program_for_steps(const std::string& program,
                                                                const std::string& path,
                                                                std::uint64_t seed,
                                                                const ScheduleSpec& schedule);

}  // namespace aftershock
