// The command line of `aftershock replay`.
#include <algorithm>
#include <array>

#include "harness/cli/commands/shared_options.h"
#include "harness/scenario/text.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kFooter =
    "Kinds: phase, fault, runbook, process, network, database, queue, request, answer, commit,\n"
    "  alert, canary, violation, verdict. Times count from time 0 of the drill's faults, as in "
    "the\n"
    "  report; the warm-up is before it.\n"
    "Formats: text is a line an event, jsonl a JSON object a line, perfetto a trace for the "
    "viewer\n"
    "  at https://ui.perfetto.dev; steps is every step of the simulation, for --diverge.\n"
    "OTHER: another seed, another scenario file, another build of this program, or a file that\n"
    "  --format steps wrote. The exit code is 0 when the two runs are the same and 1 when they "
    "part.\n\n"
    "Examples:\n"
    "  aftershock replay 7 my-drill.yaml                       all that happened, in order\n"
    "  aftershock replay 7 my-drill.yaml --kind fault,alert,canary,violation\n"
    "  aftershock replay 7 my-drill.yaml --host runner-3 --from 30s --until 2m\n"
    "  aftershock replay 7 my-drill.yaml --run 3f2a91bc        the life of one run\n"
    "  aftershock replay 7 my-drill.yaml --format perfetto --out drill.json\n"
    "  aftershock replay 7 my-drill.yaml --diverge build/debug/aftershock\n"
    "                                                          where two builds part\n\n";

constexpr std::array<std::string_view, 4> kFormats{"text", "jsonl", "perfetto", "steps"};

/// A duration, or minus one.
std::expected<Duration, Mistake> time_of(const std::string& option, const std::string& text) {
  const bool negative = text.starts_with('-');
  const auto parsed = delta::parse_duration(negative ? text.substr(1) : text);
  if (parsed) return negative ? -*parsed : *parsed;
  return std::unexpected(Mistake{option + ": " + parsed.error().message, parsed.error().hint});
}

class ReplaySyntax : public Syntax {
 public:
  const char* name() const override { return "replay"; }
  const char* description() const override {
    return "Run one drill again and show what happened in it";
  }
  std::string footer() const override { return std::string(kFooter) + kExitCodes; }

  void add_options(CLI::App& command) override {
    command.add_option("SEED", seed_, "The seed that the drill ran with")->option_text(" ");
    command.add_option("FILE", options_.path, "Its scenario")->option_text(" ");
    add_schedule(command, schedule_);
    add_list(command, "--host", options_.filter.hosts, "Only what happened there, or involves it",
             "NAME,...");
    add_list(command, "--run", runs_, "Only runs whose ids begin so", "ID,...");
    add_list(command, "--kind", kinds_, "Only events of these kinds", "KIND,...");
    command.add_option("--from", from_, "Only events from this time on")->option_text("TIME");
    command.add_option("--until", until_, "Only events up to this time")->option_text("TIME");
    command.add_option("--format", format_, "text (default), jsonl, perfetto or steps; see below")
        ->option_text("FORMAT")
        ->check(CLI::IsMember(std::vector<std::string>(kFormats.begin(), kFormats.end())));
    command.add_option("--out", options_.out, "Write it to this file")->option_text("FILE");
    command
        .add_option("--diverge", options_.diverge,
                    "Show where this run and another one part; see below")
        ->option_text("OTHER");
  }

  Understood understood(const CLI::App& command) override {
    for (const auto check : {&ReplaySyntax::read_subject, &ReplaySyntax::read_filter,
                             &ReplaySyntax::read_times, &ReplaySyntax::read_output}) {
      if (auto wrong = (this->*check)(command)) return std::unexpected(*std::move(wrong));
    }
    return options_;
  }

 private:
  using Wrong = std::optional<Mistake>;

  static void add_list(CLI::App& command, const char* option, std::vector<std::string>& values,
                       const char* description, const char* shown) {
    command.add_option(option, values, description)
        ->delimiter(',')
        ->option_text(shown)
        ->type_size(1);
  }

