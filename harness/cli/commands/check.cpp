// The command line of `aftershock check`.
#include "harness/cli/commands/shared_options.h"

namespace aftershock::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  aftershock check --database postgresql://delta@127.0.0.1:5432/delta\n"
    "  aftershock check --database 'host=db dbname=delta user=delta' --password-file secret\n"
    "  aftershock check --database postgresql://delta@db/delta --severity critical --json\n"
    "  aftershock check --list                         what is looked for, and what it means\n\n"
    "It reads only, as of one moment, and may run beside the orchestrators. It asks the whole\n"
    "tables: on a large database let it run on a standby or on a restored copy. The password may\n"
    "also be in PGPASSWORD or in ~/.pgpass. `delta-orchestrator verify` goes further and replays\n"
    "the whole audit log.\n\n"
    "Exit codes: 0 nothing critical was found, 1 something critical was, or a check could not be\n"
    "  carried out, 64 bad command line, 69 no answer from the database, or no schema of Delta CI\n"
    "  in it, 70 internal error.";

class CheckSyntax : public Syntax {
 public:
  const char* name() const override { return "check"; }
  const char* description() const override {
    return "Check that the rows of a database of Delta CI are consistent";
  }
  std::string footer() const override { return kFooter; }

  void add_options(CLI::App& command) override {
    command.add_option("--database", options_.url, "The database, as libpq names it")
        ->option_text("URL");
    command.add_option("--password-file", options_.password_file, "A file with its password")
        ->option_text("FILE");
    command
        .add_option("--severity", severity_,
                    "Only checks as bad as this: info (default), warning "
                    "or critical")
        ->option_text("SEVERITY")
        ->check(CLI::IsMember({"info", "warning", "critical"}));
    command.add_flag("--list", options_.list, "List the checks, and ask no database");
    command.add_flag("--json", options_.json, "Print the result as JSON");
  }

  Understood understood(const CLI::App&) override {
    if (!options_.list && options_.url.empty()) {
      return std::unexpected(Mistake{"check needs --database URL"});
    }
    options_.least = *check::parse_severity(severity_);
    return options_;
  }

 private:
  CheckOptions options_;
  std::string severity_ = "info";
};

}  // namespace

std::unique_ptr<Syntax> check_syntax() { return std::make_unique<CheckSyntax>(); }

}  // namespace aftershock::cli
