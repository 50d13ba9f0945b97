// How one command is read: its options, its help, and what is said about mistakes in them.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/command_line.h"

namespace aftershock::cli {

/// Something that cannot be understood; `hint` says what may have been meant.
struct Mistake {
  std::string message;
  std::optional<std::string> hint = {};
};

using Understood = std::expected<CommandLine, Mistake>;

/// One command. It holds what CLI11 writes the options' values to, so it reads one command line.
class Syntax {
 public:
  Syntax() = default;
  Syntax(const Syntax&) = delete;
  Syntax& operator=(const Syntax&) = delete;
  virtual ~Syntax() = default;

  virtual const char* name() const = 0;
  virtual const char* description() const = 0;
  /// Examples first; then what else its help ends with.
  virtual std::string footer() const = 0;
  virtual void add_options(CLI::App& command) = 0;
  /// After CLI11 has read the options: what they ask for.
  virtual Understood understood(const CLI::App& command) = 0;
};

/// A command that is nothing without one of its own commands.
class GroupSyntax : public Syntax {
 public:
  /// What the command that was given asks for; without one, which there are.
  Understood understood(const CLI::App& command) final;

 protected:
  /// `understood`: what this command asks for, after CLI11 has read its options.
  CLI::App& add_part(CLI::App& command, const char* name, const char* description,
                     const char* footer, std::function<Understood()> understood);

 private:
  struct Part {
    CLI::App* app;
    std::function<Understood()> understood;
  };
  std::vector<Part> parts_;
};

using Syntaxes = std::vector<std::unique_ptr<Syntax>>;

// One for each file in this folder.
std::unique_ptr<Syntax> run_syntax();
std::unique_ptr<Syntax> sweep_syntax();
std::unique_ptr<Syntax> merge_syntax();
std::unique_ptr<Syntax> replay_syntax();
std::unique_ptr<Syntax> list_syntax();
std::unique_ptr<Syntax> validate_syntax();
std::unique_ptr<Syntax> plan_syntax();
std::unique_ptr<Syntax> explore_syntax();
std::unique_ptr<Syntax> alerts_syntax();
std::unique_ptr<Syntax> check_syntax();
std::unique_ptr<Syntax> backup_syntax();
std::unique_ptr<Syntax> shrink_syntax();
std::unique_ptr<Syntax> calendar_syntax();
std::unique_ptr<Syntax> report_syntax();

}  // namespace aftershock::cli
