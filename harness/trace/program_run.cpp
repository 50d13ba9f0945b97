#include "harness/trace/program_run.h"

#include <cstdlib>
#include <system_error>

#include "core/time.h"
#include "platform/servers/child_process.h"

namespace aftershock {

namespace fs = std::filesystem;

namespace {

constexpr delta::Duration kLongest = std::chrono::minutes(10);
constexpr int kWorstVerdict = 2;  // inconclusive: the drill was run, and its steps are written

}  // namespace

TemporaryFile::TemporaryFile() {
  std::string name = (fs::temp_directory_path() / "aftershock-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw fs::filesystem_error("cannot make a folder", name,
                               std::error_code(errno, std::generic_category()));
  }
  folder_ = name;
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

std::expected<TemporaryFile, std::string> run_program_for_steps(const std::string& program,
                                                                const std::string& path,
                                                                std::uint64_t seed,
                                                                const ScheduleSpec& schedule) {
  TemporaryFile file;
  const delta::Command command{
      .words = {fs::absolute(program).string(), "replay", std::to_string(seed), path, "--schedule",
                text_of(schedule), "--format", "steps", "--out", file.path().string()},
      .environment = {},
      .folder = fs::current_path(),
      .log = file.log(),
      .account = {}};
  try {
    delta::ChildProcess process(command);
    const auto end = process.wait_for(kLongest);
    if (!end) return std::unexpected(program + " does not end");
    if (end->signal != 0 || end->code > kWorstVerdict || !fs::exists(file.path())) {
      return std::unexpected(program + " wrote no steps: it " + describe(*end) + "\n" +
                             delta::log_tail(file.log()));
    }
  } catch (const delta::ServerError& error) {
    return std::unexpected(error.what());
  }
  return file;
}

}  // namespace aftershock
