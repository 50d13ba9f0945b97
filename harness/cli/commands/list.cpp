// The command line of `aftershock list`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock list\n"
    "  aftershock list scenarios/delta-ci\n"
    "  aftershock list --faults                       what a scenario may break, and how\n"
    "  aftershock list --steps                        what a runbook may do about it\n"
    "  aftershock list --marks                        rare paths that a drill may claim to take\n";

class ListSyntax : public Syntax {
 public:
  const char* name() const override { return "list"; }
  const char* description() const override {
    return "List the scenarios, or what they are made of";
  }
  std::string footer() const override { return kExamples; }

  void add_options(CLI::App& command) override {
    add_paths(command, options_.paths, false);
    command.add_flag("--faults", options_.faults, "List every kind of fault with its parameters");
    command.add_flag("--steps", options_.steps, "List every step that a runbook may name");
    command.add_flag("--marks", options_.marks,
                     "List every rare path that a drill may claim to take");
  }

  Understood understood(const CLI::App&) override {
    if (options_.paths.empty()) options_.paths = {"scenarios"};
    return options_;
  }

 private:
  ListOptions options_;
};

}  // namespace

std::unique_ptr<Syntax> list_syntax() { return std::make_unique<ListSyntax>(); }

}  // namespace aftershock::cli
