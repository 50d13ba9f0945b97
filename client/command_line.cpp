#include "client/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "client/help.h"
#include "client/schedule_options.h"
#include "client/version.h"
#include "core/columns.h"
#include "core/metrics_table.h"
#include "platform/text/values.h"
#include "platform/wire/codec.h"

namespace delta::client {

namespace {

constexpr std::uint32_t kMostListed = 500;

/// Options as they were written, before they are checked.
struct Words {
  std::string patience, state, limit, look_for;
  std::string ttl, for_how_long, most;
  ScheduleWords schedule;
};
void add_run(CLI::App& command, std::string& run) {
  command.add_option("RUN", run, "Which run")->option_text(" ")->required();
}

void add_key(CLI::App& command, std::string& key) {
  command.add_option("--key", key, "The same key does it once (default: random)")
      ->option_text("KEY");
}

struct Parser {
  CLI::App app{"Delta CI: submit runs, watch them, fetch what they left, look after the system.",
               "delta"};
  CommandLine line;
  Words words;
  std::vector<std::pair<CLI::App*, Command>> commands;
  std::vector<std::pair<CLI::App*, std::string>> actions;  ///< of admin, by route, and schedule
  CLI::App* admin = nullptr;
  CLI::App* schedule = nullptr;

  Parser();
  CLI::App& add(Command command, const char* name, const char* description, std::string footer);
  CLI::App& add_action(CLI::App& parent, const char* name, const char* kind,
                       const char* description);
  CLI::App& add_action(const char* name, const char* kind, const char* description) {
    CLI::App& added = add_action(*admin, name, kind, description);
    add_key(added, line.key);
    return added;
  }
  void add_access(CLI::App& command, bool needs_token);
  void add_runs();
  void add_reading();
  void add_system();
  void add_admin();
  void add_schedule();