  Wrong read_subject(const CLI::App&) {
    if (seed_.empty() || options_.path.empty()) {
      return Mistake{"replay needs a SEED and a FILE",
                     "aftershock replay 7 scenarios/delta-ci/runner-crash.yaml"};
    }
    if (auto wrong = schedule_mistake(schedule_, options_.schedule)) return wrong;
    if (const auto seed = parse_seed(seed_)) {
      options_.seed = *seed;
      return std::nullopt;
    }
    if (parse_seed(options_.path)) {
      return Mistake{"the seed comes first",
                     "aftershock replay " + one_line(options_.path) + " " + one_line(seed_)};
    }
    return Mistake{"a seed is a whole number from 0 to 18446744073709551615, not '" +
                   one_line(seed_) + "'"};
  }

  Wrong read_filter(const CLI::App&) {
    for (const std::string& kind : kinds_) {
      const auto found = std::ranges::find(kTraceKindNames, kind);
      if (found == kTraceKindNames.end()) {
        return Mistake{"--kind: there is no kind " + quote(kind),
                       did_you_mean(kind, {kTraceKindNames.begin(), kTraceKindNames.end()})};
      }
      options_.filter.kinds.push_back(static_cast<TraceKind>(found - kTraceKindNames.begin()));
    }
    for (const std::string& run : runs_) {
      const bool fits = !run.empty() && run.size() <= 32 &&
                        run.find_first_not_of("0123456789abcdef") == std::string::npos;
      if (!fits) {
        return Mistake{"--run: " + quote(run) + " is not how the id of a run begins",
                       "an id has 32 digits from 0 to f; the trace shows the first 8"};
      }
      options_.filter.runs.push_back(run);
    }
    return std::nullopt;
  }

  Wrong read_times(const CLI::App& command) {
    const auto read = [&command](const std::string& option, const std::string& text,
                                 std::optional<Duration>& time) -> Wrong {
      if (command.count(option) == 0) return std::nullopt;
      const auto parsed = time_of(option, text);
      if (!parsed) return parsed.error();
      time = *parsed;
      return std::nullopt;
    };
    TraceFilter& filter = options_.filter;
    if (auto wrong = read("--from", from_, filter.from)) return wrong;
    if (auto wrong = read("--until", until_, filter.until)) return wrong;
    if (filter.from && filter.until && *filter.from > *filter.until) {
      return Mistake{"--from " + one_line(from_) + " is later than --until " + one_line(until_)};
    }
    return std::nullopt;
  }

  Wrong read_output(const CLI::App& command) {
    const auto format = std::ranges::find(kFormats, format_);
    options_.format = static_cast<TraceFormat>(format - kFormats.begin());
    if (command.count("--out") > 0 && options_.out.empty()) {
      return Mistake{"--out needs the name of a file"};
    }
    const bool diverges = command.count("--diverge") > 0;
    if (diverges && options_.diverge.empty()) {
      return Mistake{"--diverge needs a seed, a scenario file or a program"};
    }
    if (diverges && command.count("--format") > 0) {
      return Mistake{"--diverge has a format of its own; leave out --format"};
    }
    const bool filters =
        options_.format == TraceFormat::kText || options_.format == TraceFormat::kJsonLines;
    if (filters && !diverges) return std::nullopt;
    for (const char* option : {"--host", "--run", "--kind", "--from", "--until"}) {
      if (command.count(option) == 0) continue;
      return Mistake{std::string(option) + " goes with --format text and jsonl only",
                     "the others show all there is; the viewer has filters of its own"};
    }
    return std::nullopt;
  }

  ReplayOptions options_;
  std::string seed_;
  std::string schedule_ = "random";
  std::vector<std::string> runs_;
  std::vector<std::string> kinds_;
  std::string from_;
  std::string until_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Syntax> replay_syntax() { return std::make_unique<ReplaySyntax>(); }

}  // namespace aftershock::cli
