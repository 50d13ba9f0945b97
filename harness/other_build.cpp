#include "harness/other_build.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/time.h"
#include "platform/servers/child_process.h"

namespace aftershock {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFolder = "aftershock";
constexpr delta::Duration kLongest = std::chrono::minutes(10);
constexpr int kWorstVerdict = 2;  // inconclusive: the drill was run, and its report is written

/// Runs the program in this process's folder, with its log in `folder`. The error says why what it
/// was to write to `expected_file` is not there.
std::expected<void, std::string> run_program(std::vector<std::string> words, const fs::path& folder,
                                             const fs::path& expected_file) {
  const std::string program = words.front();
  words.front() = fs::absolute(program).string();
  const delta::Command command{.words = std::move(words),
                               .environment = {},
                               .folder = fs::current_path(),
                               .log = folder / "log",
                               .account = {}};
  try {
    delta::ChildProcess process(command);
    const auto end = process.wait_for(kLongest);
    if (!end) return std::unexpected(program + " does not end");
    if (end->signal == 0 && end->code <= kWorstVerdict && fs::exists(expected_file)) return {};
    return std::unexpected(program + " did not run it: " + describe(*end) + "\n" +
                           delta::log_tail(command.log));
  } catch (const delta::ServerError& error) {
    return std::unexpected(error.what());
  }
}

}  // namespace

std::expected<StepsFile, std::string> steps_by(const ProgramRun& run) {
  StepsFile file{.folder = std::make_unique<delta::PrivateFolder>(kFolder, std::nullopt),
                 .path = {}};
  file.path = file.folder->path() / "steps";
  const auto ran =
      run_program({run.program, "replay", std::to_string(run.seed), run.path, "--schedule",
                   text_of(run.schedule), "--format", "steps", "--out", file.path.string()},
                  file.folder->path(), file.path);
  if (!ran) return std::unexpected(ran.error());
  return file;
}

std::expected<std::string, std::string> digest_by(const ProgramRun& run) {
  const delta::PrivateFolder folder(kFolder, std::nullopt);
  const fs::path report = folder.path() / "report.json";
  const auto ran =
      run_program({run.program, "run", run.path, "--seed", std::to_string(run.seed), "--schedule",
                   text_of(run.schedule), "--quiet", "--out", folder.path().string()},
                  folder.path(), report);
  if (!ran) return std::unexpected(ran.error());
  std::ifstream in(report);
  const auto json = nlohmann::json::parse(in, nullptr, false);
  const nlohmann::json::json_pointer digest("/drills/0/digest");
  if (json.is_object() && json.contains(digest) && json[digest].is_string()) {
    return json[digest].get<std::string>();
  }
  return std::unexpected(run.program + " wrote a report without a digest");
}

}  // namespace aftershock