  /// The innermost command that was named; the program itself when none was.
  const CLI::App& chosen() const;
};

CLI::App& Parser::add(Command command, const char* name, const char* description,
                      std::string footer) {
  CLI::App* added = app.add_subcommand(name, description);
  added->footer(std::move(footer) + help::kExitCodes);
  commands.emplace_back(added, command);
  if (command != Command::admin && command != Command::schedule) {
    add_access(*added, command != Command::status && command != Command::doctor);
  }
  return *added;
}

void Parser::add_access(CLI::App& command, bool needs_token) {
  command.add_option("--url", line.access.urls, "Of an orchestrator; once for each (DELTA_URL)")
      ->option_text("URL")
      ->allow_extra_args(false);
  if (needs_token) {
    command.add_option("--token-file", line.access.token_file, "File with the token")
        ->option_text("FILE");
    command.add_option("--timeout", words.patience, "How long to try (30s; watching: 10m)")
        ->option_text("TIME");
  }
  command.add_option("--ca-file", line.access.ca_file, "Certificates to trust, PEM")
      ->option_text("FILE");
}

void Parser::add_runs() {
  CLI::App& submit = add(Command::submit, "submit", "Submit a run", help::kSubmit);
  submit.add_option("FILE", line.file, "The run, in YAML or JSON")->option_text(" ")->required();
  add_key(submit, line.key);
  submit.add_flag("--watch", line.watch, "Wait for its end and show what happens");

  CLI::App& watch = add(Command::watch, "watch", "Show a run until it ends",
                        std::string(help::kRun) + help::kWatch);
  add_run(watch, line.run);

  CLI::App& cancel = add(Command::cancel, "cancel", "Cancel a run", help::kRun);
  add_run(cancel, line.run);
  add_key(cancel, line.key);

  CLI::App& rerun =
      add(Command::rerun, "rerun", "Submit the jobs of a run as a new run", help::kRun);
  add_run(rerun, line.run);
  add_key(rerun, line.key);
  rerun.add_flag("--watch", line.watch, "Wait for its end and show what happens");
}

void Parser::add_reading() {
  CLI::App& get =
      add(Command::get, "get", "Show a run and its jobs", std::string(help::kRun) + help::kGet);
  add_run(get, line.run);
  get.add_flag("--json", line.json, "Print the orchestrator's answer as it is");

  CLI::App& list = add(Command::list, "list", "List runs, the newest first", help::kList);
  list.add_option("--state", words.state, "Only these: queued, running, failed, ...")
      ->option_text("STATE");
  list.add_option("--limit", words.limit, "At most so many: up to 500 (default 20)")
      ->option_text("N");
  list.add_flag("--json", line.json, "Print the orchestrator's answer as it is");

  CLI::App& logs = add(Command::logs, "logs", "Print what a run's jobs printed",
                       std::string(help::kRun) + help::kLogs);
  add_run(logs, line.run);
  logs.add_option("JOB", line.job, "A job's name, or its index")->option_text(" ");
  logs.add_flag("-f,--follow", line.follow, "Print what comes, too, until the job is over");

  add_run(add(Command::artifacts, "artifacts", "List what a run left", help::kRun), line.run);

  CLI::App& download = add(Command::download, "download", "Fetch an artifact",
                           std::string(help::kRun) + help::kDownload);
  add_run(download, line.run);
  download.add_option("JOB", line.job, "A job's name, or its index")->option_text(" ")->required();
  download.add_option("NAME", line.name, "The artifact's name")->option_text(" ")->required();
  download.add_option("-o,--output", line.out, "Where to")->option_text("FILE");
}

void Parser::add_system() {
  add(Command::runners, "runners", "List runners and what they do", help::kRunners)
      .add_flag("--json", line.json, "Print it as JSON, as an orchestrator would");
  add(Command::status, "status", "Ask each orchestrator whether it is live and ready", "");
  CLI::App& doctor =
      add(Command::doctor, "doctor", "Find out what is wrong and what to do", help::kDoctor);
  doctor.add_option("--for", words.look_for, "How long to look (default 10s)")->option_text("TIME");
}

CLI::App& Parser::add_action(CLI::App& parent, const char* name, const char* kind,
                             const char* description) {
  CLI::App* added = parent.add_subcommand(name, description);
  added->footer(help::kExitCodes);
  actions.emplace_back(added, kind);
  add_access(*added, true);
  return *added;
}

void Parser::add_schedule() {
  schedule = &add(Command::schedule, "schedule", "Runs that begin by themselves", help::kSchedule);
  schedule->require_subcommand(0, 1);
  CLI::App& create = add_action(*schedule, "create", "create", "Create a schedule of a run");
  create.add_option("FILE", line.file, "The run, in YAML or JSON")->option_text(" ")->required();
  CLI::App& list = add_action(*schedule, "list", "list", "List schedules, by name");
  CLI::App& show = add_action(*schedule, "show", "show", "Show a schedule");
  CLI::App& pause = add_action(*schedule, "pause", "pause", "Let it not fire until it is resumed");
  CLI::App& resume = add_action(*schedule, "resume", "resume", "Let it fire again, from now on");
  CLI::App& remove = add_action(*schedule, "delete", "delete", "Delete a schedule, not its runs");
  for (CLI::App* command : {&create, &show, &pause, &resume, &remove}) {
    command->add_option("NAME", line.name, "The schedule's name")->option_text(" ")->required();
  }
  for (CLI::App* command : {&create, &pause, &resume, &remove}) add_key(*command, line.key);
  for (CLI::App* command : {&list, &show}) {
    command->add_flag("--json", line.json, "Print the orchestrator's answer as it is");
  }
  add_options(create, words.schedule);
}

void Parser::add_admin() {
  admin =
      &add(Command::admin, "admin", "What operators may do while the system runs", help::kAdmin);
  admin->require_subcommand(0, 1);
  add_action("pause", "pause_ingestion", "Refuse submissions from now on");
  add_action("resume", "resume_ingestion", "Take submissions again");
  CLI::App& ttl = add_action("lease-ttl", "set_lease_ttl", "Give leases another TTL for a while");
  ttl.add_option("TTL", words.ttl, "Such as 5m")->option_text(" ")->required();
  ttl.add_option("--for", words.for_how_long, "At most 24h")->option_text("TIME")->required();
  CLI::App& leases = add_action("limit-leases", "limit_concurrency", "Limit live leases");
  leases.add_option("N", words.most, "At once; 0: no limit")->option_text(" ")->required();
  CLI::App& submissions = add_action("limit-submissions", "limit_submissions", "Limit submissions");
  submissions.add_option("N", words.most, "A minute and orchestrator; 0: no limit")
      ->option_text(" ")
      ->required();
  CLI::App& reenqueue =
      add_action("reenqueue", "reenqueue", "Send queued attempts to the queue again");
  CLI::App& revoke = add_action("revoke", "revoke_leases", "Take leases away");
  for (CLI::App* command : {&reenqueue, &revoke}) {
    command->add_option("--run", line.admin.run, "With --job: the attempt of a job")
        ->option_text("RUN");
    command->add_option("--job", line.admin.job, "Its name, or its index")->option_text("JOB");
    command->add_flag("--all", line.admin.all, "All of them");
  }
  revoke.add_option("--runner", line.admin.runner, "All leases of a runner")->option_text("ID");
  CLI::App& generation = add_action("begin-generation", "begin_generation",
                                    "Void all leases from before, after a restore");
  for (CLI::App* command : {&revoke, &generation}) {
    command->add_flag("--yes", line.yes, "Do not ask first");
  }
}

Parser::Parser() {
  app.set_version_flag("-V,--version", std::string("delta ") + kVersion);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(0, 1);
  app.footer(std::string(help::kMain) + help::kExitCodes);
  add_runs();
  add_reading();
  add_system();
  add_admin();
  add_schedule();
}

const CLI::App& Parser::chosen() const {
  for (const auto& [action, kind] : actions) {
    if (action->parsed()) return *action;
  }
  for (const auto& [command, id] : commands) {
    if (command->parsed()) return *command;
  }
  return app;
}

std::string full_name(const CLI::App& command) {
  std::string name = command.get_name();
  for (const CLI::App* parent = command.get_parent(); parent != nullptr;
       parent = parent->get_parent()) {
    name = parent->get_name() + " " + name;
  }
  return name;
}

Answer mistake(const Parser& parser, const std::string& message,
               const std::optional<std::string>& hint = {}) {
  std::string text = "error: " + message + "\n";
  if (hint) text += "  hint: " + *hint + "\n";
  return {ExitCode::kUsage,
          text + "Run '" + full_name(parser.chosen()) + " --help' for what is possible.\n"};
}

/// Something was left over: an option or a command that does not exist.
Answer unknown_word(const Parser& parser, const std::string& word) {
  const CLI::App& chosen = parser.chosen();
  const std::string subject = word.substr(0, word.find('='));
  std::vector<std::string> names;
  if (word.starts_with('-')) {
    for (const CLI::Option* option : chosen.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    std::optional<std::string> hint = did_you_mean(subject, {names.begin(), names.end()});
    const bool misplaced = std::ranges::find(names, subject) != names.end();
    if (misplaced || &chosen == &parser.app) hint = "options stand behind the command";
    return mistake(parser, "unknown option '" + one_line(subject) + "'", hint);
  }
  for (const CLI::App* command : chosen.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  if (names.empty()) return mistake(parser, "too many words: " + quote(word));
  return mistake(parser, "unknown command '" + one_line(subject) + "'",
                 did_you_mean(subject, {names.begin(), names.end()}));
}

struct WrongValue {
  std::string message;
  std::optional<std::string> hint = {};
};

template <class Parsed>
auto value_of(const std::string& option, const Parsed& parsed) {
  if (!parsed) throw WrongValue{option + ": " + parsed.error().message, parsed.error().hint};
  return *parsed;
}

RunState state_named(const std::string& text) {
  const auto* found = std::ranges::find(labels::run_states, text);
  if (found == labels::run_states.end()) {
    throw WrongValue{"--state: there is no state " + quote(text),
                     did_you_mean(text, {labels::run_states.begin(), labels::run_states.end()})};
  }
  return static_cast<RunState>(found - labels::run_states.begin());
}

/// Exactly one of --all, --runner, and --run with --job.
void check_targets(const AdminLine& admin) {
  const bool one = !admin.run.empty() || !admin.job.empty();
  if (admin.run.empty() != admin.job.empty()) throw WrongValue{"--run and --job go together"};
  if (int(admin.all) + int(one) + int(!admin.runner.empty()) != 1) {
    throw WrongValue{"say which: --run RUN --job JOB, or --all" +
                     std::string(admin.kind == "revoke_leases" ? ", or --runner ID" : "")};
  }
  if (!admin.runner.empty() && !parse_id<RunnerId>(admin.runner)) {
    throw WrongValue{"--runner: an id has 32 lower-case hexadecimal digits"};
  }
}

/// The action that was named.
std::string action_of(const Parser& parser, const std::string& command) {
  const auto action = std::ranges::find_if(
      parser.actions, [](const auto& candidate) { return candidate.first->parsed(); });
  if (action == parser.actions.end()) throw WrongValue{command + " needs to know what to do"};
  return action->second;
}

void finish_admin(Parser& parser) {
  AdminLine& admin = parser.line.admin;
  const Words& words = parser.words;
  admin.kind = action_of(parser, "admin");
  if (admin.kind == "set_lease_ttl") {
    admin.ttl = value_of("TTL", parse_duration(words.ttl));
    admin.for_how_long = value_of("--for", parse_duration(words.for_how_long));
  }
  if (!words.most.empty()) admin.limit = value_of("N", text::parse_count(words.most));
  if (admin.kind == "reenqueue" || admin.kind == "revoke_leases") check_targets(admin);
}

void finish_schedule(Parser& parser, const std::string& action) {
  parser.line.schedule.action = action;
  if (action != "create") return;
  auto spec = schedule_of(parser.line.name, parser.words.schedule);
  if (!spec) throw WrongValue{spec.error().message, spec.error().hint};
  parser.line.schedule.spec = std::move(*spec);
}

void check_values(Parser& parser) {
  CommandLine& line = parser.line;
  const Words& words = parser.words;
  if (!words.patience.empty())
    line.patience = value_of("--timeout", parse_duration(words.patience));
  if (!words.look_for.empty()) line.look_for = value_of("--for", parse_duration(words.look_for));
  if (!words.state.empty()) line.state = state_named(words.state);
  if (!words.limit.empty()) line.limit = value_of("--limit", text::parse_count(words.limit));
  if (line.limit == 0 || line.limit > kMostListed) {
    throw WrongValue{"--limit: from 1 to " + std::to_string(kMostListed)};
  }
  const bool has_key = parser.chosen().get_option_no_throw("--key") != nullptr;
  if (has_key && parser.chosen().count("--key") > 0 && !wire::is_operation_key(line.key)) {
    throw WrongValue{"--key: 1 to 200 printable ASCII characters"};
  }
  if (line.command == Command::admin) finish_admin(parser);
  if (line.command == Command::schedule) finish_schedule(parser, action_of(parser, "schedule"));
}

std::expected<CommandLine, Answer> finish(Parser& parser) {
  const auto chosen = std::ranges::find_if(
      parser.commands, [](const auto& command) { return command.first->parsed(); });
  if (chosen == parser.commands.end()) {
    return std::unexpected(Answer{ExitCode::kUsage, parser.app.help()});
  }
  parser.line.command = chosen->second;
  try {
    check_values(parser);
  } catch (const WrongValue& wrong) {
    return std::unexpected(mistake(parser, wrong.message, wrong.hint));
  }
  return std::move(parser.line);
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
  std::ranges::reverse(arguments);  // as CLI11 wants them
  try {
    parser.app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    const std::vector<std::string> unknown = parser.app.remaining();
    if (&parser.chosen() == &parser.app && !unknown.empty() && !unknown.front().starts_with('-')) {
      return std::unexpected(unknown_word(parser, unknown.front()));
    }
    return std::unexpected(Answer{ExitCode::kDone, parser.app.help()});
  } catch (const CLI::CallForVersion& version) {
    return std::unexpected(Answer{ExitCode::kDone, std::string(version.what()) + "\n"});
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> unknown = parser.app.remaining(true);
    return std::unexpected(unknown.empty() ? mistake(parser, one_line(error.what()))
                                           : unknown_word(parser, unknown.front()));
  }
  return finish(parser);
}

}  // namespace delta::client
