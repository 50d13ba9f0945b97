// The command line of `aftershock validate`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock validate my-drill.yaml\n"
    "  aftershock validate scenarios                  every scenario below the folder\n";

class ValidateSyntax : public Syntax {
 public:
  const char* name() const override { return "validate"; }
  const char* description() const override { return "Check scenario files without running them"; }
  std::string footer() const override { return kExamples; }

  void add_options(CLI::App& command) override { add_paths(command, options_.paths, true); }

  Understood understood(const CLI::App& command) override {
    if (auto wrong = paths_mistake(command, options_.paths)) return std::unexpected(*wrong);
    return options_;
  }

 private:
  ValidateOptions options_;
};

}  // namespace

std::unique_ptr<Syntax> validate_syntax() { return std::make_unique<ValidateSyntax>(); }

}  // namespace aftershock::cli
