// The command line of `aftershock run`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock run scenarios/delta-ci\n"
    "  aftershock run scenarios/delta-ci --seed 7 --out reports/latest\n"
    "  aftershock run scenarios --out reports/latest --format html,csv,junit\n"
    "  aftershock run my-drill.yaml --json | jq '.drills[0].rto.measured'\n"
    "  aftershock run scenarios --bundle evidence    what auditors can verify\n"
    "  aftershock run scenarios --quiet               only what did not pass\n"
    "  aftershock run my-drill.yaml --schedule pct:3@1ms\n\n"
    "Schedules, that is which of several tasks goes on when all could:\n"
    "  random           each is as likely as any other (default)\n"
    "  round-robin      the one that has waited longest\n"
    "  pct:D            by priorities that the seed draws and changes D - 1 times: finds what\n"
    "                   takes D steps in a certain order\n"
    "  choices:...      one that 'aftershock explore' printed\n"
    "  @1ms behind any  time moves in ticks of 1ms, so that more happens at once\n\n";

/// What --out writes; JSON is always there.
std::optional<Mistake> formats_mistake(const std::vector<std::string>& names, RunOptions& options) {
  if (names.empty()) return std::nullopt;
  if (options.out.empty()) {
    return Mistake{"--format says what --out writes", "add --out FOLDER, or take --json"};
  }
  options.formats.clear();
  for (const std::string& name : names) {
    const auto format = format_named(name);
    if (!format) return format.error();
    if (*format != ReportFormat::json) options.formats.push_back(*format);
  }
  return std::nullopt;
}

class RunSyntax : public Syntax {
 public:
  const char* name() const override { return "run"; }
  const char* description() const override { return "Run drills and judge them"; }
  std::string footer() const override { return std::string(kExamples) + kExitCodes; }

  void add_options(CLI::App& command) override {
    add_paths(command, options_.paths, true);
    add_seed(command, seed_);
    add_schedule(command, schedule_);
    command.add_flag("--json", options_.json,
                     "Print the report as JSON, and nothing else, to stdout");
    command.add_flag("--quiet", options_.quiet, "Print only what did not pass");
    add_out(command, options_.out, "report.json, report.html and report.md");
    command
        .add_option("--format", formats_,
                    "To --out besides report.json: html, md, junit, csv, prometheus")
        ->delimiter(',')
        ->option_text("NAMES");
    command
        .add_option("--previous", options_.previous,
                    "Say what changed since this report.json; by default the one in --out")
        ->option_text("FILE");
    add_summary(command, options_.summary);
    command
        .add_option("--history", options_.history,
                    "Add the drills to this file, and show when each was last held")
        ->option_text("FILE");
    add_bundle(command);
  }

  Understood understood(const CLI::App& command) override {
    if (auto wrong = seed_mistake(command, seed_, options_.seed)) return std::unexpected(*wrong);
    if (auto wrong = schedule_mistake(schedule_, options_.schedule)) return std::unexpected(*wrong);
    if (auto wrong = out_mistake(command, options_.out)) return std::unexpected(*wrong);
    if (auto wrong = formats_mistake(formats_, options_)) return std::unexpected(*wrong);
    if (auto wrong = paths_mistake(command, options_.paths)) return std::unexpected(*wrong);
    if (options_.bundle.empty() && !options_.sign.empty()) {
      return std::unexpected(Mistake{"--sign signs a bundle", "add --bundle FOLDER"});
    }
    return options_;
  }

 private:
  void add_bundle(CLI::App& command) {
    command
        .add_option("--bundle", options_.bundle,
                    "Write the evidence to this folder, which must be new or empty")
        ->option_text("FOLDER");
    command
        .add_option("--attest", options_.attest,
                    "Put into the report what people say in this file: see 'report attest'")
        ->option_text("FILE");
    command.add_option("--sign", options_.sign, "Sign the bundle with this Ed25519 private key")
        ->option_text("KEY.pem");
  }

  RunOptions options_;
  std::vector<std::string> formats_;
  std::string seed_ = "1";
  std::string schedule_ = "random";
};

}  // namespace

std::unique_ptr<Syntax> run_syntax() { return std::make_unique<RunSyntax>(); }

}  // namespace aftershock::cli
