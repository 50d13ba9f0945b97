// What `aftershock backup` prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/backup/repository.h"
#include "harness/backup/verify.h"
#include "harness/cli/console.h"

namespace aftershock::cli {

/// "3d4h", "2h5m", "12s".
std::string age_text(std::int64_t seconds);
/// "22.1 MiB".
std::string size_text(std::uint64_t bytes);

std::string list_text(const backup::Repository& repository, std::int64_t now);
std::string list_json(const backup::Repository& repository, std::int64_t now);

std::string verification_text(const backup::Verification& verification, std::size_t width);
std::string verification_json(const backup::Verification& verification);

/// How far long work is, on standard error: redrawn on a terminal, otherwise a line a step.
class StepDisplay {
 public:
  explicit StepDisplay(Console err) : err_(err) {}
  ~StepDisplay() { clear(); }
  StepDisplay(const StepDisplay&) = delete;
  StepDisplay& operator=(const StepDisplay&) = delete;

  void update(std::string_view step, std::optional<int> percent);
  void clear();

 private:
  Console err_;
  std::string shown_;
};

}  // namespace aftershock::cli
