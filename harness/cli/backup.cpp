#include "harness/cli/backup.h"

#include <ctime>
#include <filesystem>
#include <sstream>

#include "core/text.h"
#include "harness/backup/work_lock.h"
#include "harness/cli/backup_setup.h"
#include "harness/cli/backup_show.h"
#include "reports/shell_quote.h"
#include "reports/text.h"

namespace aftershock::cli {

namespace fs = std::filesystem;
using backup::Failure;
using backup::PgBackRest;
using backup::Problem;
using backup::Repository;
using backup::Result;
using backup::WorkLock;

namespace {

ExitCode code_of(Failure failure) {
  switch (failure) {
    case Failure::usage: return ExitCode::kUsage;
    case Failure::unavailable: return ExitCode::kUnavailable;
    case Failure::failed: return ExitCode::kFailed;
    case Failure::interrupted: break;
  }
  return ExitCode::kAborted;
}

/// 20260131T123456Z, for the names of folders.
std::string stamp_of(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return text.data();
}

void print_warnings(const std::vector<std::string>& warnings, Console err) {
  for (const std::string& warning : warnings) err.stream << "warning: " << warning << "\n";
}

/// What pgBackRest says that it removes, without its marks: "repo1: remove expired backup LABEL".
std::vector<std::string> removals_in(const std::string& words) {
  std::vector<std::string> lines;
  std::istringstream stream(words);
  for (std::string line; std::getline(stream, line);) {
    for (const char* const deed : {": expire ", " remove "}) {
      const std::size_t at = line.find(deed);
      const std::size_t repository = line.find("repo");
      if (at == std::string::npos || repository == std::string::npos || at < repository) continue;
      lines.push_back(one_line(line.substr(repository)));
      break;
    }
  }
  return lines;
}

/// One overload a command. Each gives its exit code, or why it was not done.
struct BackupExecution {
  const Consoles& consoles;
  const BackupTools& tools;
  const backup::Work& work;
  StepDisplay& display;

  Result<ExitCode> operator()(const BackupInit& options) const {
    const auto done = set_up(options, work, consoles.out);
    return done ? Result<ExitCode>(ExitCode::kPassed) : std::unexpected(done.error());
  }
  Result<ExitCode> operator()(const BackupSchedule& options) const {
    const auto done = write_schedule(options, consoles.out);
    return done ? Result<ExitCode>(ExitCode::kPassed) : std::unexpected(done.error());
  }
  Result<ExitCode> operator()(const BackupList& options) const;
  Result<ExitCode> operator()(const BackupCreate& options) const;
  Result<ExitCode> operator()(const BackupVerify& options) const;
  Result<ExitCode> operator()(const BackupRestore& options) const;
  Result<ExitCode> operator()(const BackupPrune& options) const;

