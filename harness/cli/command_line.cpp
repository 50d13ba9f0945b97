#include "harness/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/cli/version.h"
#include "harness/scenario/text.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 passed, 1 an objective or invariant failed, 2 inconclusive,\n"
    "  3 aborted: interrupted, or the report could not be written,\n"
    "  4 clean-up incomplete (live drills), 64 bad scenario or command line, 70 internal error.\n"
    "  Of several drills the worst counts: 70, then 3, 1, 2, 0.";

constexpr const char* kMainFooter =
    "Examples:\n"
    "  aftershock list                                what can be drilled\n"
    "  aftershock run scenarios/delta-ci              every drill in a folder\n"
    "  aftershock run scenarios/delta-ci --seed 7     the same, with other chances\n"
    "  aftershock plan scenarios/delta-ci --seed 7    what that would do, without doing it\n"
    "  aftershock COMMAND --help                      all about one command\n";

constexpr const char* kRunFooter =
    "Examples:\n"
    "  aftershock run scenarios/delta-ci\n"
    "  aftershock run scenarios/delta-ci --seed 7 --out reports/latest\n"
    "  aftershock run my-drill.yaml --json | jq '.drills[0].rto.measured'\n"
    "  aftershock run scenarios --quiet               only what did not pass\n\n";

constexpr const char* kListFooter =
    "Examples:\n"
    "  aftershock list\n"
    "  aftershock list scenarios/delta-ci\n"
    "  aftershock list --faults                       what a scenario may break, and how\n"
    "  aftershock list --steps                        what a runbook may do about it\n"
    "  aftershock list --marks                        rare paths that a drill may claim to take\n";

constexpr const char* kValidateFooter =
    "Examples:\n"
    "  aftershock validate my-drill.yaml\n"
    "  aftershock validate scenarios                  every scenario below the folder\n";

constexpr const char* kPlanFooter =
    "Examples:\n"
    "  aftershock plan my-drill.yaml\n"
    "  aftershock plan my-drill.yaml --seed 7         the targets that this seed draws\n";

constexpr const char* kAlertsFooter =
    "Examples:\n"
    "  aftershock alerts                              what is alerted on, and when\n"
    "  aftershock alerts --format prometheus          the rules file for Prometheus\n";

std::optional<std::uint64_t> parse_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  return error == std::errc() && stop == end ? std::optional(seed) : std::nullopt;
}

/// "1-5" or "1,2": someone wants several.
bool names_several_seeds(const std::string& text) {
  const std::size_t separator = text.find_first_not_of("0123456789");
  return separator != 0 && separator < text.size() - 1 &&
         text.find_first_not_of("0123456789,-") == std::string::npos;
}

void add_seed(CLI::App& command, std::string& seed) {
  command.add_option("--seed", seed, "What all chance is drawn from: 0 to 2^64 - 1 (default 1)")
      ->option_text("N")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // finish() refuses a second one
}

void add_paths(CLI::App& command, std::vector<std::string>& paths, bool required) {
  CLI::Option* option = command.add_option(
      "PATH", paths, "Scenario files; a folder stands for every *.yaml below it");
  option->option_text(required ? "FILE|FOLDER..." : "FOLDER... (default: scenarios)");
}

struct Parser {
  CLI::App app{"Aftershock runs disaster-recovery drills against Delta CI, in a simulated cluster.",
               "aftershock"};
  CommandLine line;
  std::string seed = "1";
  std::string format = "table";
  std::vector<std::pair<CLI::App*, Command>> commands;

  Parser();
  CLI::App& add(Command command, const char* name, const char* description, std::string footer);
  const std::pair<CLI::App*, Command>* chosen() const;
};

CLI::App& Parser::add(Command command, const char* name, const char* description,
                      std::string footer) {
  CLI::App* added = app.add_subcommand(name, description);
  added->footer(std::move(footer));
  commands.emplace_back(added, command);
  return *added;
}

Parser::Parser() {
  app.set_version_flag("-V,--version", std::string("aftershock ") + kVersion);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(0, 1);
  app.footer(std::string(kMainFooter) + "\n" + kExitCodes);

  CLI::App& run =
      add(Command::kRun, "run", "Run drills and judge them", std::string(kRunFooter) + kExitCodes);
  add_paths(run, line.paths, true);
  add_seed(run, seed);
  run.add_flag("--json", line.json, "Print the report as JSON, and nothing else, to stdout");
  run.add_flag("--quiet", line.quiet, "Print only what did not pass");
  run.add_option("--out", line.out, "Write report.json to this folder")->option_text("FOLDER");

  CLI::App& list =
      add(Command::kList, "list", "List the scenarios, or what they are made of", kListFooter);
  add_paths(list, line.paths, false);
  list.add_flag("--faults", line.faults, "List every kind of fault with its parameters");
  list.add_flag("--steps", line.steps, "List every step that a runbook may name");
  list.add_flag("--marks", line.marks, "List every rare path that a drill may claim to take");

  CLI::App& validate = add(Command::kValidate, "validate",
                           "Check scenario files without running them", kValidateFooter);
  add_paths(validate, line.paths, true);

  CLI::App& plan = add(Command::kPlan, "plan",
                       "Show what a drill would do, and to whom, without running it", kPlanFooter);
  add_paths(plan, line.paths, true);
  add_seed(plan, seed);

  CLI::App& alerts =
      add(Command::kAlerts, "alerts", "Show the alert rules of Delta CI", kAlertsFooter);
  alerts.add_option("--format", format, "table (default) or prometheus")
      ->option_text("FORMAT")
      ->check(CLI::IsMember({"table", "prometheus"}));
}

