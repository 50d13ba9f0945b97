// The text of --help, drawn from the table.
#include <algorithm>

#include "platform/config_names.h"

namespace delta {

namespace {

constexpr const char* kIntroduction =
    "Every key can be given in a YAML file, as a variable of the environment, and as a flag; the\n"
    "later of these wins. Any of the three sets log.level:\n"
    "  log:\n"
    "    level: VALUE\n"
    "  DELTA_LOG_LEVEL=VALUE\n"
    "  --log-level VALUE\n"
    "An empty variable counts as not given. Durations carry units: 90s, 1m30s, 250ms. A list is\n"
    "separated by commas where it is one word. Others can read flags, so a secret has none: write\n"
    "the secret to a file and name that, as --KEY-file, DELTA_KEY_FILE or KEY_file.\n"
    "\n"
    "Options:\n"
    "  --config FILE     The file to read (or DELTA_CONFIG=FILE)\n"
    "  --print-config    Print what is in force, and where it comes from, and exit\n"
    "  -h, --help        Print this help and exit\n"
    "  -V, --version     Print the version and exit\n";

const char* placeholder(const ConfigName& name) {
  switch (name.of->type) {
    case ConfigType::text: return " TEXT";
    case ConfigType::secret: return " FILE";
    case ConfigType::number: return " N";
    case ConfigType::duration: return " DURATION";
    case ConfigType::flag: return "[=false]";
    case ConfigType::list: return " A,B";
  }
  return "";
}

std::string facts(const ConfigKey& key) {
  std::string text = allowed_values(key);
  const auto add = [&text](const std::string& fact) { text += (text.empty() ? "" : "; ") + fact; };
  if (key.required) add("required");
  if (!key.fallback.empty()) add("default " + key.fallback);
  if (!key.example.empty()) add("for example " + key.example);
  return text.empty() ? "" : "        (" + text + ")\n";
}

std::string section_of(const std::string& key) {
  const std::size_t dot = key.rfind('.');
  return dot == std::string::npos ? "general" : key.substr(0, dot);
}

}  // namespace

std::string config_help(const Program& program, const ConfigNames& names) {
  std::string text = program.name + ": " + program.purpose + "\n\nUsage: " + program.name +
                     " [--config FILE] [--KEY VALUE]...\n\n" + kIntroduction;
  std::string section;
  for (const ConfigName& name : names.all()) {
    if (!name.allowed_as_flag()) continue;
    if (section_of(name.key) != section) {
      section = section_of(name.key);
      text += "\n" + section + ":\n";
    }
    text += "  " + name.flag + placeholder(name) + "\n        " + name.of->help + "\n";
    text += facts(*name.of);
  }
  return program.footer.empty() ? text : text + "\n" + program.footer;
}

}  // namespace delta
