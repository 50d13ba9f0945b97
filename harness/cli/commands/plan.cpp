// The command line of `aftershock plan`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock plan my-drill.yaml\n"
    "  aftershock plan my-drill.yaml --seed 7         the targets that this seed draws\n";

class PlanSyntax : public Syntax {
 public:
  const char* name() const override { return "plan"; }
  const char* description() const override {
    return "Show what a drill would do, and to whom, without running it";
  }
  std::string footer() const override { return kExamples; }

  void add_options(CLI::App& command) override {
    add_paths(command, options_.paths, true);
    add_seed(command, seed_);
  }

  Understood understood(const CLI::App& command) override {
    if (auto wrong = seed_mistake(command, seed_, options_.seed)) return std::unexpected(*wrong);
    if (auto wrong = paths_mistake(command, options_.paths)) return std::unexpected(*wrong);
    return options_;
  }

 private:
  PlanOptions options_;
  std::string seed_ = "1";
};

}  // namespace

std::unique_ptr<Syntax> plan_syntax() { return std::make_unique<PlanSyntax>(); }

}  // namespace aftershock::cli
