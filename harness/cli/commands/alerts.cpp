// The command line of `aftershock alerts`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock alerts                              what is alerted on, and when\n"
    "  aftershock alerts --format prometheus          the rules file for Prometheus\n";

class AlertsSyntax : public Syntax {
 public:
  const char* name() const override { return "alerts"; }
  const char* description() const override { return "Show the alert rules of Delta CI"; }
  std::string footer() const override { return kExamples; }

  void add_options(CLI::App& command) override {
    command.add_option("--format", format_, "table (default) or prometheus")
        ->option_text("FORMAT")
        ->check(CLI::IsMember({"table", "prometheus"}));
  }

  Understood understood(const CLI::App&) override {
    return AlertsOptions{.prometheus = format_ == "prometheus"};
  }

 private:
  std::string format_ = "table";
};

}  // namespace

std::unique_ptr<Syntax> alerts_syntax() { return std::make_unique<AlertsSyntax>(); }

}  // namespace aftershock::cli
