// The command line of `aftershock shrink`.
#include <algorithm>
#include <thread>

#include "harness/cli/commands/shared_options.h"
#include "harness/scenario/text.h"
#include "harness/scenario/words.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock shrink scenarios/delta-ci/nemesis.yaml --seed 7\n"
    "  aftershock shrink my-drill.yaml --seed 7 --invariant fenced-completion\n"
    "  aftershock shrink my-drill.yaml --seed 7 --budget 10m --out "
    "scenarios/regressions/lost-fence.yaml\n"
    "  aftershock shrink my-drill.yaml --seed 7 --budget 1h --tries 40     a race that is rare\n\n"
    "The file that is written names its seed in its first lines: the format has no key for it.\n"
    "The same command writes the same file, unless --budget or an interrupt cuts it off.\n\n"
    "Exit codes: 0 written, also if --budget cut it off, 2 the drill does not fail in this way:\n"
    "  nothing is written, 3 interrupted: the smallest until then is written; or it could not be\n"
    "  written, 64 bad scenario or command line, 70 internal error.";

class ShrinkSyntax : public Syntax {
 public:
  const char* name() const override { return "shrink"; }
  const char* description() const override {
    return "Find the smallest scenario that fails as this one does";
  }
  std::string footer() const override { return kExamples; }

  void add_options(CLI::App& command) override {
    command.add_option("PATH", paths_, "The scenario that fails")->option_text("FILE");
    add_seed(command, seed_);
    add_schedule(command, schedule_);
    command
        .add_option("--invariant", options_.invariant,
                    "The one that has to break; else whatever fails first")
        ->option_text("NAME");
    command
        .add_option("--out", options_.out,
                    "Write the scenario to this file (default: NAME-shrunk.yaml)")
        ->option_text("FILE");
    command.add_option("--budget", budget_, "Begin no drill after this time (default 60s)")
        ->option_text("TIME");
    command
        .add_option("--tries", tries_,
                    "Other seeds for each candidate (default 4); for faults, five times as many")
        ->option_text("N");
    command.add_option("--jobs", jobs_, "Drills side by side (default: one a core)")
        ->option_text("N");
  }

  Understood understood(const CLI::App& command) override {
    if (auto wrong = seed_mistake(command, seed_, options_.seed)) return std::unexpected(*wrong);
    if (auto wrong = schedule_mistake(schedule_, options_.schedule)) return std::unexpected(*wrong);
    if (paths_.size() != 1) return std::unexpected(Mistake{"shrink needs one FILE"});
    options_.path = paths_.front();
    for (const auto& wrong :
         {wrong_invariant(), wrong_out(command), wrong_budget(), wrong_tries(), wrong_jobs()}) {
      if (wrong) return std::unexpected(*wrong);
    }
    return options_;
  }

 private:
  std::optional<Mistake> wrong_invariant() const {
    const std::string& name = options_.invariant;
    // A failed CHECK that guards no invariant is reported as an assertion.
    if (name.empty() || name == "assertion") return std::nullopt;
    if (std::ranges::find(kInvariantNames, name) != kInvariantNames.end()) return std::nullopt;
    return Mistake{"--invariant: there is no '" + one_line(name) + "'",
                   did_you_mean(name, {kInvariantNames.begin(), kInvariantNames.end()})};
  }

  std::optional<Mistake> wrong_out(const CLI::App& command) const {
    if (command.count("--out") == 0 || !options_.out.empty()) return std::nullopt;
    return Mistake{"--out needs the name of a file"};
  }

  std::optional<Mistake> wrong_budget() {
    const auto budget = parse_duration(budget_);
    if (!budget) return Mistake{"--budget: " + budget.error().message, budget.error().hint};
    options_.budget = *budget;
    return std::nullopt;
  }

  std::optional<Mistake> wrong_tries() {
    return wrong_count("--tries", tries_, 0, 10'000, options_.tries);
  }

  std::optional<Mistake> wrong_jobs() {
    options_.jobs = std::max(std::thread::hardware_concurrency(), 1U);
    if (jobs_.empty()) return std::nullopt;
    return wrong_count("--jobs", jobs_, 1, 1'024, options_.jobs);
  }

  static std::optional<Mistake> wrong_count(const std::string& option, const std::string& text,
                                            std::uint64_t least, std::uint64_t most,
                                            std::uint32_t& into) {
    const auto count = parse_seed(text);
    if (!count || *count < least || *count > most) {
      return Mistake{option + ": a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", not '" + one_line(text) + "'"};
    }
    into = static_cast<std::uint32_t>(*count);
    return std::nullopt;
  }

  ShrinkOptions options_;
  std::vector<std::string> paths_;
  std::string seed_ = "1", schedule_ = "random", budget_ = "60s", tries_ = "4", jobs_;
};

}  // namespace

std::unique_ptr<Syntax> shrink_syntax() { return std::make_unique<ShrinkSyntax>(); }

}  // namespace aftershock::cli
