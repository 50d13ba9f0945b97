// The command line of `aftershock run`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock run scenarios/delta-ci\n"
    "  aftershock run scenarios/delta-ci --seed 7 --out reports/latest\n"
    "  aftershock run my-drill.yaml --json | jq '.drills[0].rto.measured'\n"
    "  aftershock run scenarios --quiet               only what did not pass\n\n";

class RunSyntax : public Syntax {
 public:
  const char* name() const override { return "run"; }
  const char* description() const override { return "Run drills and judge them"; }
  std::string footer() const override { return std::string(kExamples) + kExitCodes; }

  void add_options(CLI::App& command) override {
    add_paths(command, options_.paths, true);
    add_seed(command, seed_);
    command.add_flag("--json", options_.json,
                     "Print the report as JSON, and nothing else, to stdout");
    command.add_flag("--quiet", options_.quiet, "Print only what did not pass");
    add_out(command, options_.out, "report.json");
  }

  Understood understood(const CLI::App& command) override {
    const auto seed = seed_of(command, seed_);
    if (!seed) return std::unexpected(seed.error());
    options_.seed = *seed;
    if (auto wrong = out_mistake(command, options_.out)) return std::unexpected(*wrong);
    if (auto wrong = paths_mistake(command, options_.paths)) return std::unexpected(*wrong);
    return options_;
  }

 private:
  RunOptions options_;
  std::string seed_ = "1";
};

}  // namespace

std::unique_ptr<Syntax> run_syntax() { return std::make_unique<RunSyntax>(); }

}  // namespace aftershock::cli
