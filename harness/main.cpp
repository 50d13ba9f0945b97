// The program `aftershock`: one command line in, one exit code out.
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include "core/check.h"
#include "harness/cli/backup.h"
#include "harness/cli/calendar.h"
#include "harness/cli/check.h"
#include "harness/cli/command_line.h"
#include "harness/cli/console.h"
#include "harness/cli/explore.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/look.h"
#include "harness/cli/occasion.h"
#include "harness/cli/replay.h"
#include "harness/cli/report.h"
#include "harness/cli/run.h"
#include "harness/cli/shrink.h"
#include "harness/cli/sweep.h"
#include "harness/drill.h"
#include "harness/sweep/load.h"

namespace {

using namespace aftershock;
using namespace aftershock::cli;

std::chrono::sys_seconds wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

RunTools real_tools(const std::vector<std::string>& arguments = {}) {
  watch_for_interrupts();
  return {.run_drill = run_simulated,
          .interrupted = interrupted,
          .clock = std::chrono::steady_clock::now,
          .wall_clock = wall_clock,
          .machine = [arguments] { return this_machine(arguments); }};
}

/// One overload a command.
struct Execution {
  const std::vector<std::string>& arguments;
  const Consoles& consoles;
  std::string& doing;

  ExitCode operator()(const RunOptions& options) const {
    return run_command(options, consoles, real_tools(arguments), doing);
  }
  ExitCode operator()(const SweepOptions& options) const {
    return sweep_command(options, consoles, real_tools(), doing);
  }
  ExitCode operator()(const MergeOptions& options) const {
    return merge_command(options, consoles, doing);
  }
  ExitCode operator()(const ReplayOptions& options) const {
    return replay_command(options, consoles, std::chrono::steady_clock::now, doing);
  }
  ExitCode operator()(const ShrinkOptions& options) const {
    return shrink_command(options, consoles, real_tools(), doing);
  }
  ExitCode operator()(const ListOptions& options) const { return list_command(options, consoles); }
  ExitCode operator()(const ValidateOptions& options) const {
    return validate_command(options, consoles);
  }
  ExitCode operator()(const PlanOptions& options) const { return plan_command(options, consoles); }
  ExitCode operator()(const ExploreOptions& options) const {
    watch_for_interrupts();
    const ExploreTools tools{.explore = explore_drill,
                             .interrupted = interrupted,
                             .clock = std::chrono::steady_clock::now};
    return explore_command(options, consoles, tools, doing);
  }
  ExitCode operator()(const CalendarOptions& options) const {
    return calendar_command(options, consoles, wall_clock());
  }
  ExitCode operator()(const AlertsOptions& options) const {
    return alerts_command(options, consoles);
  }
  ExitCode operator()(const BackupOptions& options) const {
    watch_for_interrupts();
    const BackupTools tools{.interrupted = interrupted, .now = [] { return std::time(nullptr); }};
    return backup_command(options, consoles, tools, doing);
  }
  ExitCode operator()(const ReportOptions& options) const {
    watch_for_interrupts();
    const ReportTools tools{.run_drill = run_simulated, .interrupted = interrupted, .build = [] {
                              return sweep::file_digest("/proc/self/exe").value_or("");
                            }};
    return report_command(options, consoles, tools, doing);
  }
  ExitCode operator()(const CheckOptions& options) const {
    return check_command(options, consoles, doing);
  }
};

ExitCode execute(const CommandLine& line, const std::vector<std::string>& arguments,
                 const Consoles& consoles, std::string& doing) {
  doing = "reading the scenarios";
  return std::visit(Execution{arguments, consoles, doing}, line);
}

ExitCode answer(const Answer& answer, const Consoles& consoles) {
  const bool asked_for = answer.code == ExitCode::kPassed;
  (asked_for ? consoles.out : consoles.err).stream << answer.text;
  return answer.code;
}

}  // namespace

int main(int argc, char** argv) {
  const Consoles consoles{make_console(std::cout, STDOUT_FILENO),
                          make_console(std::cerr, STDERR_FILENO)};
  std::string doing = "reading the command line";
  ExitCode code = ExitCode::kInternalError;
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto line = parse_command_line(arguments);
    code = line ? execute(*line, arguments, consoles, doing) : answer(line.error(), consoles);
    code = delivered(code, consoles);
  } catch (const delta::CheckFailed& failure) {
    std::cerr << internal_error_text(failure.what, doing);
  } catch (const std::exception& error) {
    std::cerr << internal_error_text(error.what(), doing);
  }
  return static_cast<int>(code);
}
