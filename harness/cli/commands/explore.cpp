// The command line of `aftershock explore`.
#include <charconv>

#include "harness/cli/commands/shared_options.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Runs a small drill once for every order in which the tasks of its orchestrators and runners\n"
    "may take turns: first the order in which they became ready, then all that deviate from it\n"
    "once, then twice, and so on. Only what is ready at the same virtual instant has an order;\n"
    "--tick makes one instant of what is close. A drill that fails ends the search and is printed\n"
    "with the command that repeats it.\n\n"
    "Examples:\n"
    "  aftershock explore scenarios/explore --window 5s..50s\n"
    "  aftershock explore my-drill.yaml --deviations 2 --tick 5ms --budget 10m\n\n";

template <class Number>
std::optional<Number> whole_number(const std::string& text) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool is_whole = !text.empty() && error == std::errc() && stop == end;
  return is_whole ? std::optional(number) : std::nullopt;
}

/// An option that was not given leaves `value` as it is.
template <class Number>
std::optional<Mistake> read_number(const char* option, const std::string& text, Number& value) {
  if (text.empty()) return std::nullopt;
  const auto number = whole_number<Number>(text);
  if (!number) {
    return Mistake{std::string(option) + " takes a whole number, not '" + one_line(text) + "'"};
  }
  value = *number;
  return std::nullopt;
}

std::optional<Mistake> read_duration(const char* option, const std::string& text,
                                     delta::Duration& value) {
  if (text.empty()) return std::nullopt;
  const auto duration = delta::parse_duration(text);
  if (!duration) {
    return Mistake{std::string(option) + ": " + duration.error().message, duration.error().hint};
  }
  value = *duration;
  return std::nullopt;
}

/// "30s..40s".
std::optional<Mistake> read_window(const std::string& text, std::optional<ExploredWindow>& window) {
  if (text.empty()) return std::nullopt;
  const std::size_t dots = text.find("..");
  const auto from = delta::parse_duration(text.substr(0, dots));
  const auto until = delta::parse_duration(dots == std::string::npos ? "" : text.substr(dots + 2));
  if (!from || !until || *from >= *until) {
    return Mistake{"--window takes two times of the drill, not '" + one_line(text) + "'",
                   "30s..40s: from 30s after the warm-up on, before 40s"};
  }
  window = {.from = *from, .until = *until};
  return std::nullopt;
}

class ExploreSyntax : public Syntax {
 public:
  const char* name() const override { return "explore"; }
  const char* description() const override {
    return "Run a small drill in every order of turns, within bounds";
  }
  std::string footer() const override { return std::string(kExamples) + kExitCodes; }

  void add_options(CLI::App& command) override {
    add_paths(command, options_.paths, true);
    add_seed(command, seed_);
    const auto add = [&command](const char* option, std::string& text, const char* what,
                                const char* shape) {
      command.add_option(option, text, what)->option_text(shape);
    };
    add("--window", window_, "Only orders in this part of the drill (default from the first fault)",
        "FROM..TO");
    add("--depth", depth_, "Only so many choices of each drill (default all in the window)", "N");
    add("--deviations", deviations_, "At most so many choices that are not the first (default all)",
        "N");
    add("--executions", executions_, "At most so many drills (default as many as there are)", "N");
    add("--budget", budget_, "Real time for each file (default 1m)", "DURATION");
    add("--tick", tick_, "The clock moves in such ticks (default 1ms; 0s: it is exact)",
        "DURATION");
  }

  Understood understood(const CLI::App& command) override {
    if (auto wrong = seed_mistake(command, seed_, options_.seed)) return std::unexpected(*wrong);
    for (const auto& wrong :
         {read_window(window_, options_.window), read_number("--depth", depth_, options_.depth),
          read_number("--deviations", deviations_, options_.bounds.deviations),
          read_number("--executions", executions_, options_.bounds.executions),
          read_duration("--budget", budget_, options_.budget),
          read_duration("--tick", tick_, options_.tick), paths_mistake(command, options_.paths)}) {
      if (wrong) return std::unexpected(*wrong);
    }
    return options_;
  }

 private:
  ExploreOptions options_;
  std::string seed_ = "1";
  std::string window_, depth_, deviations_, executions_, budget_, tick_;
};

}  // namespace

std::unique_ptr<Syntax> explore_syntax() { return std::make_unique<ExploreSyntax>(); }

}  // namespace aftershock::cli
