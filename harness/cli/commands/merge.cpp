// The command line of `aftershock merge`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  aftershock merge shards/* --out reports/night\n"
    "  aftershock merge reports/night                 the report of a sweep that was killed\n\n"
    "The report is the one that a single machine would have written, but for its last part, which\n"
    "says who ran it and how fast. Exit codes are those of a sweep; 3 when a shard is missing or\n"
    "was killed.";

class MergeSyntax : public Syntax {
 public:
  const char* name() const override { return "merge"; }
  const char* description() const override { return "Merge the results of a sweep's shards"; }
  std::string footer() const override { return kFooter; }

  void add_options(CLI::App& command) override {
    command.add_option("FOLDER", options_.folders, "The --out of each shard")
        ->option_text("FOLDER...");
    add_out(command, options_.out, "sweep.html, sweep.json, sweep.md and junit.xml");
    add_sweep_output(command, options_.json, options_.quiet, options_.summary);
  }

  Understood understood(const CLI::App& command) override {
    if (auto wrong = out_mistake(command, options_.out)) return std::unexpected(*wrong);
    if (options_.folders.empty()) {
      return std::unexpected(Mistake{"merge needs the FOLDER of at least one shard"});
    }
    return options_;
  }

 private:
  MergeOptions options_;
};

}  // namespace

std::unique_ptr<Syntax> merge_syntax() { return std::make_unique<MergeSyntax>(); }

}  // namespace aftershock::cli
