#include "harness/cli/report_folder.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "platform/new_file.h"
#include "reports/text.h"

namespace aftershock::cli {
namespace {

using Result = std::expected<void, std::string>;

std::string temporary_path(const std::string& folder, const std::string& name) {
  return folder + "/." + name + "." + std::to_string(getpid());
}

}  // namespace

Result prepare_folder(const std::string& folder, const std::string& name) {
  constexpr const char* advice = "\n  hint: give --out a folder that you may write to";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return std::unexpected("cannot create the folder '" + one_line(folder) +
                           "': " + error.message() + advice);
  }
  if (std::filesystem::is_directory(folder + "/" + name, error)) {
    return std::unexpected("'" + one_line(folder) + "/" + name + "' is a folder" + advice);
  }
  const std::string path = temporary_path(folder, name);
  // In a container a program has the number that the one before it had, which may have been killed.
  unlink(path.c_str());
  delta::NewFile probe(path);
  probe.write("probe\n");
  if (const Result made = probe.finish(); !made) return std::unexpected(made.error() + advice);
  unlink(path.c_str());
  return {};
}

std::expected<std::string, std::string> write_report_file(const std::string& folder,
                                                          const std::string& name,
                                                          const std::string& text) {
  std::string path = folder + "/" + name;
  delta::NewFile file(temporary_path(folder, name));
  file.write(text);
  if (const Result written = file.finish_as(path); !written) {
    return std::unexpected(written.error());
  }
  return path;
}

Result append_to_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << text << std::flush;
  if (file) return {};
  return std::unexpected("cannot append to '" + one_line(path) + "'");
}

}  // namespace aftershock::cli
