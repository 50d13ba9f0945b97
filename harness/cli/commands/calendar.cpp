// The command line of `aftershock calendar`.
#include <array>
#include <filesystem>

#include "harness/cli/commands/shared_options.h"
#include "harness/scenario/text.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock calendar                            what is due, and what was last held when\n"
    "  aftershock run scenarios/delta-ci --history reports/history.jsonl\n"
    "                                                 drills that count\n"
    "  aftershock calendar --done procedure-review --note \"two runbooks changed\"\n"
    "  aftershock calendar --incident --on 2026-11-20\n"
    "  aftershock calendar --check || echo overdue    for a script\n"
    "  aftershock calendar --write systemd --out /etc/systemd/system\n"
    "  aftershock calendar --write cron               also: github\n\n"
    "Days are UTC's. The plan is a file of your own if the one that comes with aftershock does\n"
    "not fit: copy it. An exercise is held when all its drills were run since it is due.\n\n"
    "Exit codes: 0, 1 with --check: something is overdue or failed, 3 the history or the timers\n"
    "  could not be written, 64 bad plan, history or command line, 70 internal error.";

constexpr std::array<std::string_view, 3> kTimerNames{"systemd", "cron", "github"};

class CalendarSyntax : public Syntax {
 public:
  const char* name() const override { return "calendar"; }
  const char* description() const override { return "Show which drills are due"; }
  std::string footer() const override { return kExamples; }

  void add_options(CLI::App& command) override {
    const auto text = [&command](const char* name, std::string& into, const char* what,
                                 const char* form) {
      command.add_option(name, into, what)->option_text(form);
    };
    text("--plan", options_.plan, "The plan (default: deploy/drills/calendar.yaml)", "FILE");
    text("--history", options_.history, "What was drilled when (default: reports/history.jsonl)",
         "FILE");
    text("--on", on_, "Judge as of this day; of --done and --incident: when it was", "DATE");
    text("--done", options_.done, "Note down that people held this exercise", "ID");
    command.add_flag("--incident", options_.incident, "Note down an incident");
    text("--note", options_.note, "Words for --done and --incident", "TEXT");
    command.add_flag("--check", options_.check, "Exit with 1 when something is overdue or failed");
    command.add_flag("--json", options_.json, "Print it as JSON");
    text("--write", write_, "Write timers: systemd, cron or github", "KIND");
    text("--out", options_.out, "For the timers: a folder (default: standard output)", "FOLDER");
    text("--program", options_.program, "For the timers: how aftershock is called", "PROGRAM");
  }

  Understood understood(const CLI::App& command) override {
    if (command.count("--on") > 0) {
      options_.on = calendar::parse_date(on_);
      if (!options_.on) {
        return std::unexpected(
            Mistake{"--on: write a day as 2026-11-28, not '" + one_line(on_) + "'"});
      }
    }
    if (command.count("--done") > 0 && options_.done.empty()) {
      return std::unexpected(Mistake{"--done needs the id of an exercise"});
    }
    if (auto wrong = timers_mistake(command)) return std::unexpected(*wrong);
    return combined();
  }

 private:
  std::optional<Mistake> timers_mistake(const CLI::App& command) {
    for (std::size_t i = 0; i < kTimerNames.size(); ++i) {
      if (write_ == kTimerNames[i]) options_.timers = static_cast<TimerKind>(i + 1);
    }
    if (command.count("--write") > 0 && options_.timers == TimerKind::kNone) {
      return Mistake{"--write: there is no '" + one_line(write_) + "'",
                     did_you_mean(write_, {kTimerNames.begin(), kTimerNames.end()})};
    }
    if (options_.timers == TimerKind::kNone && !options_.out.empty()) {
      return Mistake{"--out is for --write"};
    }
    std::error_code error;
    options_.folder = std::filesystem::current_path(error).string();
    return out_mistake(command, options_.out);
  }

  Understood combined() const {
    const int jobs = int(options_.incident) + int(!options_.done.empty()) +
                     int(options_.timers != TimerKind::kNone) + int(options_.check);
    if (jobs > 1) {
      return std::unexpected(Mistake{"--check, --done, --incident and --write exclude each other"});
    }
    if (!options_.note.empty() && !options_.incident && options_.done.empty()) {
      return std::unexpected(Mistake{"--note is for --done and --incident"});
    }
    return options_;
  }

  CalendarOptions options_;
  std::string on_, write_;
};

}  // namespace

std::unique_ptr<Syntax> calendar_syntax() { return std::make_unique<CalendarSyntax>(); }

}  // namespace aftershock::cli
