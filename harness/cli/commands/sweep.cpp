// The command line of `aftershock sweep`.
#include <algorithm>
#include <thread>

#include "harness/cli/commands/shared_options.h"
#include "harness/scenario/text.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock sweep scenarios --budget 10m\n"
    "  aftershock sweep scenarios/delta-ci --seeds 1..500 --out reports/sweep\n"
    "  aftershock sweep scenarios/delta-ci --seeds 1..500 --out reports/sweep --resume\n"
    "  aftershock sweep scenarios --seeds $(git rev-parse HEAD)+100 --shard 2/8 --out shards/2\n"
    "  aftershock sweep scenarios --budget 8h --canary scenarios/canary --check-determinism 1%\n"
    "  aftershock sweep scenarios/delta-ci --budget 1h --schedule pct:3@1ms\n\n";

constexpr const char* kNotes =
    "--seeds takes 7, 1..500, 7+100 or 7.. (as many as --budget allows). A commit's hash stands\n"
    "for its first seven digits times 2^32. A first SIGINT lets the drills that run finish and\n"
    "writes the report; a second one ends at once. What ended is in --out all the same.\n"
    "A drill that crashes counts as an internal error, and the sweep goes on. A scenario that is\n"
    "inconclusive in at most 1 % of its drills is conclusive.\n\n";

constexpr std::uint32_t kMostJobs = 1024, kMostShards = 1'000'000;

Mistake mistake(const char* option, const delta::ValueError& error) {
  return {std::string(option) + ": " + error.message, error.hint};
}

/// "2/8".
std::expected<sweep::Shard, Mistake> shard_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string of_text = slash == std::string::npos ? "" : text.substr(slash + 1);
  const auto index = parse_seed(text.substr(0, slash));
  const auto of = parse_seed(of_text);
  const std::string shown = "'" + one_line(text) + "'";
  if (!index || !of) {
    return std::unexpected(Mistake{"--shard: write 2/8 for the second of eight, not " + shown});
  }
  if (*index < 1 || *index > *of || *of > kMostShards) {
    return std::unexpected(Mistake{"--shard: " + shown + " does not exist; of N shards the first " +
                                   "is 1/N and the last N/N"});
  }
  return sweep::Shard{static_cast<std::uint32_t>(*index), static_cast<std::uint32_t>(*of)};
}

class SweepSyntax : public Syntax {
 public:
  const char* name() const override { return "sweep"; }
  const char* description() const override { return "Run many seeds of drills, side by side"; }
  std::string footer() const override { return std::string(kExamples) + kNotes + kExitCodes; }

  void add_options(CLI::App& command) override {
    add_paths(command, options_.paths, true);
    command.add_option("--seeds", seeds_, "Which seeds of each scenario; 1.. is the default")
        ->option_text("A..B");
    add_schedule(command, schedule_);
    command.add_option("--budget", budget_, "Begin no drill after this time: 30m, 8h")
        ->option_text("DURATION");
    command.add_option("--jobs", jobs_, "Worker processes side by side (default: one a core)")
        ->option_text("N");
    command.add_option("--shard", shard_, "Run only part I of N of the drills")->option_text("I/N");
    add_out(command, options_.out, "journal, sweep.html, sweep.json, sweep.md, junit.xml");
    command.add_flag("--resume", options_.resume,
                     "Go on with the journal in --out, if there is one");
    command.add_flag("--stop-on-first", options_.stop_on_first, "Stop at the first failure");
    command
        .add_option("--canary", options_.canaries,
                    "Scenarios that must be seen to break what their expect names")
        ->option_text("FILE|FOLDER")
        ->allow_extra_args(false);  // what follows are drills
    command
        .add_option("--check-determinism", recheck_,
                    "Run this share of the drills twice and compare digests: 1%")
        ->option_text("P%");
    command
        .add_option("--other-build", options_.other_build,
                    "Another build of aftershock, for those second runs")
        ->option_text("PROGRAM");
    command.add_option("--time-limit", limit_, "Kill a drill that takes longer (default 5m)")
        ->option_text("DURATION");
    add_sweep_output(command, options_.json, options_.quiet, options_.summary);
  }

  Understood understood(const CLI::App& command) override {
    if (auto wrong = schedule_mistake(schedule_, options_.schedule)) return std::unexpected(*wrong);
    if (auto wrong = paths_mistake(command, options_.paths)) return std::unexpected(*wrong);
    if (auto wrong = out_mistake(command, options_.out)) return std::unexpected(*wrong);
    if (auto wrong = read_values(command)) return std::unexpected(*wrong);
    if (auto wrong = combination_mistake()) return std::unexpected(*wrong);
    return options_;
  }

 private:
  std::optional<Mistake> read_values(const CLI::App& command) {
    const auto seeds = sweep::parse_seed_range(seeds_);
    if (!seeds) return Mistake{"--seeds: " + seeds.error()};
    options_.seeds = *seeds;
    if (command.count("--budget") > 0) {
      const auto budget = parse_duration(budget_);
      if (!budget) return mistake("--budget", budget.error());
      options_.budget = *budget;
    }
    const auto limit = parse_duration(limit_);
    if (!limit) return mistake("--time-limit", limit.error());
    options_.time_limit = *limit;
    return read_numbers(command);
  }

  std::optional<Mistake> read_numbers(const CLI::App& command) {
    options_.jobs = std::clamp(std::thread::hardware_concurrency(), 1U, kMostJobs);
    if (command.count("--jobs") > 0) {
      const auto jobs = parse_seed(jobs_);
      if (!jobs || *jobs < 1 || *jobs > kMostJobs) {
        return Mistake{"--jobs: a whole number from 1 to 1024, not '" + one_line(jobs_) + "'"};
      }
      options_.jobs = static_cast<std::uint32_t>(*jobs);
    }
    const auto shard = shard_of(shard_);
    if (!shard) return shard.error();
    options_.shard = *shard;
    const auto share = parse_percent(recheck_);
    if (!share) return mistake("--check-determinism", share.error());
    options_.recheck_ppm = *share;
    return std::nullopt;
  }

  std::optional<Mistake> combination_mistake() const {
    if (!options_.seeds.count && !options_.budget) {
      return Mistake{"a sweep needs an end", "give --seeds 1..100, or --budget 10m"};
    }
    if (options_.out.empty() && options_.resume) {
      return Mistake{"--resume needs the --out of the sweep to go on with"};
    }
    if (options_.out.empty() && options_.shard.of > 1) {
      return Mistake{"--shard needs --out: shards are merged from their folders"};
    }
    if (!options_.other_build.empty() && options_.recheck_ppm == 0) {
      return Mistake{
          "--other-build needs --check-determinism P%, the share of drills that it runs"};
    }
    return std::nullopt;
  }

  SweepOptions options_;
  std::string seeds_ = "1..", budget_, jobs_, shard_ = "1/1", recheck_ = "0%", limit_ = "5m";
  std::string schedule_ = "random";
};

}  // namespace

std::unique_ptr<Syntax> sweep_syntax() { return std::make_unique<SweepSyntax>(); }

}  // namespace aftershock::cli
