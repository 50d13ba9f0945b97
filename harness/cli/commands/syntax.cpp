#include "harness/cli/commands/syntax.h"

namespace aftershock::cli {

CLI::App& GroupSyntax::add_part(CLI::App& command, const char* name, const char* description,
                                const char* footer, std::function<Understood()> understood) {
  command.require_subcommand(0, 1);
  CLI::App* part = command.add_subcommand(name, description);
  part->footer(footer);
  parts_.push_back({part, std::move(understood)});
  return *part;
}

Understood GroupSyntax::understood(const CLI::App&) {
  std::string names;
  for (const Part& part : parts_) {
    if (part.app->parsed()) return part.understood();
    const bool last = &part == &parts_.back();
    names += (names.empty() ? "" : last ? " or " : ", ") + part.app->get_name();
  }
  return std::unexpected(Mistake{std::string(name()) + " needs a command: " + names});
}

}  // namespace aftershock::cli