 private:
  void tell_of(const backup::Restored& restored, const backup::RestorePlan& plan,
               const PgBackRest& tool) const;
};

Result<ExitCode> BackupExecution::operator()(const BackupList& options) const {
  const auto tool = PgBackRest::open(options.place, work);
  if (!tool) return std::unexpected(tool.error());
  const auto repository = tool->info();
  if (!repository) return std::unexpected(repository.error());
  consoles.out.stream << (options.json ? list_json(*repository, tools.now())
                                       : list_text(*repository, tools.now()));
  return repository->problems.empty() ? ExitCode::kPassed : ExitCode::kFailed;
}

Result<ExitCode> BackupExecution::operator()(const BackupCreate& options) const {
  const auto tool = PgBackRest::open(options.place, work);
  if (!tool) return std::unexpected(tool.error());
  const auto lock = WorkLock::take(*tool, "backup create");
  if (!lock) return std::unexpected(lock.error());
  const auto words = tool->run(
      "backup", {"--type=" + options.type, "--log-level-console=detail", "--log-level-file=off"},
      "backing up");
  if (!words) return std::unexpected(words.error());
  display.clear();
  print_warnings(backup::warnings_in(*words), consoles.err);
  const auto repository = tool->info();
  if (!repository) return std::unexpected(repository.error());
  if (repository->backups.empty()) return backup::failed("the new backup is not in the repository");
  const backup::Backup& made = repository->backups.back();
  consoles.out.stream << made.type << " backup " << made.label << ": "
                      << size_text(made.database_bytes) << ", " << size_text(made.repository_bytes)
                      << " added, in " << age_text(made.stopped - made.started) << "\n";
  if (made.pages != backup::Pages::damaged) return ExitCode::kPassed;
  return backup::failed("the backup holds pages whose checksums are wrong",
                        "the server's disk is damaged: run `aftershock backup verify --set` on an "
                        "older backup");
}

Result<ExitCode> BackupExecution::operator()(const BackupVerify& options) const {
  const auto tool = PgBackRest::open(options.place, work);
  if (!tool) return std::unexpected(tool.error());
  const auto lock = WorkLock::take(*tool, "backup verify");
  if (!lock) return std::unexpected(lock.error());
  const auto verification = backup::verify(*tool, options.options, work);
  if (!verification) return std::unexpected(verification.error());
  display.clear();
  consoles.out.stream << (options.json ? verification_json(*verification)
                                       : verification_text(*verification, consoles.out.width));
  return verification->proven() ? ExitCode::kPassed : ExitCode::kFailed;
}

void BackupExecution::tell_of(const backup::Restored& restored, const backup::RestorePlan& plan,
                              const PgBackRest& tool) const {
  std::ostream& out = consoles.out.stream;
  print_warnings(restored.warnings, consoles.err);
  out << "restored " << plan.backup.label << " to " << plan.data.string() << "\n";
  if (!restored.kept.empty()) {
    out << "what was there is kept in " << restored.kept.string() << "\n";
  }
  if (!plan.archive) {
    out << "archive_mode is off in it: " << tool.data_folder().string()
        << " is the folder that archives\n";
  }
  out << "Now start PostgreSQL on it; it replays the archived log";
  if (plan.replay == backup::Replay::until) out << " up to " << plan.target;
  out << ".\nBefore clients come back: begin a generation (delta admin begin-generation), and\n"
         "run `aftershock check` on it.\n";
}

Result<ExitCode> BackupExecution::operator()(const BackupRestore& options) const {
  if (options.target && options.target->seconds > tools.now()) {
    return backup::refused("--target-time is in the future");
  }
  const auto tool = PgBackRest::open(options.place, work);
  if (!tool) return std::unexpected(tool.error());
  const auto lock = WorkLock::take(*tool, "backup restore");
  if (!lock) return std::unexpected(lock.error());
  const auto repository = tool->info();
  if (!repository) return std::unexpected(repository.error());
  const auto target = options.target ? std::optional(options.target->seconds) : std::nullopt;
  const auto chosen = backup::choose_backup(*repository, options.label, target);
  if (!chosen) return std::unexpected(chosen.error());
  backup::RestorePlan plan{.backup = *chosen, .data = fs::weakly_canonical(options.to)};
  if (plan.data.filename().empty()) plan.data = plan.data.parent_path();
  plan.archive = plan.data == fs::weakly_canonical(tool->data_folder());
  if (options.target) {
    plan.replay = backup::Replay::until;
    plan.target = options.target->text;
  }
  const auto there = backup::look_at(plan.data);
  if (auto may = backup::may_restore(plan, *repository, there, options.permissions); !may) {
    return std::unexpected(may.error());
  }
  const auto restored =
      backup::restore(*tool, plan, options.permissions, stamp_of(tools.now()), work);
  if (!restored) return std::unexpected(restored.error());
  display.clear();
  tell_of(*restored, plan, *tool);
  return ExitCode::kPassed;
}

Result<ExitCode> BackupExecution::operator()(const BackupPrune& options) const {
  const auto tool = PgBackRest::open(options.place, work);
  if (!tool) return std::unexpected(tool.error());
  const auto lock = WorkLock::take(*tool, "backup prune");
  if (!lock) return std::unexpected(lock.error());
  std::vector<std::string> words{"--log-level-console=info", "--log-level-file=off"};
  if (options.keep_full) {
    words.insert(words.end(), {"--repo1-retention-full-type=count",
                               "--repo1-retention-full=" + std::to_string(*options.keep_full)});
  }
  if (options.keep_days) {
    words.insert(words.end(), {"--repo1-retention-full-type=time",
                               "--repo1-retention-full=" + std::to_string(*options.keep_days)});
  }
  if (options.dry_run) words.emplace_back("--dry-run");
  const auto said = tool->run("expire", words, "removing");
  if (!said) return std::unexpected(said.error());
  display.clear();
  const std::vector<std::string> removals = removals_in(*said);
  for (const std::string& line : removals) {
    consoles.out.stream << (options.dry_run ? "not done: " : "") << line << "\n";
  }
  if (removals.empty()) consoles.out.stream << "nothing to remove\n";
  return ExitCode::kPassed;
}

}  // namespace

ExitCode backup_command(const BackupOptions& options, const Consoles& consoles,
                        const BackupTools& tools, std::string& doing) {
  doing = "working on backups";
  StepDisplay display(consoles.err);
  const backup::Work work{
      [&](std::string_view step, std::optional<int> percent) { display.update(step, percent); },
      tools.interrupted};
  const auto done = std::visit(BackupExecution{consoles, tools, work, display}, options);
  display.clear();
  if (done) return *done;
  consoles.err.stream << "error: " << one_line(done.error().message) << "\n";
  if (!done.error().hint.empty()) {
    consoles.err.stream << "  hint: " << one_line(done.error().hint) << "\n";
  }
  return code_of(done.error().failure);
}

}  // namespace aftershock::cli
