// The places that a configuration is read from: each turns into values with their sources.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/config_names.h"
#include "platform/text/diagnostic.h"

namespace delta {

struct GivenValue {
  const ConfigName* name;
  ConfigSource source;
  ConfigValue value;
  std::string path;  ///< of a name that names a file
};

struct GivenValues {
  std::vector<GivenValue> values;
  std::vector<text::Diagnostic> mistakes;  ///< no value of a secret and no line of a file is shown
};

/// The words of a command line, sorted out; none of their values is read yet.
struct CommandLineWords {
  bool help = false;
  bool version = false;
  bool print_config = false;
  std::optional<std::string> config;  ///< the file's path
  struct Flag {
    std::string flag;                 ///< "--database-url"
    std::optional<std::string> word;  ///< none: nothing follows
  };
  std::vector<Flag> flags;
  std::vector<text::Diagnostic> mistakes;
};

CommandLineWords read_command_line(std::span<const char* const> arguments,
                                   const ConfigNames& names);

GivenValues read_flags(const CommandLineWords& words, const ConfigNames& names);
/// Without DELTA_CONFIG, and without what Kubernetes and our own runner put there.
GivenValues read_environment(const char* const* environment, const ConfigNames& names);
GivenValues read_config_file(const std::string& path, const ConfigNames& names);

}  // namespace delta