const std::pair<CLI::App*, Command>* Parser::chosen() const {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [](const auto& command) { return command.first->parsed(); });
  return found == commands.end() ? nullptr : &*found;
}

Answer mistake(const Parser& parser, const std::string& message,
               const std::optional<std::string>& hint = {}) {
  const auto* chosen = parser.chosen();
  const std::string name = chosen == nullptr ? "" : " " + chosen->first->get_name();
  std::string text = "error: " + message + "\n";
  if (hint) text += "  hint: " + *hint + "\n";
  return {ExitCode::kUsage, text + "Run 'aftershock" + name + " --help' for what is possible.\n"};
}

/// Something was left over: an option or a command that does not exist.
Answer unknown_word(const Parser& parser, const std::string& word) {
  const auto* chosen = parser.chosen();
  const bool is_option = word.starts_with('-');
  const CLI::App& app = chosen == nullptr ? parser.app : *chosen->first;
  std::vector<std::string> names;
  if (is_option) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  } else {
    for (const auto& [command, id] : parser.commands) names.push_back(command->get_name());
  }
  const std::string subject = word.substr(0, word.find('='));
  return mistake(
      parser,
      std::string("unknown ") + (is_option ? "option" : "command") + " '" + one_line(subject) + "'",
      did_you_mean(subject, {names.begin(), names.end()}));
}

/// What is wrong with --seed, if anything.
std::optional<Answer> seed_mistake(const Parser& parser, const CLI::App& command) {
  if (command.get_option_no_throw("--seed") == nullptr) return std::nullopt;
  const std::string name = command.get_name();
  const std::string loop =
      "for several, loop: for n in $(seq 1 5); do aftershock " + name + " FILE --seed $n; done";
  if (const std::size_t given = command.count("--seed"); given > 1) {
    return mistake(
        parser, "--seed is given " + std::to_string(given) + " times; " + name + " takes one seed",
        loop);
  }
  if (parse_seed(parser.seed)) return std::nullopt;
  const std::string shown = "'" + one_line(parser.seed) + "'";
  if (names_several_seeds(parser.seed)) {
    return mistake(parser, "--seed: " + name + " takes one seed, not " + shown, loop);
  }
  return mistake(parser,
                 "--seed: a seed is a whole number from 0 to 18446744073709551615, not " + shown);
}

std::expected<CommandLine, Answer> finish(Parser& parser) {
  const auto* chosen = parser.chosen();
  if (chosen == nullptr) return std::unexpected(Answer{ExitCode::kUsage, parser.app.help()});
  CommandLine& line = parser.line;
  line.command = chosen->second;
  if (auto wrong = seed_mistake(parser, *chosen->first)) return std::unexpected(std::move(*wrong));
  line.seed = parse_seed(parser.seed).value();
  const bool asks_for_out =
      chosen->first->get_option_no_throw("--out") != nullptr && chosen->first->count("--out") > 0;
  if (asks_for_out && line.out.empty()) {
    return std::unexpected(mistake(parser, "--out needs the name of a folder"));
  }
  line.prometheus = parser.format == "prometheus";
  if (line.command == Command::kAlerts) return line;
  if (line.paths.empty() && line.command == Command::kList) line.paths = {"scenarios"};
  if (line.paths.empty()) {
    return std::unexpected(
        mistake(parser, chosen->first->get_name() + " needs at least one FILE or FOLDER"));
  }
  return line;
}

/// `help`, `help COMMAND` and `version` are options by another name.
void replace_words(std::vector<std::string>& arguments) {
  if (arguments.empty()) return;
  if (arguments.front() == "version") arguments.front() = "--version";
  if (arguments.front() != "help") return;
  arguments.erase(arguments.begin());
  arguments.emplace_back("--help");
}

}  // namespace

std::expected<CommandLine, Answer> parse_command_line(std::vector<std::string> arguments) {
  Parser parser;
  replace_words(arguments);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    parser.app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    const std::vector<std::string> unknown = parser.app.remaining();
    if (parser.chosen() == nullptr && !unknown.empty() && !unknown.front().starts_with('-')) {
      return std::unexpected(unknown_word(parser, unknown.front()));
    }
    return std::unexpected(Answer{ExitCode::kPassed, parser.app.help()});
  } catch (const CLI::CallForVersion& version) {
    return std::unexpected(Answer{ExitCode::kPassed, std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> unknown = parser.app.remaining(true);
    return std::unexpected(unknown.empty() ? mistake(parser, one_line(error.what()))
                                           : unknown_word(parser, unknown.front()));
  }
  return finish(parser);
}

}  // namespace aftershock::cli
