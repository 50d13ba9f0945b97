#include "harness/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <utility>

#include "harness/cli/commands/shared_options.h"
#include "harness/cli/version.h"
#include "harness/scenario/text.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  aftershock list                                what can be drilled\n"
    "  aftershock run scenarios/delta-ci              every drill in a folder\n"
    "  aftershock run scenarios/delta-ci --seed 7     the same, with other chances\n"
    "  aftershock replay 7 my-drill.yaml              what happened in it, event by event\n"
    "  aftershock plan scenarios/delta-ci --seed 7    what that would do, without doing it\n"
    "  aftershock sweep scenarios --budget 10m        as many seeds as ten minutes allow\n"
    "  aftershock COMMAND --help                      all about one command\n";

/// Every command, in the order of the help.
Syntaxes all_commands() {
  Syntaxes all;
  all.push_back(run_syntax());
  all.push_back(sweep_syntax());
  all.push_back(merge_syntax());
  all.push_back(replay_syntax());
  all.push_back(list_syntax());
  all.push_back(validate_syntax());
  all.push_back(plan_syntax());
  all.push_back(explore_syntax());
  all.push_back(alerts_syntax());
  all.push_back(shrink_syntax());
  all.push_back(calendar_syntax());
  all.push_back(check_syntax());
  all.push_back(backup_syntax());
  all.push_back(report_syntax());
  return all;
}

struct Parser {
  struct Command {
    CLI::App* app;
    std::unique_ptr<Syntax> syntax;
  };

  CLI::App app{"Aftershock runs disaster-recovery drills against Delta CI, in a simulated cluster.",
               "aftershock"};
  std::vector<Command> commands;

  Parser();
  const Command* chosen() const;
};

Parser::Parser() {
  app.set_version_flag("-V,--version", std::string("aftershock ") + kVersion);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(0, 1);
  app.footer(std::string(kExamples) + "\n" + kExitCodes);
  for (std::unique_ptr<Syntax>& syntax : all_commands()) {
    CLI::App* added = app.add_subcommand(syntax->name(), syntax->description());
    added->footer(syntax->footer());
    syntax->add_options(*added);
    commands.push_back({added, std::move(syntax)});
  }
}

const Parser::Command* Parser::chosen() const {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [](const Command& command) { return command.app->parsed(); });
  return found == commands.end() ? nullptr : &*found;
}

/// The command, or the command of a command, that was read last.
const CLI::App& deepest(const Parser& parser) {
  const auto* chosen = parser.chosen();
  if (chosen == nullptr) return parser.app;
  const CLI::App* app = chosen->app;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return *app;
}

std::string full_name(const Parser& parser) {
  const auto* chosen = parser.chosen();
  if (chosen == nullptr) return "";
  const std::string name = " " + chosen->app->get_name();
  const CLI::App& last = deepest(parser);
  return &last == chosen->app ? name : name + " " + last.get_name();
}

Answer answer_to(const Parser& parser, const Mistake& mistake) {
  std::string text = "error: " + mistake.message + "\n";
  if (mistake.hint) text += "  hint: " + *mistake.hint + "\n";
  return {ExitCode::kUsage,
          text + "Run 'aftershock" + full_name(parser) + " --help' for what is possible.\n"};
}

/// Something was left over: an option or a command that does not exist.
Answer unknown_word(const Parser& parser, const std::string& word) {
  const bool is_option = word.starts_with('-');
  const CLI::App& app = deepest(parser);
  std::vector<std::string> names;
  if (is_option) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  } else {
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(command->get_name());
    }
  }
  const std::string subject = word.substr(0, word.find('='));
  return answer_to(parser, {std::string("unknown ") + (is_option ? "option" : "command") + " '" +
                                one_line(subject) + "'",
                            did_you_mean(subject, {names.begin(), names.end()})});
}

std::expected<CommandLine, Answer> finish(const Parser& parser) {
  const auto* chosen = parser.chosen();
  if (chosen == nullptr) return std::unexpected(Answer{ExitCode::kUsage, parser.app.help()});
  Understood understood = chosen->syntax->understood(*chosen->app);
  if (!understood) return std::unexpected(answer_to(parser, understood.error()));
  return *std::move(understood);
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
    return std::unexpected(unknown.empty() ? answer_to(parser, {one_line(error.what())})
                                           : unknown_word(parser, unknown.front()));
  }
  return finish(parser);
}

}  // namespace aftershock::cli
